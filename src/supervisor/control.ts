// The supervisor's own socket, for the command line on this machine: who may enter its folder (root, or our one user)
// may ask for the auditor's way into the database while the product runs.
import { chmodSync, rmSync } from "node:fs";
import { createServer, connect, type Server } from "node:net";
import { z } from "zod";
import { databaseAddress, type DatabaseAddress } from "./boot.ts";

const answer = z.strictObject({ audit: databaseAddress });

/** Listens until the returned server is closed. */
export function serveControl(socketPath: string, audit: () => DatabaseAddress): Promise<Server> {
  rmSync(socketPath, { force: true });
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    socket.setTimeout(5000, () => socket.destroy());
    socket.once("data", (data) => {
      if (data.toString("utf8") !== "audit\n") return socket.destroy();
      return socket.end(`${JSON.stringify({ audit: audit() })}\n`);
    });
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(socketPath, () => {
      chmodSync(socketPath, 0o600);
      resolve(server);
    });
  });
}

/** The auditor's address from a running supervisor. Throws when nobody listens there or this user may not ask. */
export function askAuditAddress(socketPath: string): Promise<DatabaseAddress> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath);
    let text = "";
    socket.setEncoding("utf8");
    socket.on("data", (chunk) => (text += chunk));
    socket.once("error", reject);
    socket.once("connect", () => socket.write("audit\n"));
    socket.once("end", () => {
      try {
        resolve(answer.parse(JSON.parse(text)).audit);
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
  });
}
