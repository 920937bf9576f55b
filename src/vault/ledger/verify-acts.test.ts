// The offline check of signed acts: whatever is changed about the act or its signature is found.
import assert from "node:assert/strict";
import { createHash, generateKeyPairSync, randomUUID, sign } from "node:crypto";
import { test } from "node:test";
import { actChallenge, actCommitment } from "../../contract/act.ts";
import { type ActRecord, checkedAct } from "./act-record.ts";
import type { EntryBody } from "./entry.ts";
import { Findings } from "./findings.ts";
import { ActBook } from "./verify-acts.ts";

const device = randomUUID();
const pairs = {
  ec: generateKeyPairSync("ec", { namedCurve: "P-256" }),
  ed25519: generateKeyPairSync("ed25519"),
  rsa: generateKeyPairSync("rsa", { modulusLength: 2048 }),
};

async function signedBy(
  kind: keyof typeof pairs,
  given: { type?: string; flags?: number } = {},
): Promise<Required<ActRecord>> {
  const { privateKey, publicKey } = pairs[kind];
  const commitment = await actCommitment("A".repeat(43), null);
  const act = { method: "POST", path: "/api/people/1/roles", commitment };
  const challenge = await actChallenge({ ...act, device });
  const clientData = Buffer.from(
    JSON.stringify({ type: given.type ?? "webauthn.get", challenge, origin: "https://a.b" }),
  );
  const data = Buffer.concat([Buffer.alloc(32, 1), Buffer.from([given.flags ?? 0x05]), Buffer.alloc(4)]);
  const signed = Buffer.concat([data, createHash("sha256").update(clientData).digest()]);
  return {
    ...act,
    by: "passkey",
    passkey: {
      credential: kind,
      key: publicKey.export({ format: "der", type: "spki" }).toString("base64"),
      authenticatorData: data.toString("base64url"),
      clientData: clientData.toString("base64url"),
      signature: sign(kind === "ed25519" ? null : "sha256", signed, privateKey).toString("base64url"),
    },
  };
}

async function check(...acts: ActRecord[]): Promise<{ signed: number; findings: readonly string[] }> {
  const findings = new Findings(100);
  const book = new ActBook(findings);
  // The part of a body that the book reads.
  for (const [position, act] of acts.entries()) await book.check({ act, actor: { device } } as EntryBody, position);
  return { signed: book.signed, findings: findings.list.map(({ kind, message }) => `${kind}: ${message}`) };
}

test("signatures of each kind of key hold", async () => {
  const acts = [await signedBy("ec"), await signedBy("ed25519"), await signedBy("rsa"), await signedBy("ec")];
  assert.deepEqual(await check(...acts), { signed: 4, findings: [] });
});

test("another act, another signature, another key: each is found", async () => {
  const act = await signedBy("ec");
  const { passkey } = act;
  const otherKey = pairs.rsa.publicKey.export({ format: "der", type: "spki" }).toString("base64");
  const changed: [string, ActRecord][] = [
    ["method", { ...act, method: "PUT" }],
    ["path", { ...act, path: "/api/people/2/roles" }],
    ["commitment", { ...act, commitment: await actCommitment("B".repeat(43), null) }],
    ["key", { ...act, passkey: { ...passkey, key: otherKey } }],
    ["no key", { ...act, passkey: { ...passkey, key: "AAAA" } }],
    [
      "signature",
      { ...act, passkey: { ...passkey, signature: (await signedBy("ec")).passkey.signature.slice(0, -4) } },
    ],
    ["data", { ...act, passkey: { ...passkey, authenticatorData: Buffer.alloc(37, 7).toString("base64url") } }],
    ["client data", { ...act, passkey: { ...passkey, clientData: Buffer.from("{}").toString("base64url") } }],
    ["not verified", await signedBy("ec", { flags: 0x01 })],
    ["registration", await signedBy("ec", { type: "webauthn.create" })],
  ];
  for (const [what, record] of changed) {
    const { signed, findings } = await check(record);
    assert.deepEqual([signed, findings], [0, ["act: the signature over this act does not hold"]], what);
  }
  const elsewhere = { ...(await signedBy("rsa")) };
  const renamed = { ...elsewhere, passkey: { ...elsewhere.passkey, credential: "ec" } };
  const { findings } = await check(act, renamed);
  assert.deepEqual(findings, ["act: the passkey of this act had another key before"]);
});

test("nothing but codes, paths and base64 gets into a body", () => {
  const good: ActRecord = { by: "totp", method: "POST", path: "/api/acts", commitment: "AAAA" };
  assert.deepEqual(checkedAct(good), good);
  for (const bad of [{ path: "/api/王芳" }, { commitment: "a b" }, { by: "by hand" }, { method: "PO ST" }])
    assert.throws(() => checkedAct({ ...good, ...bad }), TypeError, JSON.stringify(bad));
});
