// The part of RFC 8941 (structured fields) that HTTP signatures need: dictionaries of inner lists and byte sequences.
// Where the RFC lets a later duplicate win, this reader refuses.

/** The text does not follow RFC 9421, RFC 9530 or RFC 8941, or not the narrower form that we accept. */
export class SignatureMalformed extends Error {
  constructor(what: string) {
    super(what);
    this.name = "SignatureMalformed";
  }
}

export interface CoveredComponent {
  readonly name: string;
  /** The component's own parameters as they were written, for example `;name="Pet"`; empty for all that we sign. */
  readonly parameters: string;
}

/** Reads one field from its start; every method throws SignatureMalformed where something else stands. */
export class StructuredFieldReader {
  position = 0;
  readonly #text: string;
  constructor(text: string) {
    this.#text = text;
  }
  #take(pattern: RegExp, what: string): string {
    pattern.lastIndex = this.position;
    const [found] = pattern.exec(this.#text) ?? [];
    if (found === undefined) throw new SignatureMalformed(`${what} expected at ${this.position}`);
    this.position += found.length;
    return found;
  }
  #next(character: string): boolean {
    if (this.#text[this.position] !== character) return false;
    this.position += 1;
    return true;
  }
  expect(character: string): void {
    if (!this.#next(character)) throw new SignatureMalformed(`${character} expected at ${this.position}`);
  }
  key(): string {
    return this.#take(/[a-z*][a-z0-9_.*-]*/uy, "key");
  }
  string(): string {
    return this.#take(/"(?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\])*"/uy, "string")
      .slice(1, -1)
      .replaceAll(/\\(["\\])/gu, "$1");
  }
  bytes(): Uint8Array<ArrayBuffer> {
    const base64 = this.#take(
      /:(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?:/uy,
      "byte sequence",
    ).slice(1, -1);
    return Uint8Array.from(atob(base64), (character) => character.codePointAt(0) ?? 0);
  }
  /** Parameters up to the end of the item (RFC 8941 §3.1.2); a bare one is `true`. */
  parameters(): Map<string, string | number | true> {
    const found = new Map<string, string | number | true>();
    while (this.#next(";")) {
      this.#take(/ */uy, "space");
      const name = this.key();
      if (found.has(name)) throw new SignatureMalformed(`parameter ${name} twice`);
      if (!this.#next("=")) found.set(name, true);
      else
        found.set(
          name,
          this.#text[this.position] === '"' ? this.string() : Number(this.#take(/-?\d{1,15}(?![\d.])/uy, "integer")),
        );
    }
    return found;
  }
  innerList(): CoveredComponent[] {
    this.expect("(");
    const components: CoveredComponent[] = [];
    this.#take(/ */uy, "space");
    while (!this.#next(")")) {
      const name = this.string();
      const start = this.position;
      this.parameters();
      components.push({ name, parameters: this.#text.slice(start, this.position) });
      if (this.#text[this.position] !== ")") this.#take(/ +/uy, "space");
    }
    return components;
  }
  /** True when another member follows; throws when something else does. */
  comma(): boolean {
    if (this.position === this.#text.length) return false;
    this.#take(/[ \t]*,[ \t]*/uy, "comma");
    return true;
  }
}
