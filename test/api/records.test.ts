// Records through the API: made, read, changed by named fields, deleted and brought back, with history, references,
// unique values and fields that the company added while running.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { DeviceClient } from "../../src/cli/device-client.ts";
import type { FieldProblem } from "../../src/contract/problem.ts";
import type { RecordView } from "../../src/contract/record-verbs.ts";
import type { SchemaObject } from "../../src/contract/schema-verbs.ts";
import { type Company, refusal, startCompany } from "../harness/company.ts";

interface Written {
  readonly object: string;
  readonly id: string;
  readonly version: number;
}

interface Change {
  readonly by: string | null;
  readonly action: string;
  readonly version: number | null;
  readonly fields: readonly { field: string; before: unknown; after: unknown; masked: boolean }[];
}

let company: Company;
let east: DeviceClient;
let manager: DeviceClient;
let owner: DeviceClient;

before(async () => {
  company = await startCompany();
  east = company.people.east1.client;
  manager = company.people.manager.client;
  owner = company.people.owner.client;
});
after(() => company.stop());

type Values = Readonly<Record<string, unknown>>;

function create(client: DeviceClient, object: string, values: Values, id?: string): Promise<Written> {
  return client.request("POST", `/api/records/${object}`, { values, ...(id !== undefined && { id }) });
}

function update(client: DeviceClient, object: string, id: string, version: number, values: Values): Promise<Written> {
  return client.request("PATCH", `/api/records/${object}/${id}`, { version, values });
}

async function open(client: DeviceClient, object: string, id: string): Promise<RecordView> {
  return (await client.request<{ record: RecordView }>("GET", `/api/records/${object}/${id}`)).record;
}

async function reveal(client: DeviceClient, object: string, id: string, field: string): Promise<unknown> {
  return (await client.request<{ value: unknown }>("POST", `/api/records/${object}/${id}/reveal`, { field })).value;
}

async function list(client: DeviceClient, object: string, query: Values = {}): Promise<readonly RecordView[]> {
  return (await client.request<{ rows: RecordView[] }>("POST", `/api/records/${object}/query`, query)).rows;
}

async function history(client: DeviceClient, object: string, id: string): Promise<readonly Change[]> {
  return (await client.request<{ changes: Change[] }>("GET", `/api/records/${object}/${id}/history`)).changes;
}

function reasons(fields: readonly FieldProblem[] | undefined): [string, string][] {
  return (fields ?? []).map(({ field, reason }) => [field, reason]);
}

describe("made and read", () => {
  test("a record comes back as it was given, restricted values by reveal only", async () => {
    const values = {
      name: "杭州云杉科技有限公司",
      level: "a",
      industry: "technology",
      country: "cn",
      yearEstablished: 1998,
      annualRevenue: 12.5,
      employees: 0,
      website: "https://example.com/关于",
      address: "杭州市\n文三路 1 号",
      nextFollowUp: "2026-12-01",
      note: "“引号” & <b> 🙂",
    };
    const restricted = { phone: "0571 8888 6666", email: "Info@Example.com", bankAccount: "6222 0200 0000 0001" };
    const { id, version } = await create(east, "account", { ...values, ...restricted });
    assert.equal(version, 1);
    const record = await open(east, "account", id);
    assert.deepEqual(record.values, values);
    assert.deepEqual(Object.keys(record.masked).sort(), ["bankAccount", "email", "phone"]);
    assert.match(record.masked["bankAccount"] ?? "", /^\*+0001$/u);
    assert.equal(await reveal(east, "account", id, "phone"), "+8657188886666");
    assert.equal(await reveal(east, "account", id, "bankAccount"), "6222020000000001");
    assert.equal(record.owner, company.people.east1.id);
    assert.equal(record.department, company.departments.east);
    assert.equal(record.createdBy, company.people.east1.id);
  });

  test("all problems are told at once, in both languages", async () => {
    const values = {
      employees: "12万",
      yearEstablished: 99_999,
      annualRevenue: 1.234,
      phone: "12",
      email: "nobody",
      website: "javascript:alert(1)",
      nextFollowUp: "31.12.2026",
      industry: "technolgy",
      noSuchField: 1,
      createdAt: "2020-01-01T00:00:00Z",
    };
    const { status, code, details } = await refusal(create(east, "account", values));
    assert.equal(status, 422);
    assert.equal(code, "invalid");
    assert.deepEqual(
      new Map(reasons(details.fields)),
      new Map([
        ["employees", "not_a_number"],
        ["yearEstablished", "out_of_range"],
        ["annualRevenue", "too_precise"],
        ["phone", "not_a_phone"],
        ["email", "not_an_email"],
        ["website", "not_a_url"],
        ["nextFollowUp", "not_a_date"],
        ["industry", "not_an_option"],
        ["noSuchField", "unknown_field"],
        ["createdAt", "unknown_field"],
        ["name", "required"],
      ]),
    );
  });

  test("the same id makes one record, also when asked for side by side, and is nobody else's", async () => {
    const id = crypto.randomUUID();
    const values = { name: "Once only", phone: "13712345678" };
    const answers = await Promise.all(Array.from({ length: 6 }, () => create(east, "account", values, id)));
    for (const answer of answers) assert.deepEqual(answer, { object: "account", id, version: 1 });
    assert.equal((await list(east, "account", { filter: { field: "name", op: "eq", value: "Once only" } })).length, 1);
    assert.equal((await history(east, "account", id)).length, 1);
    // Later too it answers as the first time, though the record has moved on.
    await update(owner, "account", id, 1, { note: "changed", owner: company.people.west1.id });
    assert.deepEqual(await create(east, "account", values, id), { object: "account", id, version: 1 });
    const other = await refusal(create(company.people.east2.client, "account", values, id));
    assert.equal(other.code, "duplicate");
  });

  test("what is not there, and what is out of reach, are the same", async () => {
    const foreign = company.accounts.find((one) => one.of === "west1")?.id ?? "";
    const answers = await Promise.all([foreign, crypto.randomUUID()].map((id) => refusal(open(east, "account", id))));
    const [first, second] = answers.map(({ details }) => ({ ...details, instance: "" }));
    assert.deepEqual(first, second);
    assert.equal(first?.status, 404);
  });
});

describe("changed by named fields", () => {
  test("two people changing different fields do not disturb each other", async () => {
    const { id } = await create(east, "account", { name: "Two at once", employees: 1, note: "old" });
    await update(east, "account", id, 1, { employees: 2 });
    const second = await update(manager, "account", id, 1, { note: "new", website: "https://two.example" });
    assert.equal(second.version, 3);
    const { values, version } = await open(east, "account", id);
    assert.equal(version, 3);
    assert.deepEqual(values, { name: "Two at once", employees: 2, note: "new", website: "https://two.example" });
  });

  test("two people changing the same field: the second learns which, and nothing is written", async () => {
    const { id } = await create(east, "account", { name: "Same field", employees: 1, phone: "13700000001" });
    await update(manager, "account", id, 1, { employees: 2, phone: "13700000002" });
    const { status, details } = await refusal(
      update(east, "account", id, 1, { employees: 3, phone: "13700000003", note: "x" }),
    );
    assert.equal(status, 409);
    assert.deepEqual(details.extra, { version: 2 }, "what the other wrote is told by opening the record, which counts");
    assert.deepEqual(reasons(details.fields), [
      ["employees", "changed_meanwhile"],
      ["phone", "changed_meanwhile"],
    ]);
    const { values, version } = await open(east, "account", id);
    assert.equal(version, 2);
    assert.equal(values["note"], undefined);
  });

  test("setting what the other has set is no conflict, and changes nothing", async () => {
    const { id } = await create(east, "account", { name: "Agreed", employees: 1 });
    await update(manager, "account", id, 1, { employees: 5 });
    assert.equal((await update(east, "account", id, 1, { employees: 5 })).version, 2);
    assert.equal((await history(east, "account", id)).length, 2);
  });

  test("a version that is not there yet is a conflict", async () => {
    const { id } = await create(east, "account", { name: "Future" });
    assert.equal((await refusal(update(east, "account", id, 7, { note: "x" }))).code, "conflict");
  });

  test("of many writing one field at once, one wins each version", async () => {
    const { id } = await create(east, "account", { name: "Race", employees: 0 });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 8 }, (_, index) => update(east, "account", id, 1, { employees: index + 1 })),
    );
    assert.equal(outcomes.filter(({ status }) => status === "fulfilled").length, 1);
    assert.equal((await open(east, "account", id)).version, 2);
  });

  test("a field is emptied by null, a required one is not", async () => {
    const { id } = await create(east, "account", { name: "Empty me", note: "x", phone: "13700000009" });
    await update(east, "account", id, 1, { note: null, phone: "" });
    const { values, masked } = await open(east, "account", id);
    assert.deepEqual([values["note"], masked["phone"]], [undefined, undefined]);
    const { details } = await refusal(update(east, "account", id, 2, { name: " " }));
    assert.deepEqual(reasons(details.fields), [["name", "required"]]);
  });

  test("a transfer takes the record along, and its history says so", async () => {
    const { id } = await create(east, "account", { name: "Moves on" });
    const given = await refusal(update(east, "account", id, 1, { owner: company.people.west1.id }));
    assert.equal(given.code, "not_allowed", "nobody hands a customer out of his own reach");
    await update(company.people.owner.client, "account", id, 1, { owner: company.people.west1.id });
    assert.equal((await refusal(open(east, "account", id))).status, 404);
    const record = await open(company.people.west1.client, "account", id);
    assert.equal(record.department, company.departments.west);
    const [newest] = await history(company.people.west1.client, "account", id);
    assert.equal(newest?.action, "record.transfer");
    assert.deepEqual(newest?.fields, [
      { field: "owner", before: company.people.east1.id, after: company.people.west1.id, masked: false },
      { field: "department", before: company.departments.east, after: company.departments.west, masked: false },
    ]);
    const kept = await create(east, "account", { name: "Stays" });
    const away = await refusal(update(east, "account", kept.id, 1, { owner: company.people.west1.id }));
    assert.equal(away.code, "not_allowed", "a salesperson reaches nobody else's place");
    await update(manager, "account", kept.id, 1, { owner: company.people.east2.id });
    const nobody = await refusal(create(east, "account", { name: "For nobody", owner: company.disabled.id }));
    assert.deepEqual(reasons(nobody.details.fields), [["owner", "no_such_record"]]);
  });
});

describe("deleted and brought back", () => {
  test("a deleted record is in the recycle bin and nowhere else", async () => {
    const { id } = await create(east, "contact", { name: "Gone soon", phone: "13755556666" });
    const path = `/api/records/contact/${id}`;
    assert.equal((await refusal(east.request("POST", `${path}/delete`, { version: 2 }))).code, "conflict");
    await east.request("POST", `${path}/delete`, { version: 1 });
    const name = { filter: { field: "name", op: "eq", value: "Gone soon" } };
    assert.deepEqual(await list(east, "contact", name), []);
    assert.deepEqual(
      (await list(east, "contact", { ...name, deleted: true })).map((row) => row.id),
      [id],
    );
    const { groups } = await east.request<{ groups: unknown[] }>("POST", "/api/search", { text: "13755556666" });
    assert.deepEqual(groups, []);
    assert.notEqual((await open(east, "contact", id)).deletedAt, null);
    assert.equal((await refusal(update(east, "contact", id, 2, { note: "x" }))).status, 404);
    assert.equal((await refusal(east.request("POST", `${path}/delete`, { version: 2 }))).status, 404);
    assert.equal((await refusal(reveal(east, "contact", id, "phone"))).status, 404);
    await east.request("POST", `${path}/restore`);
    assert.equal((await refusal(east.request("POST", `${path}/restore`))).status, 404);
    assert.equal((await open(east, "contact", id)).deletedAt, null);
    assert.equal((await list(east, "contact", name)).length, 1);
    assert.equal(await reveal(east, "contact", id, "phone"), "+8613755556666");
  });

  test("people and departments in use stay", async () => {
    const user = `/api/records/user/${company.people.east2.id}`;
    const { version } = await open(owner, "user", company.people.east2.id);
    assert.equal((await refusal(owner.request("POST", `${user}/delete`, { version }))).code, "in_use");
    for (const id of [company.departments.root, company.departments.sales, company.departments.east]) {
      const record = await open(owner, "department", id);
      const path = `/api/records/department/${id}/delete`;
      assert.equal((await refusal(owner.request("POST", path, { version: record.version }))).code, "in_use");
    }
    const { id } = await create(owner, "department", { name: "Empty", parent: company.departments.office });
    await owner.request("POST", `/api/records/department/${id}/delete`, { version: 1 });
  });

  test("two departments of one name stand under different parents only", async () => {
    const { office, sales } = company.departments;
    const { id } = await create(owner, "department", { name: "Twin", parent: office });
    assert.equal((await refusal(create(owner, "department", { name: "Twin", parent: office }))).code, "invalid");
    const other = await create(owner, "department", { name: "Twin", parent: sales });
    assert.equal((await refusal(update(owner, "department", other.id, 1, { parent: office }))).code, "invalid");
    assert.equal((await update(owner, "department", other.id, 1, { name: "Twin two", parent: office })).version, 2);
    assert.equal((await refusal(update(owner, "department", other.id, 2, { name: "Twin" }))).code, "invalid");
    await owner.request("POST", `/api/records/department/${id}/delete`, { version: 1 });
    await owner.request("POST", `/api/records/department/${other.id}/delete`, { version: 2 });
  });

  test("history tells all of it, newest first, restricted values as masks", async () => {
    const { id } = await create(east, "account", { name: "Storied", employees: 1, phone: "13711112222" });
    await update(manager, "account", id, 1, { employees: 2, phone: "13733334444" });
    await east.request("POST", `/api/records/account/${id}/delete`, { version: 2 });
    await east.request("POST", `/api/records/account/${id}/restore`);
    const changes = await history(east, "account", id);
    assert.deepEqual(
      changes.map(({ action, by, version }) => [action, by, version]),
      [
        ["record.restore", company.people.east1.id, 4],
        ["record.delete", company.people.east1.id, 3],
        ["record.update", company.people.manager.id, 2],
        ["record.create", company.people.east1.id, 1],
      ],
    );
    assert.deepEqual(
      changes[2]?.fields.toSorted((a, b) => (a.field < b.field ? -1 : 1)),
      [
        { field: "employees", before: 1, after: 2, masked: false },
        { field: "phone", before: "137****2222", after: "137****4444", masked: true },
      ],
    );
  });
});

describe("references", () => {
  const parentOf = async (id: string, parent: string): Promise<Written> =>
    update(owner, "account", id, (await open(owner, "account", id)).version, { parent });

  test("point to records that are there and in reach", async () => {
    const foreign = company.accounts.find((one) => one.of === "west1")?.id ?? "";
    for (const account of [foreign, crypto.randomUUID()]) {
      const { details } = await refusal(create(east, "contact", { name: "Refers", account }));
      assert.deepEqual(reasons(details.fields), [["account", "no_such_record"]]);
    }
    const { id } = await create(east, "account", { name: "Referred" });
    await east.request("POST", `/api/records/account/${id}/delete`, { version: 1 });
    const { details } = await refusal(create(east, "contact", { name: "Refers", account: id }));
    assert.deepEqual(reasons(details.fields), [["account", "no_such_record"]]);
  });

  test("never make a circle, also not when drawn from two sides at once", async () => {
    const make = async (name: string): Promise<string> => (await create(owner, "account", { name })).id;
    const [a, b, c] = [await make("A"), await make("B"), await make("C")];
    assert.deepEqual(reasons((await refusal(parentOf(a, a))).details.fields), [["parent", "circular"]]);
    await parentOf(b, a);
    await parentOf(c, b);
    assert.deepEqual(reasons((await refusal(parentOf(a, c))).details.fields), [["parent", "circular"]]);
    for (let round = 0; round < 5; round += 1) {
      const [x, y] = [await make(`X${round}`), await make(`Y${round}`)];
      const outcomes = await Promise.allSettled([parentOf(x, y), parentOf(y, x)]);
      assert.equal(outcomes.filter(({ status }) => status === "fulfilled").length, 1, `round ${round}`);
    }
    const { sales, east: team } = company.departments;
    const { version } = await open(owner, "department", sales);
    const circle = await refusal(update(owner, "department", sales, version, { parent: team }));
    assert.deepEqual(reasons(circle.details.fields), [["parent", "circular"]]);
  });
});

describe("unique values", () => {
  test("an e-mail is one person's, whatever its case, and free again when he gives it up", async () => {
    const first = await create(owner, "user", { name: "First", email: "Unique@Company.example" });
    for (const email of ["unique@company.example", "UNIQUE@COMPANY.EXAMPLE"]) {
      const { code, details } = await refusal(create(owner, "user", { name: "Second", email }));
      assert.equal(code, "duplicate");
      assert.deepEqual(reasons(details.fields), [["email", "already_used"]]);
    }
    await update(owner, "user", first.id, 1, { email: "other@company.example" });
    await create(owner, "user", { name: "Second", email: "unique@company.example" });
    const back = await refusal(update(owner, "user", first.id, 2, { email: "unique@company.example" }));
    assert.equal(back.code, "duplicate");
  });

  test("of many at once one gets it", async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 5 }, (_, index) =>
        create(owner, "user", { name: `R${index}`, email: "race@company.example" }),
      ),
    );
    assert.equal(outcomes.filter(({ status }) => status === "fulfilled").length, 1);
    for (const outcome of outcomes)
      if (outcome.status === "rejected") assert.equal(outcome.reason.code, "duplicate", String(outcome.reason));
  });
});

describe("lists", () => {
  test("sort, page and count", async () => {
    const account = (await create(east, "account", { name: "List parent" })).id;
    for (const [index, name] of ["丙", "甲", "乙", "alpha", "Beta"].entries())
      await create(east, "contact", { name, account, role: index % 2 === 0 ? "decides" : "uses" });
    const filter = { field: "account", op: "eq", value: account };
    const names = async (query: Values): Promise<unknown[]> =>
      (await list(east, "contact", { filter, ...query })).map((row) => row.values["name"]);
    const up = await names({ sort: [{ field: "name", direction: "asc" }] });
    assert.deepEqual(await names({ sort: [{ field: "name", direction: "desc" }] }), up.toReversed());
    const sort = [
      { field: "role", direction: "asc" },
      { field: "createdAt", direction: "asc" },
    ];
    assert.deepEqual(await names({ sort }), ["丙", "乙", "Beta", "甲", "alpha"]);
    const pages = await Promise.all([0, 2, 4].map((offset) => names({ sort, limit: 2, offset })));
    assert.deepEqual(pages.flat(), await names({ sort }));
    const { count } = await east.request<{ count: unknown }>("POST", "/api/records/contact/query", {
      filter,
      count: true,
      limit: 1,
    });
    assert.deepEqual(count, { value: 5, more: false });
    const either = {
      any: [
        { field: "role", op: "eq", value: "uses" },
        { field: "name", op: "contains", value: "BET" },
      ],
    };
    assert.deepEqual((await names({ filter: { all: [filter, either] }, sort })).sort(), ["Beta", "alpha", "甲"].sort());
  });
});

describe("answers beyond what a message between our processes may hold", () => {
  test("are refused, and everybody works on", async () => {
    for (const key of ["essay", "epilogue"])
      await owner.request("POST", "/api/fields", {
        object: "account",
        key,
        type: "long_text",
        class: 2,
        labels: { zh: key, en: key },
        purpose: "selling",
        retention: "with_record",
      });
    const long = "汉".repeat(10_000);
    for (let round = 0; round < 20; round++)
      await east.request("POST", "/api/commit", {
        operations: Array.from({ length: 10 }, () => ({
          op: "create",
          object: "account",
          id: crypto.randomUUID(),
          values: { name: "Long", note: long, essay: long, epilogue: long },
        })),
      });
    const columns = ["name", "note", "essay", "epilogue"];
    const list = (limit: number): Promise<{ rows: unknown[] }> =>
      east.request("POST", "/api/records/account/query", { limit, columns, search: "Long" });
    const { status, details } = await refusal(list(200));
    assert.deepEqual([status, details.code], [413, "too_large"]);
    assert.equal((await list(50)).rows.length, 50);
  });
});

describe("a field that the company made", () => {
  const make = {
    object: "account",
    key: "tier",
    type: "choice",
    class: 1,
    purpose: "selling",
    retention: "with_record",
  };
  const silver = { key: "silver", labels: { zh: "银", en: "Silver" } };
  const gold = { key: "gold", labels: { zh: "金", en: "Gold" } };
  const change = (body: Values, key = "tier"): Promise<unknown> =>
    owner.request("PATCH", `/api/fields/account/${key}`, {
      labels: { zh: "等级", en: "Tier" },
      required: true,
      listed: true,
      ...body,
    });
  const field = async (): Promise<Values | undefined> => {
    const { objects } = await owner.request<{ objects: { key: string; fields: Values[] }[] }>("GET", "/api/schema");
    return objects.find(({ key }) => key === "account")?.fields.find(({ key }) => key === "tier");
  };

  test("takes other labels, more options and a demand for a value; no option goes, no shipped field changes", async () => {
    await owner.request("POST", "/api/fields", { ...make, labels: { zh: "旧", en: "Old" }, options: [silver] });
    await change({ options: [{ ...silver, labels: { zh: "白银", en: "Silver" } }, gold] });
    const made = await field();
    assert.deepEqual(
      [made?.["labels"], made?.["required"], made?.["listed"], made?.["options"]],
      [{ zh: "等级", en: "Tier" }, true, true, [{ ...silver, labels: { zh: "白银", en: "Silver" } }, gold]],
    );
    const without = await refusal(east.request("POST", "/api/records/account", { values: { name: "Untiered" } }));
    assert.deepEqual(reasons(without.details.fields), [["tier", "required"]]);
    for (const [options, reason] of [
      [[gold], "required"],
      [[silver, gold, gold], "already_used"],
    ] as const)
      assert.deepEqual(reasons((await refusal(change({ options }))).details.fields), [["options", reason]]);
    assert.equal((await refusal(change({}, "industry"))).status, 404);
    await change({ required: false, options: [silver, gold] });
    const { id } = await east.request<{ id: string }>("POST", "/api/records/account", {
      values: { name: "Tiered", tier: "gold" },
    });
    assert.ok(id);
  });
});

describe("fields made at run time", () => {
  const labels = { zh: "自定义", en: "Custom" };
  const define = (field: Values): Promise<{ key: string }> =>
    owner.request("POST", "/api/fields", {
      object: "account",
      labels,
      purpose: "selling",
      retention: "with_record",
      ...field,
    });
  const made: readonly {
    readonly key: string;
    readonly type: string;
    readonly class: number;
    readonly value: unknown;
    readonly other: unknown;
    readonly more?: Values;
  }[] = [
    { key: "cText", type: "text", class: 0, value: "plain", other: "other" },
    { key: "cInteger", type: "integer", class: 1, value: -42, other: 7 },
    { key: "cDecimal", type: "decimal", class: 1, value: 0.07, other: 1.1, more: { scale: 2 } },
    { key: "cBoolean", type: "boolean", class: 1, value: true, other: false },
    { key: "cDate", type: "date", class: 1, value: "2026-02-28", other: "2027-01-01" },
    {
      key: "cDatetime",
      type: "datetime",
      class: 1,
      value: "2026-02-28T12:30:00.000Z",
      other: "2027-01-01T00:00:00.000Z",
    },
    {
      key: "cChoice",
      type: "choice",
      class: 1,
      value: "one",
      other: "two",
      more: {
        options: [
          { key: "one", labels },
          { key: "two", labels },
        ],
      },
    },
    { key: "cReference", type: "reference", class: 1, value: "", other: "", more: { target: "contact" } },
    { key: "cLongText", type: "long_text", class: 2, value: "lines\nof text", other: "other" },
    { key: "cSealed", type: "text", class: 2, value: "密 sealed words", other: "other", more: { searchable: true } },
    { key: "cUrl", type: "url", class: 2, value: "https://custom.example/x", other: "https://other.example/" },
    { key: "cLocked", type: "text", class: 3, value: "locked", other: "other" },
    { key: "cPhone", type: "phone", class: 3, value: "+8613766667777", other: "+8613766668888" },
    { key: "cEmail", type: "email", class: 3, value: "a@custom.example", other: "b@custom.example" },
    { key: "cIdNumber", type: "id_number", class: 3, value: "E12345678", other: "E87654321" },
    { key: "cBank", type: "bank_account", class: 3, value: "6222000011112222", other: "6222000011113333" },
  ];

  test("cannot be told from shipped ones", async () => {
    const contact = await create(east, "contact", { name: "Custom target" });
    const another = await create(east, "contact", { name: "Another target" });
    const fields = made.map((field) =>
      field.type === "reference" ? { ...field, value: contact.id, other: another.id } : field,
    );
    for (const { key, type, class: level, more } of fields) await define({ key, type, class: level, ...more });
    const { objects } = await east.request<{ objects: SchemaObject[] }>("GET", "/api/schema");
    const schema = objects.find((object) => object.key === "account");
    const values = Object.fromEntries(fields.map(({ key, value }) => [key, value]));
    const { id } = await create(east, "account", { name: "With custom fields", ...values });
    const record = await open(east, "account", id);
    for (const field of fields) {
      const found = schema?.fields.find((one) => one.key === field.key);
      assert.deepEqual(
        [found?.type, found?.class, found?.level, found?.custom],
        [field.type, field.class, "write", true],
      );
      if (field.class === 3) {
        assert.ok(field.key in record.masked, `${field.key} is masked`);
        assert.equal(await reveal(east, "account", id, field.key), field.value);
      } else assert.equal(record.values[field.key], field.value, field.key);
    }
    await filtersAndSorts(id, fields);
    await update(east, "account", id, 1, Object.fromEntries(fields.map(({ key, other }) => [key, other])));
    const [newest] = await history(east, "account", id);
    assert.deepEqual(new Set(newest?.fields.map(({ field }) => field)), new Set(fields.map(({ key }) => key)));
    const { groups } = await east.request<{ groups: { items: { id: string }[] }[] }>("POST", "/api/search", {
      text: "137 6666 8888",
    });
    assert.deepEqual(
      groups.flatMap((group) => group.items.map((item) => item.id)),
      [id],
    );
  });

  async function filtersAndSorts(id: string, fields: typeof made): Promise<void> {
    for (const { key, value, class: level, type } of fields) {
      if (level === 3 && type === "text") {
        // What identifies nobody is not matched: one find would tell it of all records at once.
        const { code } = await refusal(list(east, "account", { filter: { field: key, op: "eq", value } }));
        assert.equal(code, "not_sortable", key);
        continue;
      }
      const rows = await list(east, "account", { filter: { field: key, op: "eq", value } });
      assert.deepEqual(
        rows.map((row) => row.id),
        [id],
        `${key} eq`,
      );
      if (level === 3 || type === "long_text") continue;
      const sorted = await list(east, "account", { sort: [{ field: key, direction: "asc" }], limit: 1 });
      assert.deepEqual(
        sorted.map((row) => row.id),
        [id],
        `${key}: empty ones come last`,
      );
    }
    const found = await list(east, "account", { search: "sealed words" });
    assert.deepEqual(
      found.map((row) => row.id),
      [id],
    );
  }

  test("that are required are asked of those who may write them, and cannot be emptied", async () => {
    const before = await create(owner, "department", { name: "From before" });
    await define({ object: "department", key: "costCentre", type: "text", class: 2, required: true });
    const requiredOf = async (client: DeviceClient): Promise<boolean | undefined> => {
      const { objects } = await client.request<{ objects: SchemaObject[] }>("GET", "/api/schema");
      const fields = objects.find((object) => object.key === "department")?.fields;
      return fields?.find((field) => field.key === "costCentre")?.required;
    };
    assert.equal(await requiredOf(owner), true);
    assert.equal(await requiredOf(manager), false, "who cannot write it is not asked for it");
    for (const values of [{ name: "New" }, { name: "New", costCentre: "  " }]) {
      const { code, details } = await refusal(create(owner, "department", values));
      assert.deepEqual([code, reasons(details.fields)], ["invalid", [["costCentre", "required"]]]);
    }
    const { id } = await create(owner, "department", { name: "New", costCentre: "4711" });
    const emptied = await refusal(update(owner, "department", id, 1, { costCentre: null }));
    assert.deepEqual(reasons(emptied.details.fields), [["costCentre", "required"]]);
    // What was there before the field was required may still be changed in its other fields.
    assert.equal((await update(owner, "department", before.id, 1, { name: "Renamed" })).version, 2);
  });

  test("survive a vault that is killed", async () => {
    const { vault } = company.system.pids;
    company.system.kill("vault");
    await company.system.waitFor(({ event, name, pid }) => event === "process" && name === "vault" && pid !== vault);
    await company.system.waitFor(
      () => company.system.events.filter(({ event }) => event === "search-ready").length === 2,
    );
    const rows = await list(east, "account", { filter: { field: "cSealed", op: "eq", value: "other" } });
    assert.equal(rows.length, 1);
    assert.equal(rows[0]?.masked["cPhone"] ?? "137****8888", "137****8888");
  });

  test("are refused where they would lose their protection or a name is taken", async () => {
    const refused: readonly [Values, string, [string, string][]][] = [
      [{ key: "cText", type: "text", class: 1 }, "duplicate", [["key", "already_used"]]],
      [{ key: "name", type: "text", class: 2 }, "duplicate", [["key", "already_used"]]],
      [{ key: "owner", type: "text", class: 1 }, "duplicate", [["key", "already_used"]]],
      [{ key: "constructor", type: "text", class: 1 }, "duplicate", [["key", "already_used"]]],
      [{ key: "toString", type: "text", class: 1 }, "duplicate", [["key", "already_used"]]],
      [{ key: "mobile", type: "phone", class: 1 }, "invalid", [["class", "out_of_range"]]],
      [{ key: "memo", type: "long_text", class: 1 }, "invalid", [["class", "out_of_range"]]],
      [{ key: "friend", type: "reference", class: 2, target: "contact" }, "invalid", [["class", "out_of_range"]]],
      [{ key: "friend", type: "reference", class: 1, target: "nothing" }, "invalid", [["target", "required"]]],
      [{ key: "pick", type: "choice", class: 1, options: [] }, "invalid", [["options", "required"]]],
    ];
    for (const [field, code, fields] of refused) {
      const { code: got, details } = await refusal(define(field));
      assert.equal(got, code, JSON.stringify(field));
      assert.deepEqual(reasons(details.fields), fields, JSON.stringify(field));
    }
    assert.equal(
      (
        await refusal(
          east.request("POST", "/api/fields", {
            object: "account",
            key: "x",
            type: "text",
            class: 1,
            labels,
            purpose: "selling",
            retention: "with_record",
          }),
        )
      ).status,
      403,
    );
  });
});
