// Guessing behind a mask: every exact match of a phone number, an address and the like is counted, found or not, one value
// at a time, in each way by which an answer could tell whether a value is there.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { Problem, problemDetails } from "../../src/contract/problem.ts";
import { ceilings } from "../../src/vault/watch/meter.ts";
import { type Company, type CompanyPerson, refusal, startCompany } from "../harness/company.ts";

let company: Company;
let person: CompanyPerson;
let contact: string;

before(async () => {
  company = await startCompany({ admin: true });
  person = company.people.east1;
  ({ id: contact } = await person.client.request<{ id: string }>("POST", "/api/records/contact", {
    values: { name: "Guessed", phone: "13812345678", wechat: "guessed_1", email: "guessed@customer.example" },
  }));
});
after(() => company.stop());

async function matched(of: CompanyPerson = person): Promise<{ used: number; limit: number }> {
  const { me } = await of.client.request<{ me: { allowances: { matched: { used: number; limit: number } } } }>(
    "GET",
    "/api/schema",
  );
  return me.allowances.matched;
}

/** How much this costs. */
async function cost(what: () => Promise<unknown>, of: CompanyPerson = person): Promise<number> {
  const { used } = await matched(of);
  await what();
  return (await matched(of)).used - used;
}

const list = (filter: unknown, more: object = {}) =>
  person.client.request<{ rows: unknown[] }>("POST", "/api/records/contact/query", { filter, ...more });
const phoneIs = (value: string) => ({ field: "phone", op: "eq", value });

test("a match counts once, found or not; a value that cannot be one tells nothing and counts nothing", async () => {
  assert.equal(await cost(async () => assert.equal((await list(phoneIs("138 1234 5678"))).rows.length, 1)), 1);
  assert.equal(await cost(async () => assert.equal((await list(phoneIs("13812345679"))).rows.length, 0)), 1);
  assert.equal(await cost(async () => assert.equal((await list(phoneIs("nobody"))).rows.length, 0)), 0);
});

test("a landline without its area code is one match, found by whoever sees the customer and by nobody else", async () => {
  await person.client.request("POST", "/api/records/contact", { values: { name: "Landline", phone: "010-66668888" } });
  const search = async (of: CompanyPerson): Promise<number> =>
    (await of.client.request<{ rows: unknown[] }>("POST", "/api/records/contact/query", { search: "6666 8888" })).rows
      .length;
  assert.equal(await cost(async () => assert.equal(await search(person), 1)), 1);
  const { west1 } = company.people;
  assert.equal(await cost(async () => assert.equal(await search(west1), 0), west1), 1);
});

test("of few values nothing is matched, shown or tagged: choices, dates, yes or no, short texts", async () => {
  const { owner } = company.people;
  const purpose = { purpose: "selling", retention: "with_record", listed: true };
  const define = (key: string, type: string, more: object = {}) =>
    owner.client.request("POST", "/api/fields", {
      object: "contact",
      key,
      type,
      class: 3,
      labels: { zh: key, en: key },
      ...purpose,
      ...more,
    });
  const ill = { key: "ill", labels: { zh: "病", en: "Ill" } };
  await define("health", "choice", { options: [ill, { key: "good", labels: { zh: "好", en: "Good" } }] });
  await define("party", "boolean");
  await define("birth", "date");
  const few = { health: "ill", party: true, birth: "1980-01-01", wechat: "guessed_2" };
  const { id } = await person.client.request<{ id: string }>("POST", "/api/records/contact", {
    values: { name: "Few", phone: "13812345670", ...few },
  });
  for (const [field, value] of Object.entries(few))
    assert.equal((await refusal(list({ field, op: "eq", value }))).code, "not_sortable", field);
  const stars = Object.fromEntries(Object.keys(few).map((key) => [key, "****"]));
  const columns = ["name", ...Object.keys(few)];
  for (const more of [{}, { search: "Few" }]) {
    const { rows } = await person.client.request<{ rows: { id: string; masked: object }[] }>(
      "POST",
      "/api/records/contact/query",
      { columns, ...more },
    );
    assert.deepEqual(rows.find((row) => row.id === id)?.masked, stars);
  }
  const { record } = await person.client.request<{ record: { masked: Record<string, string> } }>(
    "GET",
    `/api/records/contact/${id}`,
  );
  for (const key of Object.keys(few)) assert.equal(record.masked[key], "****", key);
  const database = company.admin;
  assert.ok(database);
  const tagged = async () =>
    (await database.query("select field from vault.record_lookup where record_id = $1 order by field", [id])).rows;
  assert.deepEqual(await tagged(), [{ field: "phone" }]);
  // What earlier versions left is taken away by the migration, and nothing else.
  for (const field of Object.keys(few))
    await database.query(
      "insert into vault.record_lookup select object, $2, tag, record_id, is_unique from vault.record_lookup where record_id = $1 and field = 'phone'",
      [id, field],
    );
  assert.equal((await tagged()).length, 5);
  const migration = new URL("../../src/supervisor/migrations/091_lookup_identifiers.sql", import.meta.url);
  await database.query(readFileSync(migration, "utf8"));
  assert.deepEqual(await tagged(), [{ field: "phone" }]);
});

test("search and suggestions count a number, not words", async () => {
  const search = (text: string) => person.client.request("POST", "/api/search", { text });
  const suggest = (text: string) => person.client.request("POST", "/api/records/contact/suggest", { text });
  for (const text of ["13812345678", "nobody@customer.example", "E98765432", "AB-12345"]) {
    assert.equal(await cost(() => search(text)), 1, text);
    assert.equal(await cost(() => suggest(text)), 1, text);
    assert.equal(await cost(() => list(undefined, { search: text })), 1, text);
  }
  for (const text of ["Guessed", "华信 科技", "5678", "acme holding", "2026", "guessed_1"])
    assert.equal(await cost(() => search(text)), 0, text);
});

test("one value in one query", async () => {
  const two = [phoneIs("13812345678"), phoneIs("13812345679")];
  for (const filter of [{ any: two }, { all: [{ any: two }] }, { all: two }]) {
    const refused = await refusal(list(filter));
    assert.equal(refused.code, "invalid");
    assert.equal(refused.details.fields?.[0]?.reason, "one_exact_match");
  }
  const both = await refusal(list(phoneIs("13812345678"), { search: "13812345679" }));
  assert.equal(both.code, "invalid");
});

test("writes that tell of a value count, whether they happen or not", async () => {
  const { owner } = company.people;
  const create = (email: string) =>
    owner.client.send("POST", "/api/records/user", { values: { name: "Somebody", email } });
  assert.equal(await cost(() => create("somebody@example.com"), owner), 1);
  assert.equal(await cost(async () => assert.equal((await create("SOMEBODY@example.com")).status, 409), owner), 1);
  // A guess that a guard undoes: what was asked stays counted.
  const undone = () =>
    owner.client.send("POST", "/api/commit", {
      operations: [{ op: "create", object: "user", values: { name: "X", email: "else@example.com" } }],
      guards: [{ guard: "count", object: "user", filter: { all: [] }, max: 0, lock: "x" }],
    });
  assert.equal(await cost(async () => assert.equal((await undone()).status, 409), owner), 1);
  // Setting the value that is there changes no version, and so tells that it is the one.
  const same = () =>
    person.client.request("PATCH", `/api/records/contact/${contact}`, { version: 1, values: { phone: "13812345678" } });
  assert.equal(await cost(same), 1);
});

test("above the allowance the refusal says when it is free again; everything else goes on", async () => {
  const { used, limit } = await matched();
  assert.equal(limit, ceilings.matched);
  const guesses = Array.from({ length: limit - used }, (_, index) => `1390000${String(1000 + index)}`);
  // Twenty at a time: what is left cannot be outrun side by side either.
  for (let at = 0; at < guesses.length; at += 20)
    await Promise.all(guesses.slice(at, at + 20).map((guess) => list(phoneIs(guess))));
  const refused = await refusal(list(phoneIs("13812345678")));
  assert.deepEqual([refused.status, refused.code], [429, "matches_used"]);
  assert.match(refused.details.title, /free again at 00:00 UTC/u);
  assert.match(problemDetails(new Problem("matches_used"), "zh", "").title, /北京时间早上 8 点/u);
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
  const until = `${tomorrow}T00:00:00.000Z`;
  assert.deepEqual(refused.details.extra, { kind: "matched", used: limit, limit, until });
  const search = (text: string) => person.client.send("POST", "/api/search", { text });
  assert.equal((await search("13812345678")).status, 429);
  assert.equal((await search("Guessed")).status, 200);
  assert.equal((await search("5678")).status, 200);
  const change = { version: 1, values: { note: "still at work" } };
  assert.equal((await person.client.send("PATCH", `/api/records/contact/${contact}`, change)).status, 200);
});

test("a killed vault remembers what was matched", async () => {
  const { vault } = company.system.pids;
  company.system.kill("vault");
  await company.system.waitFor(({ event, name, pid }) => event === "process" && name === "vault" && pid !== vault);
  await company.system.waitFor(() => company.system.events.filter(({ event }) => event === "vault-ready").length === 2);
  assert.equal((await matched()).used, ceilings.matched);
});
