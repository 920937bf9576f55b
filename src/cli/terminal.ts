// The terminal: its language, and questions on it. They go to standard error, so that standard output can be a file;
// secrets are not shown.
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import type { Language } from "../contract/problem.ts";

/** The language that this machine is set to. */
export function languageHere(): Language {
  return Intl.DateTimeFormat().resolvedOptions().locale.startsWith("zh") ? "zh" : "en";
}

/** A question was asked where nobody can answer: in a script, or with the input closed. */
export class InputEnded extends Error {
  constructor(language: Language) {
    super(
      language === "zh"
        ? "标准输入已关闭，无法回答提问。请在终端中运行。"
        : "Standard input is closed, so the question cannot be answered. Run this in a terminal.",
    );
    this.name = "InputEnded";
  }
}

/** Asks one question. Throws InputEnded when there is no answer to come. */
export async function ask(question: string, options: { readonly hidden?: boolean } = {}): Promise<string> {
  const hidden = options.hidden === true && process.stdin.isTTY;
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  process.stderr.write(question);
  const lines = createInterface({
    input: process.stdin,
    output: hidden ? silent : process.stderr,
    terminal: process.stdin.isTTY,
  });
  try {
    const next = await lines[Symbol.asyncIterator]().next();
    if (next.done === true) throw new InputEnded(languageHere());
    return next.value.trim();
  } finally {
    lines.close();
    if (hidden) process.stderr.write("\n");
  }
}

/** A line that is written over by the next; on a stream that is no terminal, every tenth one stands. */
export class ProgressLine {
  #written = 0;
  #last = "";

  show(text: string): void {
    if (text === this.#last) return;
    this.#last = text;
    if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
    else if (this.#written % 10 === 0) process.stderr.write(`${text}\n`);
    this.#written += 1;
  }

  end(): void {
    if (process.stderr.isTTY && this.#written > 0) process.stderr.write("\r\u001b[K");
    this.#written = 0;
    this.#last = "";
  }
}
