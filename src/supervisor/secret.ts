// A secret in the supervisor's hands. It prints as [secret] wherever it is logged, formatted or serialised by mistake;
// only reveal() gives it out, and every call of reveal() can be found by its name.
import { inspect } from "node:util";

export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return "[secret]";
  }

  toJSON(): string {
    return "[secret]";
  }

  [inspect.custom](): string {
    return "[secret]";
  }
}
