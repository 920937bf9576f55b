// The client against a real HTTP server that hands its requests to the identity room, as the office does.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Problem, problemDetails } from "../contract/problem.ts";
import { serve, type TestRoom, testRoom } from "../vault/identity/test-room.ts";
import { totpAt } from "../vault/identity/test-totp.ts";
import { DeviceClient, RequestRefused } from "./device-client.ts";

let room: TestRoom;
let server: Server;
let origin: string;
const folder = mkdtempSync(join(tmpdir(), "strongroom-client-"));
const codeAt = (secret: string, ahead = 0): string => totpAt(secret, new Date(room.clock.now + ahead * 30_000));

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = Buffer.concat(await request.toArray());
  const [path = "", query = ""] = (request.url ?? "").split(/(?=\?)/u);
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
  const { host: authority = "" } = request.headers;
  const envelope = { method: request.method ?? "", path, query, authority, headers, body, ip: "127.0.0.1" };
  try {
    response.end(JSON.stringify(await serve(room, envelope)));
  } catch (error) {
    const problem = error instanceof Problem ? error : new Problem("unavailable");
    response.writeHead(problem.status, { "content-type": "application/problem+json" });
    response.end(JSON.stringify(problemDetails(problem, "en", "test")));
  }
}

before(async () => {
  server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // it listens on a port
  room = await testRoom([origin]);
  // Two hours ahead of this computer's clock, and past the vault's first second.
  room.clock.now = Date.now() + 2 * 3_600_000;
});
after(async () => {
  await new Promise((resolve) => server.close(resolve));
  await room.close();
  rmSync(folder, { recursive: true });
});

const owner = {
  company: "华信科技有限公司",
  name: "王芳",
  email: "owner@example.com",
  password: "correct horse battery",
};

test("enrolling, signing in and out; a wrong clock is corrected on the way", async () => {
  const client = await DeviceClient.create(origin);
  const code = (await room.identity.enrolmentCode()) ?? "";
  const { signedIn, totp } = await client.enrolOwner({ ...owner, code, totp: ({ secret }) => codeAt(secret) });
  assert.deepEqual([client.deviceId, client.userId], [signedIn.deviceId, signedIn.userId]);
  const me = await client.request<{ userId: string; confirmed: boolean }>("GET", "/api/session");
  assert.deepEqual([me.userId, me.confirmed], [signedIn.userId, true]);

  const file = join(folder, "device.json");
  await client.save(file);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const loaded = await DeviceClient.load(file);
  assert.equal((await loaded.request<{ userId: string }>("GET", "/api/session")).userId, signedIn.userId);

  room.clock.now += 60_000;
  await loaded.stepUp({ with: "password", password: owner.password });
  const userId = room.people.add("李强", "li@example.com");
  const unsigned: unknown = await loaded
    .request("POST", "/api/invitations", { userId })
    .catch((error: unknown) => error);
  assert.ok(unsigned instanceof RequestRefused && unsigned.code === "act_signature_required");
  const asked: string[] = [];
  loaded.approver = ({ method, path, ways }) => {
    asked.push(`${method} ${path} ${ways.join()}`);
    return { with: "totp", code: codeAt(totp.secret) };
  };
  const { code: link } = await loaded.request<{ code: string }>("POST", "/api/invitations", { userId });
  assert.deepEqual(asked, ["POST /api/invitations totp"]);
  const invited = await DeviceClient.create(origin);
  const accepted = await invited.acceptInvitation({
    code: link,
    password: "lunar-Teapot orbit 7",
    totp: ({ secret }) => codeAt(secret),
  });
  assert.deepEqual([accepted.email, accepted.signedIn.userId], ["li@example.com", userId]);

  await client.signOut();
  assert.equal(client.deviceId, undefined);
  const refused: unknown = await loaded.request("GET", "/api/session").catch((error: unknown) => error);
  assert.ok(refused instanceof RequestRefused && refused.status === 401 && refused.code === "session_ended");

  // Three wrong codes: from then on the client is asked for two that follow each other.
  const other = await DeviceClient.create(origin);
  for (let guess = 0; guess < 3; guess += 1) {
    await assert.rejects(other.signIn({ ...owner, totp: () => "000000" }), RequestRefused);
  }
  room.clock.now += 60_000;
  await other.signIn({ ...owner, totp: (ahead) => codeAt(totp.secret, ahead) });
  assert.equal((await other.request<{ confirmed: boolean }>("GET", "/api/session")).confirmed, false);
  for (const each of [client, loaded, invited, other]) each.close();
});

test("refusals bear the problem; a server that is not there is an error", async () => {
  const client = await DeviceClient.create(origin);
  const refused: unknown = await client.request("GET", "/api/session?x=%E5%8D%8E").catch((error: unknown) => error);
  assert.ok(refused instanceof RequestRefused && refused.code === "device_unknown");
  const nobody = await DeviceClient.create("http://127.0.0.1:9");
  await assert.rejects(nobody.requestWithKey("/api/status"), { code: "ECONNREFUSED" });
  client.close();
});
