// Generated from the table of endpoints: every row is tried without and with broken signatures, and by people whose role
// or place does not reach. Each refusal has the right problem and its entry, shows nothing, and leaves the database alone.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { EndpointDefinition } from "../../src/contract/endpoint.ts";
import { endpoints, stepUpsOf } from "../../src/contract/endpoints.ts";
import { shippedObjects } from "../../src/contract/objects/shipped.ts";
import type { ProblemCode } from "../../src/contract/problem.ts";
import { shippedRoles } from "../../src/contract/roles.ts";
import type { RecordAction } from "../../src/contract/verb.ts";
import { type Company, type CompanyPerson, startCompany } from "../harness/company.ts";
import { DatabaseState, ledgerRows } from "./database-state.ts";
import { type OraclePerson, type Tree, hasAction, hasCapability, mayDo } from "./oracle.ts";
import {
  type Hit,
  type ProbeKey,
  type Shot,
  assertProblem,
  bytesOf,
  keyOf,
  newAddress,
  newKey,
  shoot,
  sign,
} from "./probe.ts";
import { sampleOf } from "./schema-walk.ts";
import { sideBySide } from "./side-by-side.ts";

const rows: readonly [string, EndpointDefinition][] = Object.entries(endpoints);
const someId = "019db3d1-0000-7000-8000-000000000000";

let company: Company;
let state: DatabaseState;
let origin: string;
/** Texts that no refusal may show: names, numbers and addresses of people and customers. */
let secrets: readonly string[];

before(async () => {
  company = await startCompany({ admin: true });
  assert.ok(company.admin);
  state = new DatabaseState(company.admin);
  ({ origin } = company.system);
  secrets = [...company.accounts, ...company.contacts]
    .flatMap(({ name, phone }) => [name, phone, phone.slice(3)])
    .concat(Object.values(company.people).flatMap(({ name, email }) => [name, email]));
});
after(() => company.stop());

interface Row {
  readonly name: string;
  readonly endpoint: EndpointDefinition;
  readonly path: string;
  /** As the row wants it, so that nothing but the signature is wrong. */
  readonly body: Record<string, unknown> | undefined;
}

function pathOf(endpoint: EndpointDefinition, params: Readonly<Record<string, string>> = {}): string {
  const defaults: Readonly<Record<string, string>> = { object: "account", index: "0" };
  return endpoint.path.replaceAll(/:(\w+)/gu, (_, name: string) => params[name] ?? defaults[name] ?? someId);
}

/** The smallest valid body; the key's public half where the row is signed by a key. */
function bodyOf(endpoint: EndpointDefinition, key: ProbeKey): Record<string, unknown> | undefined {
  if (!endpoint.body) return undefined;
  const body = sampleOf(endpoint.body) as Record<string, unknown>; // every body of the table is an object
  return endpoint.auth === "key" ? { ...body, deviceKey: key.publicKey } : body;
}

function bytes(row: Pick<Row, "endpoint" | "body">): Uint8Array<ArrayBuffer> | undefined {
  if (row.endpoint.rawBody !== undefined) return new Uint8Array([1, 2, 3]);
  return row.body && bytesOf(row.body);
}

interface Attempt {
  readonly what: string;
  readonly shot: Shot;
  readonly expected: ProblemCode;
  readonly status: number;
}

interface Keys {
  readonly own: ProbeKey;
  /** The device that `own` is bound to. */
  readonly deviceId: string;
  readonly other: ProbeKey;
  readonly stranger: ProbeKey;
}

/** All the ways of getting a signature wrong, for one row. */
async function brokenRequests(row: Row, { own, deviceId, other, stranger }: Keys): Promise<Attempt[]> {
  const { method } = row.endpoint;
  const { path } = row;
  const body = bytes(row);
  const request = { method, path, body };
  const keyed = row.endpoint.auth === "key";
  const keyId = keyed ? own.thumbprint : deviceId;
  const whole = await sign(origin, own, keyId, request);
  const { "content-digest": _, ...withoutDigest } = whole;
  const changed = body ? bytesOf({ ...row.body, notAMember: 1 }) : bytesOf({});
  const redone = await sign(origin, own, keyId, { ...request, body: changed });
  const made = (
    what: string,
    expected: ProblemCode,
    headers: Readonly<Record<string, string>>,
    more: Partial<Shot> = {},
    status = 401,
  ): Attempt => ({ what, expected, status, shot: { ...request, headers, from: newAddress(), ...more } });
  return [
    made("unsigned", "signature_missing", {}),
    made("a cookie and a token instead", "signature_missing", {
      cookie: `session=${deviceId}`,
      authorization: `Bearer ${deviceId}`,
    }),
    made("signature input alone", "signature_missing", { "signature-input": whole["signature-input"] ?? "" }),
    keyed
      ? made(
          "another key than the body's",
          "signature_invalid",
          await sign(origin, stranger, stranger.thumbprint, request),
        )
      : made("a key nobody knows", "device_unknown", await sign(origin, stranger, someId, request)),
    keyed
      ? made("the id of a device", "signature_invalid", await sign(origin, own, deviceId, request))
      : made("a mere key", "device_unknown", await sign(origin, stranger, stranger.thumbprint, request)),
    made("another device's signature", "signature_invalid", await sign(origin, other, keyId, request)),
    made("another body", "signature_invalid", whole, { body: changed }),
    ...(redone["content-digest"] === undefined || body === undefined
      ? []
      : [
          made(
            "another body with its digest",
            "signature_invalid",
            { ...whole, "content-digest": redone["content-digest"] },
            { body: changed },
          ),
          made("no digest", "signature_invalid", withoutDigest),
        ]),
    made("another path", "signature_invalid", await sign(origin, own, keyId, { ...request, path: `${path}x` })),
    made("another method", "signature_invalid", await sign(origin, own, keyId, { ...request, method: "OPTIONS" })),
    made("another host", "signature_invalid", await sign("http://elsewhere.example", own, keyId, request)),
    made("a query", "malformed", whole, { path: `${path}?page=2` }, 400),
    made("signed two minutes ago", "clock_skew", await sign(origin, own, keyId, request, -120_000)),
    made("signed in two minutes", "clock_skew", await sign(origin, own, keyId, request, 120_000)),
    made("half a signature", "signature_invalid", { ...whole, signature: "sig1=:AAAA:" }),
  ];
}

function assertQuiet(hit: Hit, what: string): void {
  for (const secret of secrets) assert.ok(!hit.text.includes(secret), `${what} shows ${secret}`);
}

test("every endpoint refuses every broken signature, with its entry in the ledger", async () => {
  const { east1, west1 } = company.people;
  const own = await keyOf(east1.client);
  const other = await keyOf(west1.client);
  const keys: Keys = { own, deviceId: east1.client.deviceId ?? "", other, stranger: await newKey() };
  const expected = new Map<string, { action: string; problem: string; what: string }>();
  const before = await state.read();
  let looked = 0;
  await sideBySide(rows, async ([name, endpoint]) => {
    const row = { name, endpoint, path: pathOf(endpoint), body: bodyOf(endpoint, own) };
    for (const { what, shot, expected: code, status } of await brokenRequests(row, keys)) {
      const hit = await shoot(origin, shot);
      const problem = assertProblem(hit, `${name}, ${what}`);
      assert.equal(problem.code, code, `${name}, ${what}`);
      assert.equal(hit.status, status, `${name}, ${what}`);
      assertQuiet(hit, `${name}, ${what}`);
      expected.set(shot.from ?? "", { action: `request.${name}`, problem: code, what: `${name}, ${what}` });
      looked += 1;
    }
  });
  assert.deepEqual(await state.read(), before);
  assert.ok(company.admin);
  const entries = await ledgerRows(company.admin);
  for (const [ip, { action, problem, what }] of expected) {
    const found = entries.filter((entry) => entry.ip === ip);
    assert.deepEqual(
      found.map((entry) => [entry.action, entry.result, entry.problem]),
      [[action, "refused", problem]],
      `the ledger about ${what}`,
    );
  }
  assert.equal(rows.length, Object.keys(endpoints).length);
  assert.ok(looked >= rows.length * 14, `only ${looked} requests were tried`);
  assert.equal(expected.size, looked);
});

test("every endpoint takes a signature once", async () => {
  const { manager } = company.people;
  const own = await keyOf(manager.client);
  let looked = 0;
  for (const [name, endpoint] of rows) {
    const keyId = endpoint.auth === "key" ? own.thumbprint : (manager.client.deviceId ?? "");
    // The first one is refused for its body or finds nothing, so that it does nothing; its nonce is used all the same.
    const valid = bodyOf(endpoint, own);
    const body = valid ? bytesOf({ ...valid, notAMember: 1 }) : bytes({ endpoint, body: undefined });
    const request = { method: endpoint.method, path: pathOf(endpoint), body };
    const headers = await sign(origin, own, keyId, request);
    const first = await shoot(origin, { ...request, headers, from: newAddress() });
    const unsigned = first.status === 401 && assertProblem(first, name).code === "act_signature_required";
    assert.ok(first.status < 500 && (first.status !== 401 || unsigned), `${name} first: ${first.text}`);
    const again = await shoot(origin, { ...request, headers, from: newAddress() });
    assert.equal(assertProblem(again, `${name} again`).code, "signature_replayed", name);
    looked += 1;
  }
  assert.equal(looked, rows.length);
});

test("problems come in the language that was asked for", async () => {
  for (const [language, title] of [
    ["zh-CN,zh;q=0.9", "请求没有已绑定设备的签名。"],
    ["en", "The request is not signed by a bound device."],
  ] as const) {
    const hit = await shoot(origin, { method: "GET", path: "/api/schema", headers: { "accept-language": language } });
    assert.equal(assertProblem(hit, language).title, title);
  }
});

test("unknown paths and methods are refused like everything else", async () => {
  const tree = [
    "/api",
    "/api/",
    "/api/nothing",
    "/api/records/account/../../schema",
    "/api/records//query",
    "/api/schema/",
  ];
  for (const path of tree) {
    for (const method of ["GET", "POST", "PUT", "DELETE", "OPTIONS", "TRACE"]) {
      const hit = await shoot(origin, { method, path, from: newAddress() });
      assert.ok(hit.status >= 400 && hit.status < 500, `${method} ${path}: ${hit.status}`);
      assertQuiet(hit, `${method} ${path}`);
    }
  }
});

// People whose rights do not reach.

function oracleOf(person: CompanyPerson): OraclePerson {
  const roles = shippedRoles.filter((role) => person.roles.includes(role.key));
  return { id: person.id, department: person.department, roles, confirmed: true };
}

function treeOf({ root, sales, east, west, office }: Company["departments"]): Tree {
  return new Map([
    [root, null],
    [sales, root],
    [office, root],
    [east, sales],
    [west, sales],
  ]);
}

/** A column that may be imported into any of the objects. */
const nameColumn = { index: 0, field: "name" };

interface Target {
  readonly object: string;
  readonly id: string;
  readonly row: { readonly owner: string | null; readonly department: string | null };
}

/** A record of each object that belongs to someone in another department. */
function foreignTargets(): Target[] {
  const { people, departments, accounts, contacts, work } = company;
  const of = (list: Company["accounts"]): string => list.find((one) => one.of === "west1")?.id ?? "";
  const row = { owner: people.west1.id, department: departments.west };
  return [
    { object: "account", id: of(accounts), row },
    { object: "contact", id: of(contacts), row },
    { object: "user", id: people.west1.id, row },
    { object: "department", id: departments.west, row: { owner: null, department: departments.west } },
    // One of each other object: that of west1, or the company's.
    ...new Map(
      work.flatMap(({ object, id, of: whose }) => {
        const target = { object, id, row: whose === null ? { owner: null, department: null } : row };
        return whose === "east1" ? [] : [[object, target] as const];
      }),
    ).values(),
  ];
}

/** What the table of rights says about a row of the API, a person and a record: a refusal, or that it is permitted. */
function verdict(endpoint: EndpointDefinition, person: OraclePerson, target: Target, tree: Tree): number | "permitted" {
  const { permission } = endpoint;
  if (typeof permission === "string") return "permitted";
  if ("may" in permission) return hasCapability(person, permission.may) ? "permitted" : 403;
  const action: RecordAction = permission.record;
  if (!hasAction(person, target.object, action)) return hasAction(person, target.object, "view") ? 403 : 404;
  const named = endpoint.path.includes(":id") && endpoint.path.startsWith("/api/records/");
  if (!named) return "permitted";
  if (!mayDo(person, target.object, "view", target.row, tree)) return 404;
  return mayDo(person, target.object, action, target.row, tree) ? "permitted" : 403;
}

test("every endpoint refuses those whose role or place does not reach, and writes nothing", async () => {
  const { people } = company;
  const tree = treeOf(company.departments);
  const { id: job } = await people.owner.client.request<{ id: string }>("POST", "/api/imports/account", {
    fileName: "customers.csv",
    size: 1000,
  });
  // Rights are judged before signatures: nobody is asked to sign what he may not do.
  const approvers = Object.values(people).map(({ client }) => [client, client.approver] as const);
  for (const [client] of approvers) client.approver = undefined;
  const before = await state.read();
  const counts = { refused: 0, read: 0, permitted: 0 };
  const refusedRows = new Set<string>();
  const expected: { person: string; action: string; problem: string }[] = [];
  for (const person of [
    people.nobody,
    people.auditor,
    people.administrator,
    people.east1,
    people.east2,
    people.manager,
  ]) {
    const key = await keyOf(person.client);
    const cases = rows.flatMap(([name, endpoint]) => {
      const many = endpoint.path.includes(":object") ? foreignTargets() : foreignTargets().slice(0, 1);
      return endpoint.auth === "key" ? [] : many.map((target) => ({ name, endpoint, target }));
    });
    await sideBySide(cases, async ({ name, endpoint, target }) => {
      const outcome = verdict(endpoint, oracleOf(person), target, tree);
      const what = `${person.key} ${endpoint.method} ${endpoint.path} on ${target.object}`;
      const body = bodyOf(endpoint, key);
      const raw = bytes({ endpoint, body: name === "checkImport" ? { ...body, columns: [nameColumn] } : body });
      const id = endpoint.path.startsWith("/api/imports/") ? job : target.id;
      const path = pathOf(endpoint, { object: target.object, id, userId: people.west1.id });
      const send = () => person.client.send(endpoint.method, path, endpoint.rawBody === undefined ? decoded(raw) : raw);
      if (outcome === "permitted") {
        counts.permitted += 1;
        if (endpoint.path.startsWith("/api/imports/:object/:id")) {
          // The right to import is his, the job is the owner's.
          const hit = hitOf(await send());
          const asked = stepUpsOf(endpoint).includes("act");
          assert.equal(hit.status, asked ? 401 : 404, `${what}: ${hit.text}`);
        } else if (endpoint.method === "GET" || /\/(?:query|suggest)$/u.test(endpoint.path)) {
          const hit = hitOf(await send());
          assert.equal(hit.status, 200, `${what}: ${hit.text}`);
          counts.read += 1;
        }
        return;
      }
      const hit = hitOf(await send());
      const problem = assertProblem(hit, what);
      assert.equal(hit.status, outcome, `${what}: ${hit.text}`);
      assert.equal(problem.code, outcome === 403 ? "not_allowed" : "not_found", what);
      assertQuiet(hit, what);
      expected.push({ person: person.id, action: name, problem: problem.code });
      refusedRows.add(name);
      counts.refused += 1;
    });
    assert.deepEqual(await state.read(), before, `${person.key} changed something`);
  }
  for (const [client, approver] of approvers) client.approver = approver;
  assert.ok(company.admin);
  const entries = await ledgerRows(company.admin);
  for (const { person, action, problem } of expected) {
    const verbs = Object.keys((endpoints as Readonly<Record<string, EndpointDefinition>>)[action]?.verbs ?? {});
    const names = new Set([`request.${action}`, ...verbs]);
    assert.ok(
      entries.some((entry) => entry.person === person && names.has(entry.action) && entry.problem === problem),
      `no entry of ${problem} in ${action}`,
    );
  }
  // Every row that asks for a right has refused somebody, and every person was let in somewhere.
  const guarded = rows.filter(([, { permission }]) => typeof permission !== "string").map(([name]) => name);
  assert.deepEqual([...refusedRows].sort(), guarded.sort());
  assert.ok(counts.refused > 200 && counts.permitted > 100 && counts.read > 50, JSON.stringify(counts));
});

function decoded(body: Uint8Array | undefined): unknown {
  return body === undefined ? undefined : JSON.parse(new TextDecoder().decode(body));
}

function hitOf(answer: { status: number; headers: Hit["headers"]; body: Buffer }): Hit {
  return {
    status: answer.status,
    type: String(answer.headers["content-type"] ?? ""),
    headers: answer.headers,
    text: answer.body.toString("utf8"),
  };
}

/** Rows about one's own things that name something: with what belongs to somebody else. */
function foreignThings(): Readonly<Record<string, { path?: Record<string, string>; body?: unknown; status: number }>> {
  const { people, accounts } = company;
  const account = accounts.find((one) => one.of === "west1")?.id ?? "";
  const device = people.west1.client.deviceId ?? "";
  const change = { op: "update", object: "account", id: account, version: 1, values: { note: "taken over" } };
  return {
    revokeSession: { path: { id: westSession }, body: {}, status: 404 },
    confirmDevice: { path: { id: device }, body: { code: "12345678" }, status: 404 },
    revokeDevice: { path: { id: device }, body: {}, status: 404 },
    removePasskey: { path: { id: someId }, body: {}, status: 404 },
    commitRecords: { body: { operations: [change] }, status: 404 },
    explainAccess: { body: { userId: people.west1.id, object: "account", action: "view" }, status: 403 },
  };
}

let westSession = "";

test("what is one's own is nobody else's", async () => {
  const { people } = company;
  const { sessions } = await people.west1.client.request<{ sessions: { id: string }[] }>("GET", "/api/sessions");
  westSession = sessions[0]?.id ?? "";
  const things = foreignThings();
  // Rows of `self` that can name something: a parameter in the path, or an id or records in the body.
  const naming = rows.filter(([, { permission, path, body }]) => {
    if (permission !== "self") return false;
    return path.includes(":") || /"(?:userId|operations)"/u.test(JSON.stringify(Object.keys(shapeOf(body))));
  });
  assert.deepEqual(naming.map(([name]) => name).sort(), Object.keys(things).sort());
  const isSigned = ([, endpoint]: (typeof naming)[number]): boolean => stepUpsOf(endpoint).includes("act");
  const tryAll = async (some: typeof naming): Promise<void> => {
    for (const person of [people.nobody, people.east1, people.manager, people.auditor]) {
      for (const [name, endpoint] of some) {
        const thing = things[name];
        assert.ok(thing);
        const answer = await person.client.send(endpoint.method, pathOf(endpoint, thing.path), thing.body);
        const hit = hitOf(answer);
        assertProblem(hit, `${person.key} ${name}`);
        const status = name === "commitRecords" && person.key === "auditor" ? 403 : thing.status;
        assert.equal(hit.status, status, `${person.key} ${name}: ${hit.text}`);
        assertQuiet(hit, name);
      }
    }
  };
  const before = await state.read();
  await tryAll(naming.filter((row) => !isSigned(row)));
  assert.deepEqual(await state.read(), before);
  // A signature is used up, whatever comes of the act; nothing else may change.
  const passkeys = await state.read({ but: ["vault.person_credential", "vault.session"] });
  await tryAll(naming.filter(isSigned));
  assert.deepEqual(await state.read({ but: ["vault.person_credential", "vault.session"] }), passkeys);
  await people.west1.client.request("GET", "/api/session");
});

function shapeOf(body: unknown): Readonly<Record<string, unknown>> {
  return typeof body === "object" && body !== null && "shape" in body ? (body.shape as Record<string, unknown>) : {};
}

test("a disabled person and one not yet known get nothing anywhere", async () => {
  const { disabled } = company;
  disabled.client.approver = undefined;
  const before = await state.read();
  let looked = 0;
  for (const [name, endpoint] of rows) {
    if (endpoint.auth === "key") continue;
    const body = bytes({ endpoint, body: bodyOf(endpoint, await newKey()) });
    const sent = endpoint.rawBody === undefined ? decoded(body) : body;
    const hit = hitOf(await disabled.client.send(endpoint.method, pathOf(endpoint), sent));
    assert.equal(hit.status, 401, `${name}: ${hit.text}`);
    assertProblem(hit, name);
    assertQuiet(hit, name);
    looked += 1;
  }
  assert.ok(looked > 40);
  assert.deepEqual(await state.read(), before);
});

test("all objects, all people and all tables were looked at", () => {
  assert.equal(shippedObjects.length, foreignTargets().length);
  assert.ok(state.tables >= 18, `${state.tables} tables`);
});
