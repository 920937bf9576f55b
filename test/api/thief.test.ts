// What a thief of the disk sees: the row as it lies there, and a search of the whole data folder that finds none of its
// confidential values, would have found them, and says nothing of what the caller may not read.
import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import type { z } from "zod";
import type { ThiefVerbs } from "../../src/contract/thief-verbs.ts";
import { type Company, type CompanyPerson, refusal, startCompany } from "../harness/company.ts";
import { eventually } from "../harness/eventually.ts";

type Look = z.infer<ThiefVerbs["thief.look"]["output"]>;
type Search = z.infer<ThiefVerbs["thief.search"]["output"]>;

let company: Company;

before(async () => {
  company = await startCompany();
});
after(() => company.stop());

async function look(
  { client }: CompanyPerson,
  object: string,
  id: string,
): Promise<{ seen: Look; search: NonNullable<Search["search"]> }> {
  await eventually("no other search", async () => !(await client.request<Search>("GET", "/api/disk-search")).running);
  const seen = await client.request<Look>("POST", `/api/records/${object}/${id}/thief`, {});
  const search = await eventually("the search is over", async () => {
    const told = await client.request<Search>("GET", "/api/disk-search");
    return told.search?.done === true && !told.running ? told.search : undefined;
  });
  return { seen, search };
}

test("a contact's row is bytes, its values are found nowhere, and its id is", async () => {
  const contact = company.contacts[2]!;
  const { seen, search } = await look(company.people.east1, "contact", contact.id);
  assert.equal(seen.table, "vault.record_contact");
  const kinds = new Map(seen.columns.map(({ column, kind, bytes }) => [column, { kind, bytes }]));
  assert.equal(kinds.get("sealed2")?.kind, "sealed");
  assert.equal(kinds.get("sealed3")?.kind, "sealed");
  assert.deepEqual(kinds.get("tag"), { kind: "tag", bytes: 32 });
  assert.equal(kinds.get("owner_id")?.kind, "plain");
  const shown = JSON.stringify(seen.columns);
  for (const value of [contact.name, contact.phone, "Buyer", "customer.example"])
    assert.ok(!shown.includes(value), value);
  assert.ok(
    ["name", "phone", "email"].every((field) => seen.sought.includes(field)),
    seen.sought.join(),
  );
  assert.deepEqual(search.hits, []);
  assert.ok(search.database && !search.cut && search.idFound > 0, JSON.stringify(search));
  assert.ok(search.files > 500 && search.bytes > 20_000_000, JSON.stringify(search));
});

test("a value that does lie there is found, with its file", async () => {
  const contact = company.contacts[2]!;
  const planted = path.join(company.system.dataDir, "vault/planted.txt");
  writeFileSync(planted, `x${contact.name}y${Buffer.from(contact.phone, "utf16le").toString("latin1")}`, "latin1");
  writeFileSync(`${planted}2`, Buffer.concat([Buffer.alloc(300_000 - 5), Buffer.from(contact.name)]));
  try {
    const { search } = await look(company.people.east1, "contact", contact.id);
    const hits = search.hits.map(({ field, file }) => `${field} ${file}`).sort();
    assert.deepEqual(hits, ["name vault/planted.txt2", "phone vault/planted.txt"]);
  } finally {
    for (const file of [planted, `${planted}2`]) rmSync(file);
  }
});

test("what one may not see does not exist, what is masked is neither shown nor looked for, and each look is counted and logged", async () => {
  const { east1, auditor, owner } = company.people;
  const foreign = company.contacts[5]!;
  assert.equal(
    (await refusal(east1.client.request("POST", `/api/records/contact/${foreign.id}/thief`, {}))).code,
    "not_found",
  );
  const { seen } = await look(auditor, "contact", foreign.id);
  assert.deepEqual(seen.sought, []);
  assert.equal((await auditor.client.request<Search>("GET", "/api/disk-search")).search?.hits.length, 0);
  // Another's search is nobody else's to read.
  assert.equal((await owner.client.request<Search>("GET", "/api/disk-search")).search, null);
  await eventually("it is in the log", async () => {
    const { entries } = await owner.client.request<{ entries: { action: string; person: string }[] }>(
      "POST",
      "/api/ledger/query",
      { objectId: foreign.id, action: "thief.look", limit: 10 },
    );
    return entries.some(({ person }) => person === auditor.id);
  });
});
