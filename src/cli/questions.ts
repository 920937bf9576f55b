// Several questions, one after the other, on one terminal or one piped input; they go to standard error.
import { createInterface, type Interface } from "node:readline/promises";

export class Questions {
  readonly #terminal: Interface = createInterface({
    input: process.stdin,
    output: process.stderr,
    terminal: process.stdin.isTTY,
  });
  readonly #lines = this.#terminal[Symbol.asyncIterator]();

  say(text: string): void {
    process.stderr.write(`${text}\n`);
  }

  /** An input that has ended answers "". */
  async ask(question: string): Promise<string> {
    process.stderr.write(question);
    const next = await this.#lines.next();
    return next.done === true ? "" : next.value;
  }

  /** The 24 words of a recovery kit, over as many lines as they are typed in; an empty line ends them. */
  async askWords(): Promise<string> {
    const words: string[] = [];
    while (words.length < 24) {
      const line = await this.ask(`${String(words.length + 1).padStart(4)}. `);
      const typed = line.match(/[a-z]+/giu) ?? [];
      if (typed.length === 0) break;
      words.push(...typed);
    }
    return words.join(" ");
  }

  close(): void {
    this.#terminal.close();
  }
}
