// Sample data by the same path as any record: believable, the owner's own, searchable, and cleared again without a trace of
// what is not sample.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Company, refusal, startCompany } from "../harness/company.ts";

let company: Company;

before(async () => {
  company = await startCompany();
});
after(() => company.stop());

async function count(object: string): Promise<number> {
  const body = { limit: 1, columns: [], count: true };
  const path = `/api/records/${object}/query`;
  const { count } = await company.people.owner.client.request<{ count: { value: number } }>("POST", path, body);
  return count.value;
}

const objects = ["account", "contact", "opportunity", "activity", "todo"];
const sizes = [40, 100, 30, 40, 12];

for (const language of ["zh", "en"] as const)
  test(`a small company comes with one click and goes with one (${language})`, async () => {
    const { client } = company.people.owner;
    const before = await Promise.all(objects.map(count));

    assert.deepEqual(await client.request("POST", "/api/sample-data", { language }), { records: 222 });

    const now = await Promise.all(objects.map(count));
    assert.deepEqual(
      now.map((many, index) => many - before[index]!),
      sizes,
    );
    assert.deepEqual(await client.request("GET", "/api/sample-data"), { records: 222 });
    assert.equal((await refusal(client.request("POST", "/api/sample-data", { language }))).code, "conflict");
    const text = language === "zh" ? "远帆" : "Harbour";
    const { groups } = await client.request<{ groups: { items: unknown[] }[] }>("POST", "/api/search", { text });
    assert.ok(groups.some(({ items }) => items.length > 0));
    assert.deepEqual(await client.request("POST", "/api/sample-data/clear", {}), { records: 222 });
    assert.deepEqual(await Promise.all(objects.map(count)), before);
    assert.deepEqual(await client.request("GET", "/api/sample-data"), { records: 0 });
  });

test("who does not run the installation loads none", async () => {
  const request = company.people.east1.client.request("POST", "/api/sample-data", { language: "zh" });
  assert.equal((await refusal(request)).code, "not_allowed");
});
