// Search through the API: the examples of the promise, rights in the match itself, changes that follow, and a vault
// that was killed.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { DeviceClient } from "../../src/cli/device-client.ts";
import type { RecordView } from "../../src/contract/record-verbs.ts";
import { type Company, refusal, startCompany } from "../harness/company.ts";
import { eventually } from "../harness/eventually.ts";

let company: Company;
let east: DeviceClient;
let west: DeviceClient;
let manager: DeviceClient;
let huaxin: string;
let zhangsan: string;

before(async () => {
  company = await startCompany();
  east = company.people.east1.client;
  west = company.people.west1.client;
  manager = company.people.manager.client;
  huaxin = await create(east, "account", {
    name: "北京华信科技有限公司",
    phone: "010 6552 9988",
    note: "机密 secret note",
  });
  zhangsan = await create(east, "contact", {
    name: "张三",
    phone: "138 1234 5678",
    email: "San.Zhang@Huaxin.example",
    idNumber: "E98765432",
    wechat: "zhang_3",
    account: huaxin,
  });
  await create(east, "account", { name: "McMaster–Carr Supply Co." });
  await create(east, "contact", { name: "欧阳修" });
  await create(east, "contact", { name: "Müller, José" });
});
after(() => company.stop());

async function create(
  client: DeviceClient,
  object: string,
  values: Readonly<Record<string, unknown>>,
): Promise<string> {
  return (await client.request<{ id: string }>("POST", `/api/records/${object}`, { values })).id;
}

async function search(client: DeviceClient, text: string): Promise<string[]> {
  const { groups } = await client.request<{ groups: { items: { id: string; name: string }[] }[] }>(
    "POST",
    "/api/search",
    { text },
  );
  return groups.flatMap(({ items }) => items.map(({ name }) => name));
}

async function names(client: DeviceClient, object: string, text: string): Promise<unknown[]> {
  const body = { search: text, columns: ["name"] };
  const { rows } = await client.request<{ rows: RecordView[] }>("POST", `/api/records/${object}/query`, body);
  return rows.map(({ values }) => values["name"]);
}

describe("finds", () => {
  const examples: readonly [string, string, string][] = [
    ["part of a Chinese name", "华信", "北京华信科技有限公司"],
    ["two parts of it", "科技 华信", "北京华信科技有限公司"],
    ["full pinyin", "huaxin", "北京华信科技有限公司"],
    ["pinyin with spaces", "bei jing hua xin", "北京华信科技有限公司"],
    ["initials", "bjhx", "北京华信科技有限公司"],
    ["initials of a person", "zs", "张三"],
    ["pinyin of a person", "zhangsan", "张三"],
    ["a surname of two characters", "ouyang", "欧阳修"],
    ["part of a Latin name", "aster", "McMaster–Carr Supply Co."],
    ["another case", "SUPPLY", "McMaster–Carr Supply Co."],
    ["full-width letters", "ＭｃＭａｓｔｅｒ", "McMaster–Carr Supply Co."],
    ["a phone as written", "138 1234 5678", "张三"],
    ["a phone without spaces", "13812345678", "张三"],
    ["a phone with its country", "+86 138-1234-5678", "张三"],
    ["a phone with 0086", "008613812345678", "张三"],
    ["a phone in full-width digits", "１３８１２３４５６７８", "张三"],
    ["a landline", "(010) 65529988", "北京华信科技有限公司"],
    ["the last four digits", "5678", "张三"],
    ["the last four digits of a landline", "9988", "北京华信科技有限公司"],
    ["an e-mail in another case", "SAN.ZHANG@huaxin.example", "张三"],
    ["an ID number with spaces", "E987 65432", "张三"],
  ];
  for (const [what, text, expected] of examples) {
    test(`${what}: ${text}`, async () => {
      assert.deepEqual(await search(east, text), [expected]);
      const object = expected === "北京华信科技有限公司" || expected.startsWith("Mc") ? "account" : "contact";
      assert.ok((await names(east, object, text)).includes(expected), "in the list as well");
    });
  }

  test("a find says by which field, and shows that field as lists do", async () => {
    const found = async (text: string): Promise<unknown[]> => {
      const { groups } = await east.request<{ groups: { items: { matched: string; detail: string }[] }[] }>(
        "POST",
        "/api/search",
        { text },
      );
      return groups.flatMap(({ items }) => items.map(({ matched, detail }) => [matched, detail]));
    };
    assert.deepEqual(await found("zs"), [["name", "北京华信科技有限公司"]]);
    assert.deepEqual(await found("13812345678"), [["phone", "138****5678"]]);
    assert.deepEqual(await found("5678"), [["phone", "138****5678"]]);
    assert.deepEqual(await found("san.zhang@huaxin.example"), [["email", "S***@huaxin.example"]]);
  });

  test("nothing by parts of restricted values, nor by words that are nowhere", async () => {
    for (const text of [
      "1381234",
      "12345678",
      "678",
      "15678",
      "zhang_3",
      "huaxin.example",
      "E9876",
      "zzqqx",
      "  ",
      "%",
      "_",
      "'",
    ])
      assert.deepEqual(await search(east, text), [], text);
  });

  test("suggestions for a picker, the best match first", async () => {
    const { items } = await east.request<{ items: { id: string; name: string }[] }>(
      "POST",
      "/api/records/contact/suggest",
      { text: "zs" },
    );
    assert.deepEqual(items, [{ id: zhangsan, name: "张三" }]);
  });
});

describe("rights hold in the match", () => {
  const texts = ["华信", "bjhx", "zs", "13812345678", "5678", "San.Zhang@huaxin.example", "E98765432", "010 6552 9988"];

  test("whoever does not see the row finds nothing, whoever sees it finds it", async () => {
    for (const text of texts) {
      assert.deepEqual(await search(west, text), [], `west: ${text}`);
      assert.deepEqual(await search(company.people.nobody.client, text), [], `nobody: ${text}`);
      assert.deepEqual(await search(company.people.administrator.client, text), [], `administrator: ${text}`);
      assert.equal((await search(manager, text)).length, 1, `manager: ${text}`);
      assert.ok((await search(company.people.owner.client, text)).length >= 1, `owner: ${text}`);
    }
  });

  test("whoever sees only masks finds nothing by what they hide", async () => {
    const auditor = company.people.auditor.client;
    for (const text of texts) assert.deepEqual(await search(auditor, text), [], text);
    for (const field of ["name", "note", "phone", "noSuchField"]) {
      const query = (body: unknown) => auditor.request("POST", "/api/records/account/query", body);
      assert.equal(
        (await refusal(query({ filter: { field, op: "contains", value: "华信" } }))).code,
        "not_sortable",
        field,
      );
      assert.equal((await refusal(query({ sort: [{ field, direction: "asc" }] }))).code, "not_sortable", field);
    }
  });
});

describe("follows", () => {
  test("a change, a transfer, a deletion and a restoration", async () => {
    const id = await create(east, "contact", { name: "Wanderer", phone: "13799990001" });
    const path = `/api/records/contact/${id}`;
    const found = (client: DeviceClient, text: string, times: number) => async () =>
      (await search(client, text)).length === times;
    await eventually("found as made", found(east, "Wanderer", 1));
    await east.request("PATCH", path, { version: 1, values: { name: "漫游者", phone: "13799990002" } });
    await eventually("found by the new name", found(east, "myz", 1));
    await eventually("found by the new number", found(east, "13799990002", 1));
    for (const old of ["Wanderer", "13799990001", "0001"]) assert.deepEqual(await search(east, old), [], old);
    const { client: owner } = company.people.owner;
    await owner.request("PATCH", path, { version: 2, values: { owner: company.people.west1.id } });
    await eventually("found by the new owner", found(west, "漫游", 1));
    assert.deepEqual(await search(east, "漫游"), []);
    await west.request("POST", `${path}/delete`, { version: 3 });
    await eventually("gone when deleted", found(west, "漫游", 0));
    await west.request("POST", `${path}/restore`);
    await eventually("back when restored", found(west, "漫游", 1));
  });

  test("many writes at once, without losing one", async () => {
    const numbers = Array.from({ length: 40 }, (_, index) => `1370000${String(1000 + index)}`);
    await Promise.all(numbers.map((phone, index) => create(east, "contact", { name: `Crowd ${index}`, phone })));
    const results = await Promise.all(numbers.map((phone) => search(east, phone)));
    assert.deepEqual(
      results,
      numbers.map((_, index) => [`Crowd ${index}`]),
    );
  });
});

describe("a vault that was killed", () => {
  test("finds everything again, and what was last written", async () => {
    const last = await create(east, "contact", { name: "最后一个", phone: "13788880000" });
    const { vault } = company.system.pids;
    company.system.kill("vault");
    await company.system.waitFor(({ event, name, pid }) => event === "process" && name === "vault" && pid !== vault);
    // The office has its line again when a request comes through; reading may be repeated.
    await eventually("answers again", async () => (await east.send("GET", "/api/schema")).status === 200);
    await eventually("the search is warm again", async () => {
      const { search: state } = await east.request<{ search: { ready: boolean } }>("GET", "/api/schema");
      return state.ready;
    });
    for (const [text, expected] of [
      ["华信", "北京华信科技有限公司"],
      ["zs", "张三"],
      ["5678", "张三"],
      ["zhyg", "最后一个"],
      ["13788880000", "最后一个"],
    ] as const)
      assert.deepEqual(await search(east, text), [expected], text);
    assert.deepEqual(await search(west, "zs"), []);
    const { record } = await east.request<{ record: RecordView }>("GET", `/api/records/contact/${last}`);
    assert.equal(record.values["name"], "最后一个");
  });
});
