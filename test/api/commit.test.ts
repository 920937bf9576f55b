// The atomic commit: all operations and guards, or nothing; also when many race for the same limit or number.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { RecordView } from "../../src/contract/record-verbs.ts";
import { type Company, type CompanyPerson, refusal, startCompany } from "../harness/company.ts";
import { DatabaseState, ledgerRows } from "../security/database-state.ts";

interface Committed {
  readonly written: readonly { object: string; id: string; version: number }[];
  readonly numbers: readonly { operation: number; field: string; value: number }[];
}
type Values = Readonly<Record<string, unknown>>;

let company: Company;
let person: CompanyPerson;
let state: DatabaseState;

before(async () => {
  company = await startCompany({ admin: true });
  assert.ok(company.admin);
  state = new DatabaseState(company.admin);
  person = company.people.east1;
  const labels = { zh: "编号", en: "Number" };
  await company.people.owner.client.request("POST", "/api/fields", {
    object: "account",
    key: "number",
    type: "integer",
    class: 1,
    labels,
    purpose: "selling",
    retention: "with_record",
    series: true,
  });
});
after(() => company.stop());

function commit(operations: readonly Values[], guards: readonly Values[] = []): Promise<Committed> {
  return person.client.request("POST", "/api/commit", { operations, guards });
}

function create(object: string, values: Values, id: string = crypto.randomUUID()): Values & { id: string } {
  return { op: "create", object, id, values };
}

async function open(object: string, id: string): Promise<RecordView> {
  return (await person.client.request<{ record: RecordView }>("GET", `/api/records/${object}/${id}`)).record;
}

/** Nothing in any table has changed, and no entry says that something was done. */
async function writesNothing(act: () => Promise<unknown>): Promise<void> {
  assert.ok(company.admin);
  const done = async (): Promise<number> =>
    (await ledgerRows(company.admin ?? assert.fail())).filter(
      ({ action, result }) => action.startsWith("record.c") && result === "ok",
    ).length;
  const [before, entries] = [await state.read(), await done()];
  await act();
  assert.deepEqual(await state.read(), before);
  assert.equal(await done(), entries);
}

describe("operations", () => {
  test("of every kind happen together, a later one may refer to an earlier one", async () => {
    const account = create("account", { name: "Committed" });
    const contact = create("contact", { name: "Of the same commit", account: account.id });
    const { written } = await commit([account, contact]);
    assert.deepEqual(
      written.map(({ object, id, version }) => [object, id, version]),
      [
        ["account", account.id, 1],
        ["contact", contact.id, 1],
      ],
    );
    const next = await commit([
      { op: "update", object: "account", id: account.id, version: 1, values: { note: "changed" } },
      { op: "delete", object: "contact", id: contact.id, version: 1 },
      { op: "restore", object: "contact", id: contact.id },
    ]);
    assert.deepEqual(
      next.written.map(({ version }) => version),
      [2, 2, 3],
    );
    assert.equal((await open("contact", contact.id)).values["account"], account.id);
  });

  test("do not happen at all when one of them cannot", async () => {
    const fine = (): Values => create("account", { name: "Never there", phone: "13712121212" });
    const foreign = company.accounts.find((one) => one.of === "west1")?.id;
    const own = company.accounts.find((one) => one.of === "east1")?.id;
    const failing: readonly [string, number, Values][] = [
      ["a bad value", 422, create("contact", { name: "" })],
      [
        "a record out of reach",
        404,
        { op: "update", object: "account", id: foreign, version: 1, values: { note: "x" } },
      ],
      ["an owner out of reach", 403, create("account", { name: "x", owner: company.people.west1.id })],
      [
        "an object without the right",
        403,
        { op: "update", object: "user", id: person.id, version: 1, values: { name: "x" } },
      ],
      ["an object that is not there", 404, create("nothing", { name: "x" })],
      ["a stale version", 409, { op: "delete", object: "account", id: own, version: 9 }],
      ["an id that is taken", 409, create("account", { name: "x" }, foreign ?? "")],
    ];
    for (const [what, status, operation] of failing) {
      await writesNothing(async () => {
        assert.equal((await refusal(commit([fine(), operation]))).status, status, what);
        assert.equal((await refusal(commit([operation, fine()]))).status, status, what);
      });
    }
    const { groups } = await person.client.request<{ groups: unknown[] }>("POST", "/api/search", {
      text: "13712121212",
    });
    assert.deepEqual(groups, [], "the search knows nothing of what was rolled back");
  });

  test("are at most 200, at least one", async () => {
    const many = Array.from({ length: 201 }, () => create("account", { name: "x" }));
    const { approver } = person.client;
    person.client.approver = undefined;
    await writesNothing(async () => {
      assert.equal((await refusal(commit(many))).status, 422);
      assert.equal((await refusal(commit([]))).status, 422);
    });
    person.client.approver = approver;
  });
});

describe("the version guard", () => {
  test("holds a record that is only looked at", async () => {
    const watched = create("account", { name: "Watched" });
    await commit([watched]);
    const guard = { guard: "version", object: "account", id: watched.id, version: 1 };
    await commit([create("contact", { name: "While it is so", account: watched.id })], [guard]);
    await commit([{ op: "update", object: "account", id: watched.id, version: 1, values: { note: "moved" } }]);
    await writesNothing(async () => {
      const { code, details } = await refusal(commit([create("contact", { name: "Too late" })], [guard]));
      assert.deepEqual([code, details.extra], ["conflict", { version: 2 }]);
    });
  });

  test("tells nothing of records out of reach", async () => {
    const foreign = company.accounts.find((one) => one.of === "west1")?.id;
    for (const id of [foreign, crypto.randomUUID()]) {
      const guard = { guard: "version", object: "account", id, version: 1 };
      assert.equal((await refusal(commit([create("account", { name: "x" })], [guard]))).status, 404);
    }
  });
});

describe("the count guard", () => {
  test("lets exactly as many through as fit, however many race", async () => {
    const account = create("account", { name: "Holds three" });
    await commit([account]);
    const filter = { field: "account", op: "eq", value: account.id };
    const guard = { guard: "count", object: "contact", filter, max: 3, lock: `contacts ${account.id}` };
    const outcomes = await Promise.allSettled(
      Array.from({ length: 12 }, (_, index) =>
        commit([create("contact", { name: `Racer ${index}`, account: account.id })], [guard]),
      ),
    );
    const refused = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason.code] : []));
    assert.deepEqual(
      refused,
      Array.from({ length: 9 }, () => "limit_reached"),
    );
    const { count } = await person.client.request<{ count: { value: number } }>("POST", "/api/records/contact/query", {
      filter,
      count: true,
    });
    assert.equal(count.value, 3);
    await writesNothing(() => refusal(commit([create("contact", { name: "One more", account: account.id })], [guard])));
  });

  test("counts only by fields that the person may count by", async () => {
    for (const field of ["name", "phone", "noSuchField"]) {
      const guard = { guard: "count", object: "account", filter: { field, op: "not_empty" }, max: 1, lock: "x" };
      assert.equal((await refusal(commit([create("account", { name: "x" })], [guard]))).code, "not_sortable", field);
    }
  });
});

describe("the number guard", () => {
  const guard = (operation: number): Values => ({ guard: "number", operation, field: "number" });

  test("gives numbers without gaps, also when half of those who take one fail", async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 30 }, (_, index) => {
        const account = create("account", { name: `Numbered ${index}` });
        const second = index % 2 === 0 ? [] : [create("contact", { name: "" })];
        return commit([account, ...second], [guard(0)]);
      }),
    );
    const done = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
    assert.equal(done.length, 15);
    const numbers = done.flatMap((committed) => committed.numbers.map(({ value }) => value));
    assert.deepEqual(
      numbers.toSorted((a, b) => a - b),
      Array.from({ length: 15 }, (_, index) => index + 1),
    );
    for (const { written, numbers: taken } of done) {
      const record = await open("account", written[0]?.id ?? "");
      assert.equal(record.values["number"], taken[0]?.value);
    }
  });

  test("is one of several, and all hold or none", async () => {
    const filter = { field: "number", op: "gt", value: 0 };
    const count = { guard: "count", object: "account", filter, max: 15, lock: "numbered" };
    await writesNothing(async () => {
      assert.equal(
        (await refusal(commit([create("account", { name: "16th" })], [guard(0), count]))).code,
        "limit_reached",
      );
    });
    const [next] = (await commit([create("account", { name: "16th" })], [guard(0)])).numbers;
    assert.deepEqual(next, { operation: 0, field: "number", value: 16 });
  });

  test("draws only where the field declares a series", async () => {
    const ask = (rest: Values): Promise<unknown> =>
      commit([create("account", { name: "Plain" })], [{ guard: "number", operation: 0, ...rest }]);
    await writesNothing(async () => {
      for (const rest of [{ field: "employees" }, { field: "name" }, { field: "number", series: "test.orders" }])
        assert.equal((await refusal(ask(rest))).code, "invalid", JSON.stringify(rest));
    });
  });

  test("a field that is no integer declares none", async () => {
    const { code } = await refusal(
      company.people.owner.client.request("POST", "/api/fields", {
        object: "account",
        key: "numbered",
        type: "text",
        class: 1,
        labels: { zh: "编号", en: "Number" },
        purpose: "selling",
        retention: "with_record",
        series: true,
      }),
    );
    assert.equal(code, "invalid");
  });

  test("writes only where the person may", async () => {
    await writesNothing(async () => {
      const unknown = await refusal(commit([create("contact", { name: "No such field" })], [guard(0)]));
      assert.equal(unknown.code, "invalid");
      assert.equal((await refusal(commit([create("account", { name: "x" })], [guard(5)]))).code, "invalid");
    });
  });
});
