// The main job: a real sales book comes in through the same path as the pages use, and different people see exactly what
// is theirs.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { parse } from "csv-parse/sync";
import { DeviceClient } from "../../src/cli/device-client.ts";
import type { RecordView } from "../../src/contract/record-verbs.ts";
import { givePasskey } from "../harness/passkey.ts";
import { totpAt } from "../../src/vault/identity/test-totp.ts";
import { type Company, startCompany } from "../harness/company.ts";
import { CanaryScanner } from "../security/canary-scanner.ts";
import { verifySystem } from "../security/verify-system.ts";
import { type Imported, importFile } from "../harness/import-file.ts";
import { inventContacts } from "../harness/invented.ts";

const book = path.resolve(import.meta.dirname, "../../../shared/data/b2b-sales");
const present = existsSync(book);
if (!present && process.env["CI"]) throw new Error("the sales book is missing beside the repository");

interface Page {
  readonly rows: readonly RecordView[];
  readonly sums?: readonly { readonly field: string; readonly unit: string | null; readonly sum: string }[];
  readonly names: Readonly<Record<string, string>>;
  readonly count: { readonly value: number; readonly more: boolean };
}

type Row = Readonly<Record<string, string>>;

describe("the sales book", { skip: present ? false : "no sales book beside the repository" }, () => {
  let company: Company;
  let owner: DeviceClient;
  const read = (name: string): string => readFileSync(path.join(book, name), "utf8");
  // csv-parse gives records of texts with `columns`.
  const rows = (name: string): Row[] => parse(read(name), { columns: true }) as Row[];
  const ids = new Map<string, string>();
  const clients: DeviceClient[] = [];
  let contacts: ReturnType<typeof inventContacts> = [];
  let agentClient: DeviceClient;
  let managerClient: DeviceClient;

  before(async () => {
    company = await startCompany();
    owner = company.people.owner.client;
  });
  after(async () => {
    for (const client of clients) client.close();
    await company.stop();
  });

  const page = (client: DeviceClient, object: string, query: Readonly<Record<string, unknown>> = {}): Promise<Page> =>
    client.request<Page>("POST", `/api/records/${object}/query`, { count: true, ...query });
  const mappingOf = ({ analysis }: Imported): Record<string, string | null> =>
    Object.fromEntries(analysis.columns.map((column) => [column.name, column.field]));
  const join = async (userId: string, email: string): Promise<DeviceClient> => {
    const { record } = await owner.request<{ record: RecordView }>("GET", `/api/records/user/${userId}`);
    await owner.request("PATCH", `/api/records/user/${userId}`, { version: record.version, values: { email } });
    const { code } = await owner.request<{ code: string }>("POST", "/api/invitations", { userId });
    const client = await DeviceClient.create(company.system.origin);
    clients.push(client);
    await client.acceptInvitation({
      code,
      password: `slow ${email} barrel 8812 window`,
      totp: (setup) => totpAt(setup.secret, new Date()),
    });
    await givePasskey(client);
    return client;
  };

  test("offices become departments, managers and agents become people, invited but not active", async () => {
    const teams = rows("sales_teams.csv");
    assert.equal(teams.length, 35);
    const offices = [...new Set(teams.map((row) => row["regional_office"] ?? ""))];
    const managers = new Map(teams.map((row) => [row["manager"] ?? "", row["regional_office"] ?? ""]));
    assert.deepEqual([offices.length, managers.size], [3, 6]);
    const { done: made } = await importFile(owner, {
      object: "department",
      fileName: "offices.csv",
      content: `department\n${offices.join("\n")}\n`,
      map: { department: "name" },
    });
    assert.deepEqual([made.state, made.counts.created], ["done", 3]);
    for (const row of (await page(owner, "department", { limit: 200, columns: ["name"] })).rows)
      ids.set(String(row.values["name"]), row.id);
    for (const [manager, office] of managers) {
      const team = await owner.request<{ id: string }>("POST", "/api/records/department", {
        values: { name: `Team ${manager}`, parent: ids.get(office) },
      });
      const person = await owner.request<{ id: string }>("POST", "/api/records/user", {
        values: { name: manager, department: team.id },
      });
      await owner.request("POST", `/api/people/${person.id}/roles`, { roles: ["sales_manager"] });
      ids.set(`team of ${manager}`, team.id);
      ids.set(manager, person.id);
    }
    const { done } = await importFile(owner, {
      object: "user",
      fileName: "sales_teams.csv",
      content: read("sales_teams.csv"),
      map: { sales_agent: "name", manager: "manager", regional_office: null },
    });
    assert.deepEqual([done.state, done.counts.created, done.counts.bad], ["done", 35, 0]);
    const people = await page(owner, "user", { limit: 200, columns: ["name", "status", "manager"] });
    for (const row of people.rows) ids.set(String(row.values["name"]), row.id);
    for (const agent of teams) {
      const row = people.rows.find((one) => one.values["name"] === agent["sales_agent"]);
      assert.ok(row, "each agent is there");
      assert.equal(row.values["status"], "invited");
      assert.equal(row.values["manager"], ids.get(agent["manager"] ?? ""));
      await owner.request("PATCH", `/api/records/user/${row.id}`, {
        version: row.version,
        values: { department: ids.get(`team of ${agent["manager"]}`) },
      });
      await owner.request("POST", `/api/people/${row.id}/roles`, { roles: ["salesperson"] });
    }
  });

  test("85 accounts come in with parents; the dry run names misspelt options and one click mends them", async () => {
    const before = (await page(owner, "account")).count.value;
    const options = { object: "account", fileName: "accounts.csv", content: read("accounts.csv") };
    const dry = await importFile(owner, { ...options, start: false });
    const report = dry.checked.check;
    assert.ok(report);
    const suggested = Object.fromEntries(report.choices.map((choice) => [choice.value, choice.suggestion]));
    assert.equal(suggested["technolgy"], "technology");
    assert.equal(suggested["Philipines"], "ph");
    assert.deepEqual(mappingOf(dry), {
      account: "name",
      sector: "industry",
      year_established: "yearEstablished",
      revenue: "annualRevenue",
      employees: "employees",
      office_location: "country",
      subsidiary_of: "parent",
    });
    const { done } = await importFile(owner, {
      ...options,
      mode: "upsert",
      key: "name",
      fixes: { industry: { technolgy: "technology" }, country: { Philipines: "ph" } },
    });
    assert.deepEqual([done.state, done.counts.created, done.counts.bad], ["done", 85, 0]);
    assert.equal((await page(owner, "account")).count.value, before + 85);
    const parents = rows("accounts.csv").filter((row) => row["subsidiary_of"] !== "").length;
    assert.equal((await page(owner, "account", { filter: { field: "parent", op: "not_empty" } })).count.value, parents);
    const again = await importFile(owner, {
      ...options,
      mode: "upsert",
      key: "name",
      fixes: { industry: { technolgy: "technology" }, country: { Philipines: "ph" } },
    });
    assert.deepEqual(
      [again.done.counts.created, again.done.counts.updated],
      [0, 0],
      "the same file a second time changes nothing",
    );
  });

  test("500 contacts spread over accounts and agents; everybody sees exactly his own", async () => {
    const agents = rows("sales_teams.csv").map((row) => row["sales_agent"] ?? "");
    contacts = inventContacts({
      count: 500,
      accounts: rows("accounts.csv").map((row) => row["account"] ?? ""),
      owners: agents,
      seed: 20261123,
    });
    const content = `name,account,phone,email,owner\n${contacts.map((one) => [one.name, `"${one.account}"`, one.phone, one.email, one.owner].join(",")).join("\n")}\n`;
    const { done, checked } = await importFile(owner, {
      object: "contact",
      fileName: "contacts.csv",
      content,
      map: { owner: "owner" },
    });
    assert.deepEqual(checked.check?.problems, []);
    assert.deepEqual([done.state, done.counts.created], ["done", 500]);
    const agent = agents[0] ?? "";
    const manager = rows("sales_teams.csv")[0]?.["manager"] ?? "";
    const team = new Set(
      rows("sales_teams.csv")
        .filter((row) => row["manager"] === manager)
        .map((row) => row["sales_agent"]),
    );
    agentClient = await join(ids.get(agent) ?? "", "agent@book.example");
    managerClient = await join(ids.get(manager) ?? "", "manager@book.example");
    const own = contacts.filter((one) => one.owner === agent);
    const ofTeam = contacts.filter((one) => team.has(one.owner));
    assert.equal((await page(agentClient, "contact")).count.value, own.length);
    assert.equal((await page(managerClient, "contact")).count.value, ofTeam.length);
    assert.equal((await page(owner, "contact")).count.value, 500 + company.contacts.length);
    const seen = await page(agentClient, "contact", { limit: 200 });
    assert.deepEqual(seen.rows.map((row) => row.values["name"]).toSorted(), own.map((one) => one.name).toSorted());
    assert.ok(seen.rows.every((row) => row.owner === ids.get(agent)));
    const foreign = contacts.find((one) => !team.has(one.owner));
    assert.ok(foreign);
    for (const client of [agentClient, managerClient]) {
      const found: { groups: unknown[] } = await client.request<{ groups: unknown[] }>("POST", "/api/search", {
        text: foreign.phone,
      });
      assert.deepEqual(found.groups, [], "a phone outside the scope finds nobody");
    }
    const mine = own[0];
    assert.ok(mine);
    const hit = await agentClient.request<{ groups: { items: { name: string }[] }[] }>("POST", "/api/search", {
      text: mine.phone,
    });
    assert.ok(hit.groups.some((group) => group.items.some((item) => item.name === mine.name)));
  });

  test("7 products and 8,800 opportunities come in; what the file calls the stages is chosen once, in the dry run", async () => {
    const products = await importFile(owner, {
      object: "product",
      fileName: "products.csv",
      content: read("products.csv"),
    });
    assert.deepEqual(mappingOf(products), { product: "name", series: "series", sales_price: "price" });
    // The company of this test sells something already.
    assert.deepEqual([products.done.state, products.done.counts.created, products.done.counts.bad], ["done", 7, 0]);
    const stages = await page(owner, "stage", { columns: ["name"], limit: 200 });
    const stage = (name: string): string => stages.rows.find((row) => row.values["name"] === name)?.id ?? "";
    const options = {
      object: "opportunity",
      fileName: "sales_pipeline.csv",
      content: read("sales_pipeline.csv"),
      mode: "upsert",
      key: "externalId",
      map: { engage_date: null },
    } as const;
    const dry = await importFile(owner, { ...options, start: false });
    assert.deepEqual(mappingOf(dry), {
      opportunity_id: "externalId",
      sales_agent: "owner",
      product: "product",
      account: "account",
      deal_stage: "stage",
      engage_date: null,
      close_date: "closedAt",
      close_value: "amount",
    });
    assert.equal(dry.analysis.key, "externalId");
    assert.equal(dry.analysis.columns.find(({ name }) => name === "close_date")?.dateOrder, "dmy");
    assert.deepEqual(
      dry.checked.check?.choices.map(({ field, value, count, suggestion }) => [field, value, count, suggestion]),
      [
        ["stage", "Won", 4238, stage("赢单")],
        ["stage", "Lost", 2473, stage("输单")],
        ["stage", "Engaging", 1589, null],
        ["stage", "Prospecting", 500, null],
      ],
    );
    const { done, checked } = await importFile(owner, {
      ...options,
      fixes: {
        stage: {
          Won: stage("赢单"),
          Lost: stage("输单"),
          Engaging: stage("需求确认"),
          Prospecting: stage("初步接触"),
        },
      },
    });
    assert.deepEqual(checked.check?.problems, []);
    assert.deepEqual([done.state, done.counts.created, done.counts.bad], ["done", 8800, 0]);
    const counts = async (client: DeviceClient, filter: object): Promise<number> =>
      (await page(client, "opportunity", { filter, limit: 1 })).count.value;
    const numbered = { field: "externalId", op: "not_empty" };
    const named = (name: string) => ({ all: [numbered, { field: "stage", op: "eq", value: stage(name) }] });
    assert.deepEqual(
      await Promise.all(["赢单", "输单", "需求确认", "初步接触"].map((name) => counts(owner, named(name)))),
      [4238, 2473, 1589, 500],
    );
    const of = (state: string) => ({ all: [numbered, { field: "state", op: "eq", value: state }] });
    assert.deepEqual(
      await Promise.all(["won", "lost", "open"].map((state) => counts(owner, of(state)))),
      [4238, 2473, 2089],
    );
    assert.equal(await counts(owner, { all: [numbered, { field: "account", op: "empty" }] }), 1425);
  });

  test("owner, managers and agents each see, count and add up their own part of it", async () => {
    const book = rows("sales_pipeline.csv");
    const teamOf = (manager: string): Set<string> =>
      new Set(rows("sales_teams.csv").flatMap((row) => (row["manager"] === manager ? [row["sales_agent"] ?? ""] : [])));
    const melvin = await join(ids.get("Melvin Marxen") ?? "", "melvin@book.example");
    const agent = rows("sales_teams.csv")[0]?.["sales_agent"] ?? "";
    const everybody = new Set(book.map((row) => row["sales_agent"] ?? ""));
    for (const [client, agents, won] of [
      [owner, everybody, 10_005_534],
      [melvin, teamOf("Melvin Marxen"), 2_251_930],
      [managerClient, teamOf("Dustin Brinkmann"), 1_094_363],
      [agentClient, new Set([agent]), undefined],
    ] as const) {
      const own = book.filter((row) => agents.has(row["sales_agent"] ?? ""));
      const value = own.reduce((sum, row) => sum + (row["deal_stage"] === "Won" ? Number(row["close_value"]) : 0), 0);
      assert.equal(value, won ?? value);
      const numbered = { field: "externalId", op: "not_empty" };
      const all = await page(client, "opportunity", { filter: numbered, limit: 1 });
      assert.equal(all.count.value, own.length);
      const found = await page(client, "opportunity", {
        filter: { all: [numbered, { field: "state", op: "eq", value: "won" }] },
        sums: ["amount"],
        limit: 1,
      });
      assert.equal(found.count.value, own.filter((row) => row["deal_stage"] === "Won").length);
      assert.deepEqual(found.sums, [{ field: "amount", unit: "CNY", sum: String(value) }]);
    }
    const first = book.find(
      (row) => row["sales_agent"] === agent && row["account"] !== "" && row["deal_stage"] === "Won",
    );
    assert.ok(first);
    const filter = { field: "externalId", op: "eq", value: first["opportunity_id"] };
    const { rows: found, names } = await page(agentClient, "opportunity", { filter, columns: ["name", "closedAt"] });
    const [day, month, year] = (first["close_date"] ?? "").split("-");
    assert.deepEqual(found[0]?.values, {
      name: `${first["account"]} · ${first["product"]}`,
      closedAt: `${year}-${month}-${day}`,
    });
    assert.equal(names[ids.get(agent) ?? ""], agent);
    const foreign = book.find((row) => !teamOf("Dustin Brinkmann").has(row["sales_agent"] ?? ""));
    const unseen = { filter: { field: "externalId", op: "eq", value: foreign?.["opportunity_id"] } };
    for (const client of [agentClient, managerClient])
      assert.equal((await page(client, "opportunity", unseen)).count.value, 0);
  });

  test("the audit log of all this verifies, each row as it lies in the tables", async () => {
    const verdict = await verifySystem(company.system);
    assert.deepEqual(verdict.findings, []);
    assert.ok(verdict.rows > 9400, "the verifier looked at the rows");
  });

  test("no name, phone or e-mail of the book or of a contact lies anywhere on the disk", () => {
    const teams = rows("sales_teams.csv");
    const words = [
      ...rows("accounts.csv").map((row) => row["account"] ?? ""),
      ...teams.flatMap((row) => [row["sales_agent"] ?? "", row["manager"] ?? ""]),
      ...contacts.flatMap(({ name, phone, email }) => [name, phone, email]),
    ];
    // Two Chinese characters are six bytes, which chance finds in no 100 MB.
    const scanner = new CanaryScanner(
      [...new Set(words)].filter((word) => Buffer.byteLength(word) >= 5),
      true,
    );
    // The program itself lies there when users of their own could not reach it elsewhere; its word lists hold many names.
    scanner.scanFolder(company.system.folder, path.join(company.system.dataDir, "runtime"));
    scanner.scanOpenFiles(Object.values(company.system.pids));
    assert.ok(scanner.files > 500 && scanner.patterns > 2000, "the whole folder was read");
    assert.deepEqual(scanner.hits.slice(0, 20), []);
  });
});
