// PostgreSQL's COPY as streams, for whole tables: rows leave and come in as the text format's bytes, and nobody holds
// more of them than a buffer. The connection must not be a pipelined one.
import { Readable } from "node:stream";
import type pg from "pg";

/** What pg's client asks of a query of its own kind, and what it tells it. */
type CopyConnection = pg.Connection & {
  query(text: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
  sendCopyFail(message: string): void;
};

/** Bytes that may lie in a buffer before the other side waits. */
const buffered = 256 * 1024;

class CopyOut {
  readonly stream: Readable;
  readonly #text: string;
  #connection: CopyConnection | undefined;
  #count: number | undefined;

  constructor(text: string) {
    this.#text = text;
    this.stream = new Readable({ highWaterMark: buffered, read: () => this.#connection?.stream.resume() });
  }

  submit(connection: pg.Connection): void {
    // pg's connection has these methods; its types leave them out.
    this.#connection = connection as CopyConnection;
    this.#connection.query(this.#text);
  }

  handleCopyData({ chunk }: { readonly chunk: Buffer }): void {
    // The connection uses its buffer again for what comes next.
    if (!this.stream.push(Buffer.from(chunk))) this.#connection?.stream.pause();
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    this.#count = countOf(text);
  }

  handleReadyForQuery(): void {
    this.stream.push(null);
  }

  handleError(error: Error): void {
    this.#connection?.stream.resume();
    this.stream.destroy(error);
  }

  /** Rows that the database says it has given. */
  get count(): number | undefined {
    return this.#count;
  }
}

/** The rows of `COPY … TO STDOUT`. Who stops reading early must end the connection. */
export function copyOut(client: pg.Client, text: string): Pick<CopyOut, "stream" | "count"> {
  return client.query(new CopyOut(text));
}

function countOf(text: string): number {
  return Number(/^COPY (\d+)$/.exec(text)?.[1]);
}

class CopyIn {
  readonly started: Promise<CopyConnection>;
  readonly done: Promise<number>;
  readonly #text: string;
  readonly #start = Promise.withResolvers<CopyConnection>();
  readonly #end = Promise.withResolvers<number>();
  #count = 0;

  constructor(text: string) {
    this.#text = text;
    this.started = this.#start.promise;
    this.done = this.#end.promise;
    // Whoever waits for the start learns of the same error.
    this.done.catch(() => undefined);
  }

  submit(connection: pg.Connection): void {
    // As above.
    (connection as CopyConnection).query(this.#text);
  }

  handleCopyInResponse(connection: CopyConnection): void {
    this.#start.resolve(connection);
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    this.#count = countOf(text);
  }

  handleReadyForQuery(): void {
    this.#end.resolve(this.#count);
  }

  handleError(error: Error): void {
    this.#start.reject(error);
    this.#end.reject(error);
  }
}

/** Feeds `COPY … FROM STDIN`. Gives the number of rows taken; throws the database's error, or the source's after an abort. */
export async function copyIn(client: pg.Client, text: string, source: AsyncIterable<Uint8Array>): Promise<number> {
  const copy = client.query(new CopyIn(text));
  const connection = await copy.started;
  let failed: Error | undefined;
  void copy.done.catch((error: Error) => (failed = error));
  try {
    for await (const chunk of source) {
      if (failed !== undefined) break;
      connection.sendCopyFromChunk(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
      if (connection.stream.writableLength > buffered) await drained(connection);
    }
  } catch (error) {
    connection.sendCopyFail("the source ended early");
    await copy.done.catch(() => undefined);
    throw error;
  }
  if (failed === undefined) connection.endCopyFrom();
  return copy.done;
}

function drained({ stream }: CopyConnection): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      stream.off("drain", done).off("close", done);
      resolve();
    };
    stream.once("drain", done).once("close", done);
    if (stream.writableLength === 0 || stream.destroyed) done();
  });
}
