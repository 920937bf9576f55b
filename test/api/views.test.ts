// Views of lists: kept with their maker, offered to a team or everybody, sealed at rest, changed by their maker alone.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { ListView, ViewLayout } from "../../src/contract/view-verbs.ts";
import { type Company, type CompanyPerson, refusal, startCompany } from "../harness/company.ts";

let company: Company;
before(async () => {
  company = await startCompany({ admin: true });
});
after(() => company.stop());

const layout = (part: Partial<ViewLayout> = {}): ViewLayout => ({
  columns: ["name", "level"],
  widths: { name: 240 },
  sort: [{ field: "level", direction: "asc" }],
  filter: [{ match: "any", items: [{ field: "name", operator: "contains", values: ["华信"] }] }],
  match: "all",
  ...part,
});
function superuser() {
  assert.ok(company.admin);
  return company.admin;
}
const path = (id: string): string => `/api/views/account/${id}`;
const save = (of: CompanyPerson, id: string, part: object = {}): Promise<{ version: number }> =>
  of.client.request("PUT", path(id), { name: "重点华信", sharing: "private", layout: layout(), ...part });
const listed = async (of: CompanyPerson): Promise<readonly ListView[]> =>
  (await of.client.request<{ views: ListView[] }>("GET", "/api/views/account")).views;
const names = async (of: CompanyPerson): Promise<string[]> => (await listed(of)).map(({ name }) => name);

test("a view is its maker's until it is shared: with the department and those below, or with everybody", async () => {
  const { east1, east2, west1, manager, owner } = company.people;
  const [mine, team] = [crypto.randomUUID(), crypto.randomUUID()];
  await save(east1, mine);
  assert.deepEqual((await listed(east1))[0]?.layout, layout());
  for (const other of [east2, west1, manager, owner]) assert.deepEqual(await names(other), []);
  await save(east1, team, { name: "华东", sharing: "team" });
  assert.deepEqual(await names(east2), ["华东"]);
  assert.deepEqual(await names(west1), []);
  assert.equal((await listed(east2))[0]?.mine, false);
  const everybody = crypto.randomUUID();
  assert.equal((await refusal(save(east1, everybody, { sharing: "company" }))).status, 403);
  await save(owner, everybody, { name: "全员", sharing: "company" });
  assert.deepEqual(await names(west1), ["全员"]);
});

test("only its maker changes it, from the version he knows; removed it is gone with its key", async () => {
  const { east1, east2 } = company.people;
  const id = crypto.randomUUID();
  await save(east1, id, { sharing: "team" });
  for (const part of [{}, { version: 1 }])
    assert.ok([404, 409].includes((await refusal(save(east2, id, part))).status), JSON.stringify(part));
  assert.equal((await refusal(east2.client.request("DELETE", path(id)))).status, 404);
  assert.equal((await save(east1, id, { version: 1, name: "改名" })).version, 2);
  assert.equal((await refusal(save(east1, id, { version: 1 }))).status, 409);
  await east1.client.request("DELETE", path(id));
  assert.ok(!(await listed(east1)).some((view) => view.id === id));
  const keys = await superuser().query("select from keys.subject_key where subject_id = $1", [id]);
  assert.equal(keys.rowCount, 0);
});

test("what was typed is sealed, restricted values are refused, and so are fields one does not know", async () => {
  const { east1, auditor } = company.people;
  const id = crypto.randomUUID();
  await save(east1, id, { name: "绝密计划" });
  const { rows } = await superuser().query("select * from vault.saved_view");
  const stored = JSON.stringify(rows.map((row: object) => Object.values(row).map(String)));
  for (const typed of ["绝密计划", "华信", "level"]) assert.ok(!stored.includes(typed), typed);
  const phone = { field: "phone", operator: "is", values: ["13812345678"] };
  for (const part of [
    { filter: [phone] },
    { columns: ["nothing"] },
    { sort: [{ field: "nothing", direction: "asc" }] },
  ]) {
    const { status, details } = await refusal(save(east1, crypto.randomUUID(), { layout: layout(part as object) }));
    assert.deepEqual([status, details.fields?.[0]?.reason], [422, "unknown_field"], JSON.stringify(part));
  }
  const hidden = await refusal(save(auditor, crypto.randomUUID(), { layout: layout({ columns: ["phone"] }) }));
  assert.equal(hidden.status, 422, "a field that one's role hides");
});
