// The office's line to the vault: what breaks the form of the messages ends the line, never the office.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { once } from "node:events";
import { type Socket, createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import type { ToVault } from "../contract/channel.ts";
import { FrameReader, encodeFrame } from "../contract/frames.ts";
import { VaultClient } from "./vault-client.ts";

const envelope = { method: "GET", target: "/", authority: "", headers: {}, ip: "127.0.0.1", userAgent: "" };

test("a frame too large ends the line, and the next request makes a new one", async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), "strongroom-line-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const socketPath = path.join(folder, "vault.sock");
  let lines = 0;
  const serve = (socket: Socket): void => {
    const broken = lines++ === 0;
    const reader = new FrameReader();
    socket.on("data", (chunk: Buffer) => {
      // The client under test sends these.
      for (const { head } of reader.push(chunk) as { head: ToVault }[]) {
        if (head.do !== "call") socket.write(encodeFrame({ id: head.id, ok: true }));
        else if (broken) socket.write(Buffer.from("ffffffffffffffff", "hex"));
        else socket.write(encodeFrame({ id: head.id, ok: true }, Buffer.from('{"fine":true}')));
      }
    });
  };
  const server = createServer(serve).listen(socketPath);
  t.after(() => server.close());
  await once(server, "listening");
  const client = new VaultClient(socketPath, "secret");
  t.after(() => client.close());
  const call = (): Promise<Uint8Array> => client.begin(envelope, new Uint8Array(0), "").call("any");
  await assert.rejects(call(), { code: "unavailable" });
  assert.equal(Buffer.from(await call()).toString(), '{"fine":true}');
  assert.equal(lines, 2);
});
