// Generated from the contract: every endpoint whose verbs ask for a signature over the act refuses whoever did not sign
// exactly this request, on this device, now and once; and takes the right one, whose signature the ledger then bears.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { ActQuestion } from "../../src/cli/act-approval.ts";
import { DeviceClient } from "../../src/cli/device-client.ts";
import { actChallenge, actCommitment } from "../../src/contract/act.ts";
import type { EndpointDefinition } from "../../src/contract/endpoint.ts";
import { endpoints, stepUpsOf } from "../../src/contract/endpoints.ts";
import { contentDigest } from "../../src/contract/http-signature.ts";
import type { ProblemDetails } from "../../src/contract/problem.ts";
import { askedBy } from "../../src/contract/step-up.ts";
import type { StepUp } from "../../src/contract/verb.ts";
import { type Company, refusal, startCompany } from "../harness/company.ts";
import { signedBy } from "../harness/passkey.ts";
import { importFile } from "../harness/import-file.ts";
import { assertProblem, bytesOf, ceaseFire, keyOf, shoot, sign } from "./probe.ts";
import { sampleOf } from "./schema-walk.ts";
import { verifySystem } from "./verify-system.ts";

const someId = "019db3d1-0000-7000-8000-000000000000";
const all: readonly [string, EndpointDefinition][] = Object.entries(endpoints);
const rules = (endpoint: EndpointDefinition): StepUp[] => stepUpsOf(endpoint).filter((rule) => rule !== "none");
const rows = all.filter(([, endpoint]) => rules(endpoint).some((rule) => rule !== "recent"));

let company: Company;
let client: DeviceClient;
/** Another confirmed device of the same person. */
let second: DeviceClient;

before(async () => {
  company = await startCompany({ admin: true });
  const { owner } = company.people;
  ({ client } = owner);
  client.approver = undefined;
  // Signed in anew, he is not one who has just joined.
  await client.signIn({ email: owner.email, password: owner.password, totp: () => owner.totp(1) });
  second = await DeviceClient.create(company.system.origin);
  const begun = await second.requestWithKey<{ challenge: string; rpId: string }>("/api/sign-in/passkey/options");
  const options = { ...begun, timeout: 0, userVerification: "required" } as const;
  const response = owner.passkey.get(options);
  const signedIn = await second.requestWithKey<{ deviceId: string; confirmed: boolean }>("/api/sign-in/passkey", {
    response,
    keepOthers: true,
  });
  assert.equal(signedIn.confirmed, true);
  second.deviceId = signedIn.deviceId;
});
after(async () => {
  second.close();
  ceaseFire();
  await company.stop();
});

interface Request {
  readonly method: string;
  readonly path: string;
  readonly body: Record<string, unknown> | undefined;
}

/** What the row takes; where the input decides, one that calls for the signature. Nothing that it names exists. */
function requestOf(endpoint: EndpointDefinition): Request {
  const [rule] = rules(endpoint);
  const { longer, changed } = typeof rule === "object" ? rule : {};
  const object = changed && !longer ? "user" : "account";
  const path = endpoint.path.replaceAll(/:(\w+)/gu, (_, name: string) => (name === "object" ? object : someId));
  const sample = endpoint.body && (sampleOf(endpoint.body) as Record<string, unknown>); // every body is an object
  const removal = { op: "delete", object, id: someId, version: 1 };
  const asking = longer
    ? { [longer.list]: Array.from({ length: longer.than + 1 }, () => removal) }
    : changed && { values: { department: someId } };
  return { method: endpoint.method, path, body: sample && { ...sample, ...asking } };
}

async function codeOf(request: Promise<{ status: number; body: Buffer }>): Promise<string> {
  const { status, body } = await request;
  return status < 400 ? "ok" : (JSON.parse(body.toString("utf8")) as ProblemDetails).code; // the office's own form
}

const send = ({ method, path, body }: Request, from = client): Promise<string> => codeOf(from.send(method, path, body));

interface Asked {
  readonly nonce: string;
  readonly method: string;
  readonly path: string;
  readonly digest: string | null;
  readonly question: ActQuestion;
}

/** The vault's question about a request, to be sent by `device`. */
async function ask({ method, path, body }: Request, device = client): Promise<Asked> {
  const begun = await device.request<Omit<ActQuestion, "passkey"> & { nonce: string; passkey?: object }>(
    "POST",
    endpoints.beginAct.path,
    {},
  );
  const digest = body === undefined ? null : await contentDigest(bytesOf(body));
  const commitment = await actCommitment(begun.nonce, digest);
  const challenge = await actChallenge({ device: device.deviceId ?? "", method, path, commitment });
  // The row's own output, with its challenge.
  const passkey = { ...begun.passkey, challenge } as ActQuestion["passkey"];
  return { nonce: begun.nonce, method, path, digest, question: { ...begun, method, path, passkey } };
}

function approvalOf(asked: Asked, answered: Asked = asked): Record<string, unknown> {
  const { question: _, ...act } = asked;
  return { ...act, proof: signedBy(company.people.owner.passkey, answered.question) };
}

const approve = (approval: unknown, device = client): Promise<string> =>
  codeOf(device.send("POST", endpoints.approveAct.path, approval));

test("each of them wants this very request signed, here, now and once", async () => {
  let looked = 0;
  for (const [name, endpoint] of rows) {
    const request = requestOf(endpoint);
    const other: Request = { ...request, body: request.body === undefined ? {} : { ...request.body, more: 1 } };
    const unsigned = (what: string): Promise<void> =>
      send(request).then((code) => assert.equal(code, "act_signature_required", `${name}, ${what}`));
    const refused = async (approval: unknown, what: string, device = client): Promise<void> => {
      assert.equal(await approve(approval, device), "act_signature_invalid", `${name}, ${what}`);
      await unsigned(what);
    };
    await unsigned("unsigned");
    await client.stepUp({ with: "password", password: company.people.owner.password });
    await unsigned("with a fresh confirmation alone");

    const asked = await ask(request);
    await refused(approvalOf(asked, await ask(other)), "signed for other bytes");
    await refused(approvalOf(asked, await ask({ ...request, path: `${request.path}x` })), "signed for another path");
    await refused(approvalOf(asked, await ask(request, second)), "signed for another device");
    await refused({ ...approvalOf(asked), nonce: "A".repeat(43) }, "a nonce that was never given");

    for (const different of [other, { ...request, path: `${request.path}x` }])
      assert.equal(await approve(approvalOf(await ask(different))), "ok", name);
    assert.equal(await approve(approvalOf(await ask(request, second)), second), "ok", name);
    await unsigned("others were approved");

    const approval = approvalOf(asked);
    assert.equal(await approve(approval), "ok", name);
    const outcome = await send(request);
    assert.ok(!outcome.startsWith("act_signature") && outcome !== "internal", `${name}, signed: ${outcome}`);
    await refused(approval, "the same signature again");
    looked += 1;
  }
  assert.equal(looked, rows.length);
  assert.ok(looked >= 13, `only ${looked} endpoints ask for a signature`);
});

test("a list no longer than a form's asks for nothing; one longer does", () => {
  let looked = 0;
  for (const [name, endpoint] of rows) {
    const [rule] = rules(endpoint);
    const longer = typeof rule === "object" ? rule.longer : undefined;
    if (!rule || !longer) continue;
    const list = (length: number): unknown => ({ [longer.list]: Array.from({ length }) });
    assert.deepEqual([askedBy(rule, list(longer.than)), askedBy(rule, list(longer.than + 1))], ["none", "act"], name);
    looked += 1;
  }
  assert.equal(looked, 1);
});

test("a change of where people and departments belong is signed, alone and in a commit; other changes are not", async () => {
  const { people, departments } = company;
  const { client: administrator } = people.administrator;
  const { approver } = administrator;
  administrator.approver = undefined;
  const change = async (object: string, id: string, values: Record<string, unknown>): Promise<string[]> => {
    const { record } = await administrator.request<{ record: { version: number } }>(
      "GET",
      `/api/records/${object}/${id}`,
    );
    const body = { version: record.version, values };
    const operations = [{ op: "update", object, id, ...body }];
    return [
      await codeOf(administrator.send("POST", "/api/commit", { operations })),
      await codeOf(administrator.send("PATCH", `/api/records/${object}/${id}`, body)),
    ];
  };
  const unsigned = ["act_signature_required", "act_signature_required"];
  assert.deepEqual(await change("user", people.nobody.id, { department: departments.root }), unsigned);
  assert.deepEqual(await change("user", people.nobody.id, { department: null, jobTitle: "x" }), unsigned);
  assert.deepEqual(await change("department", departments.west, { parent: departments.office }), unsigned);
  assert.deepEqual(await change("user", people.nobody.id, { jobTitle: "Clerk" }), ["ok", "ok"]);
  assert.deepEqual(await change("department", departments.west, { position: 3 }), ["ok", "ok"]);
  administrator.approver = approver;
  const { record } = await administrator.request<{ record: { version: number } }>(
    "GET",
    `/api/records/user/${people.nobody.id}`,
  );
  const values = { department: departments.sales };
  await administrator.request("PATCH", `/api/records/user/${people.nobody.id}`, { version: record.version, values });
});

test("the refusal says in both languages what is missing", async () => {
  const { origin } = company.system;
  const request = { method: "POST", path: endpoints.createRecoveryCodes.path, body: bytesOf({}) };
  const key = await keyOf(client);
  for (const [language, title] of [
    ["en", /^This needs your approval/u],
    ["zh-CN", /^这项操作须由你本人确认/u],
  ] as const) {
    const signed = await sign(origin, key, client.deviceId ?? "", request);
    const hit = await shoot(origin, { ...request, headers: { ...signed, "accept-language": language } });
    const problem = assertProblem(hit, language);
    assert.deepEqual([hit.status, problem.code], [401, "act_signature_required"]);
    assert.match(problem.title, title);
  }
});

test("the ledger bears what was signed, checks it offline and tells nothing of the body", async () => {
  const { owner, east1, manager } = company.people;
  client.approver = (question) => signedBy(owner.passkey, question);
  await client.request("POST", `/api/people/${east1.id}/roles`, { roles: ["salesperson", "auditor"] });
  const csv = { object: "account", fileName: "a.csv", content: "name\nSigned Import\n", map: { name: "name" } };
  const { done } = await importFile(client, csv);
  assert.equal(done.state, "done");
  const foreign = await refusal(manager.client.request("POST", `/api/imports/account/${done.id}/undo`));
  assert.equal(foreign.status, 404, "signed, and still nobody else's");
  assert.ok(company.admin);
  const { rows: entries } = await company.admin.query<{ body: { act: Record<string, unknown>; sealed: unknown } }>(
    `select body::jsonb as body from (select body from vault.ledger_entry union all select body from vault.ledger_outbox) e
     where body::jsonb->>'action' in ('role.assign', 'import.start') and body::jsonb->'act'->>'path' like any($1)`,
    [[`/api/people/${east1.id}/roles`, `/api/imports/account/${done.id}/start`]],
  );
  assert.equal(entries.length, 3, "the role at the beginning, the role now, the import");
  for (const { body } of entries) {
    assert.deepEqual(Object.keys(body.act).sort(), ["by", "commitment", "method", "passkey", "path"]);
    assert.ok(body.sealed, "nonce and digest are in the sealed detail");
  }
  const { rows: looks } = await company.admin.query<{ action: string }>(
    `select distinct body::jsonb->>'action' as action from (select body from vault.ledger_entry union all select body from vault.ledger_outbox) e
     where body::jsonb->>'action' in ('import.report', 'import.status')`,
  );
  assert.deepEqual(looks, [{ action: "import.report" }], "what the file holds is not read without an entry");
  const verdict = await verifySystem(company.system);
  assert.deepEqual(verdict.findings, []);
  assert.ok(verdict.signedActs > 20, `only ${verdict.signedActs} signed acts`);
});
