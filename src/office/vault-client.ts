// The office's line to the vault: one connection, frames with numbers, answers in any order. The office names a handle
// itself, so that a verb can follow its request without waiting in between.
import { type Socket, connect } from "node:net";
import type { EnvelopeHead, FromVault, ToVault, WireProblem } from "../contract/channel.ts";
import { FrameReader, FrameWriter } from "../contract/frames.ts";
import { Problem, isProblemCode } from "../contract/problem.ts";

interface Answer {
  readonly head: FromVault;
  readonly payload: Uint8Array<ArrayBuffer>;
}

interface Waiting {
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

interface Line {
  readonly socket: Socket;
  readonly out: FrameWriter;
}

/** The vault failed in a way it did not foresee; it has logged the request's id. */
export class VaultFailed extends Error {}

/** One request's handle: verbs of its endpoint's row, nothing else. */
export interface VaultHandle {
  readonly begun: Promise<{ endpoint: string; params: Readonly<Record<string, string>> }>;
  /** The verb's answer: JSON, as the vault wrote it. */
  call(verb: string, computed?: Readonly<Record<string, unknown>>): Promise<Uint8Array<ArrayBuffer>>;
  end(): void;
}

export class VaultClient {
  readonly #path: string;
  readonly #secret: string;
  readonly #waiting = new Map<number, Waiting>();
  #line: Line | undefined;
  #connecting: Promise<Line> | undefined;
  #ids = 0;

  constructor(path: string, secret: string) {
    this.#path = path;
    this.#secret = secret;
  }

  begin(envelope: EnvelopeHead, body: Uint8Array, requestId: string): VaultHandle {
    const handle = ++this.#ids;
    const begun = this.#ask({ id: handle, do: "begin", handle, requestId, envelope }, body).then(({ head }) => {
      if ("begun" in head) return head.begun;
      throw failure(head);
    });
    // A verb called at once is refused with its handle; then nobody asks for this promise.
    begun.catch(() => undefined);
    return {
      begun,
      call: async (verb, computed = {}) => {
        const { head, payload } = await this.#ask({ id: ++this.#ids, do: "call", handle, verb, computed });
        if ("ok" in head) return payload;
        throw failure(head);
      },
      end: () => {
        // Nobody waits for it: it goes along with the next message.
        this.#line?.out.writeSoon({ id: 0, do: "end", handle } satisfies ToVault);
      },
    };
  }

  /** Resolves when the vault answers. Throws Problem `unavailable`. */
  async ready(): Promise<void> {
    await this.#connected();
  }

  close(): void {
    this.#line?.socket.destroy();
  }

  async #ask(message: ToVault, payload?: Uint8Array): Promise<Answer> {
    const line = this.#line ?? (await this.#connected());
    return new Promise((resolve, reject) => {
      this.#waiting.set(message.id, { resolve, reject });
      line.out.write(message, payload);
    });
  }

  #connected(): Promise<Line> {
    this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = undefined;
    });
    return this.#connecting;
  }

  #connect(): Promise<Line> {
    return new Promise((resolve, reject) => {
      const socket = connect(this.#path);
      const line: Line = { socket, out: new FrameWriter(socket) };
      const reader = new FrameReader();
      const hello = ++this.#ids;
      const lost = (): void => {
        if (this.#line === line) this.#line = undefined;
        const waiting = [...this.#waiting.values()];
        this.#waiting.clear();
        for (const one of waiting) one.reject(new Problem("unavailable"));
        reject(new Problem("unavailable"));
      };
      this.#waiting.set(hello, {
        resolve: () => {
          this.#line = line;
          resolve(line);
        },
        reject,
      });
      socket.once("connect", () => {
        line.out.write({ id: hello, do: "hello", secret: this.#secret } satisfies ToVault);
      });
      socket.on("data", (chunk: Buffer) => {
        // Frames come from our own vault; a broken one ends the line, and a new one is made.
        try {
          for (const { head, payload } of reader.push(chunk)) this.#answered({ head: head as FromVault, payload });
        } catch {
          socket.destroy();
        }
      });
      socket.on("error", () => socket.destroy());
      socket.on("close", lost);
    });
  }

  #answered(answer: Answer): void {
    const waiting = this.#waiting.get(answer.head.id);
    this.#waiting.delete(answer.head.id);
    waiting?.resolve(answer);
  }
}

function failure(answer: FromVault): Error {
  if ("problem" in answer) return problemFrom(answer.problem);
  return new VaultFailed("the vault failed");
}

function problemFrom(wire: WireProblem): Error {
  if (!isProblemCode(wire.code)) return new VaultFailed("the vault gave an unknown problem");
  // Reasons come from the same contract on both sides.
  return new Problem(wire.code, { fields: wire.fields as Problem["fields"], ...(wire.extra && { extra: wire.extra }) });
}
