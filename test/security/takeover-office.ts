// An office process in the hands of an attacker: it serves people as the real one does, but keeps every envelope that
// passes, can hold requests back for its own use, and runs what the test asks for with all that the process has.
import { createServer } from "node:http";
import { serve } from "@hono/node-server";
import type { HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import type { EnvelopeHead } from "../../src/contract/channel.ts";
import { Problem } from "../../src/contract/problem.ts";
import { answerApi } from "../../src/office/http/api.ts";
import { VaultClient, type VaultHandle } from "../../src/office/vault-client.ts";
import { officeBoot, readBoot, sayEvent } from "../../src/supervisor/boot.ts";
import { dropPrivileges } from "../../src/supervisor/drop-privileges.ts";
import { type Captured, type Order, attack } from "./takeover-attacks.ts";

const boot = await readBoot(officeBoot);

class Tap extends VaultClient {
  readonly captured: Captured[] = [];
  holding = false;

  override begin(envelope: EnvelopeHead, body: Uint8Array, requestId: string): VaultHandle {
    this.captured.push({ envelope, body: Buffer.from(body).toString("base64") });
    if (!this.holding) return super.begin(envelope, body, requestId);
    const held = Promise.reject(new Problem("unavailable"));
    held.catch(() => undefined);
    return { begun: held, call: () => held, end: () => undefined };
  }
}

const tap = new Tap(boot.socketPath, boot.channelSecret);
const app = new Hono<{ Bindings: HttpBindings }>();
app.all("/api/*", (context) =>
  answerApi(context, { ip: "127.0.0.1", authority: context.req.header("host") ?? "" }, tap, () => undefined),
);
app.post("/takeover", async (context) => {
  const order = (await context.req.json()) as Order; // from our own test
  if (order.do === "hold") tap.holding = order.hold;
  const result = order.do === "captured" ? tap.captured.splice(0) : await attack(order, boot);
  return context.json({ result: result ?? null });
});

serve({ fetch: app.fetch, hostname: boot.listen.host, port: boot.listen.port, createServer }, () => {
  dropPrivileges(boot.dropTo);
  tap.ready().then(
    () => {
      sayEvent("ready");
    },
    () => process.exit(1),
  );
});
process.on("SIGTERM", () => process.exit(0));
