// Reads the data folder to the vault, file by file, so that a person can be shown what a thief of the disk would find. It
// gives what lies there and takes no name of a file: nothing outside the data folder can be asked for.
import { chownSync, rmSync } from "node:fs";
import { open, readdir, stat } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { OsUser } from "./os-users.ts";

export interface DiskReaderOptions {
  readonly dataDir: string;
  /** Our own programs and sockets hold no data of the company. */
  readonly leaveOut: readonly string[];
  readonly embedded: boolean;
  /** Who may ask; its folder lets nobody else in. */
  readonly vault: OsUser | undefined;
}

const most = 256 * 1024;

/** Listens until the returned server is closed. */
export function serveDisk(socketPath: string, options: DiskReaderOptions): Promise<Server> {
  rmSync(socketPath, { force: true });
  const server = createServer((socket) => void send(socket, options));
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(socketPath, () => {
      if (options.vault) chownSync(socketPath, options.vault.uid, options.vault.gid);
      resolve(server);
    });
  });
}

async function send(socket: Socket, options: DiskReaderOptions): Promise<void> {
  socket.on("error", () => socket.destroy());
  try {
    await pipeline(Readable.from(bytesOf(options), { objectMode: false, highWaterMark: most }), socket);
  } catch {
    // Whoever asked has gone; there is nobody to tell.
    socket.destroy();
  }
}

async function* bytesOf({ dataDir, leaveOut, embedded }: DiskReaderOptions): AsyncGenerator<Buffer> {
  const files = await filesIn(dataDir, new Set(leaveOut));
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  yield line({ database: embedded, bytes });
  const buffer = Buffer.alloc(most);
  for (const { file, bytes: length } of files) {
    const handle = await open(file, "r").catch(() => undefined);
    // Gone since: the database makes and removes files all the time.
    if (handle === undefined) continue;
    try {
      yield line({ name: path.relative(dataDir, file), bytes: length });
      for (let left = length; left > 0;) {
        const { bytesRead } = await handle.read(buffer, 0, Math.min(most, left), null);
        // As many as were told, also when the file has become shorter.
        const given = bytesRead > 0 ? Buffer.from(buffer.subarray(0, bytesRead)) : Buffer.alloc(Math.min(most, left));
        left -= given.length;
        yield given;
      }
    } finally {
      await handle.close();
    }
  }
}

async function filesIn(folder: string, leaveOut: ReadonlySet<string>): Promise<{ file: string; bytes: number }[]> {
  const found: { file: string; bytes: number }[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    const file = path.join(folder, entry.name);
    if (leaveOut.has(file)) continue;
    if (entry.isDirectory()) found.push(...(await filesIn(file, leaveOut)));
    else if (entry.isFile()) {
      const bytes = await stat(file).then(
        ({ size }) => size,
        () => 0,
      );
      if (bytes > 0) found.push({ file, bytes });
    }
  }
  return found;
}

function line(value: object): Buffer {
  return Buffer.from(`${JSON.stringify(value)}\n`);
}
