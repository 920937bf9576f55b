// The vault's decisions against a second opinion: many thousand made-up ones by the Access class itself, and those of a
// running system as its people meet them through the API.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Problem } from "../../src/contract/problem.ts";
import type { RecordView } from "../../src/contract/record-verbs.ts";
import { shippedObjects } from "../../src/contract/objects/shipped.ts";
import { shippedRoles } from "../../src/contract/roles.ts";
import { type RecordAction, capabilities, recordActions } from "../../src/contract/verb.ts";
import { Access, type RowPlace, inScope } from "../../src/vault/access/access.ts";
import { type SeededRandom, seededRandom } from "../../src/vault/ledger/test-random.ts";
import { type Company, type CompanyPerson, startCompany } from "../harness/company.ts";
import { type OraclePerson, type OracleRow, type Tree, hasAction, hasCapability, levelOf, mayDo } from "./oracle.ts";
import { fieldsOf, objects, randomWorld, subtreeOf } from "./random-rights.ts";
import { sideBySide } from "./side-by-side.ts";

const decisions = 10_000;
const decisionsPerWorld = 250;

interface Tally {
  mismatches: string[];
  allowed: number;
  refused: number;
  readonly levels: Map<string, number>;
}

/** Compares so many random decisions of a class of Access with the oracle. */
function compare(random: SeededRandom, count: number, make: (subject: Access["subject"]) => Access): Tally {
  const tally: Tally = { mismatches: [], allowed: 0, refused: 0, levels: new Map() };
  for (let world = 0; world < count / decisionsPerWorld; world += 1) {
    const { tree, people, rows } = randomWorld(random);
    for (let decision = 0; decision < decisionsPerWorld; decision += 1) {
      const person: OraclePerson = { ...random.pick(people), confirmed: random.next(4) > 0 };
      const access = make({
        userId: person.id,
        department: person.department,
        subtree: subtreeOf(tree, person.department),
        roles: person.roles,
        confirmed: person.confirmed,
      });
      decide(random, tally, access, person, random.pick(rows), tree);
    }
  }
  return tally;
}

function decide(
  random: SeededRandom,
  tally: Tally,
  access: Access,
  person: OraclePerson,
  row: OracleRow,
  tree: Tree,
): void {
  const object = random.pick(objects);
  const action = random.pick(recordActions);
  const field = random.pick(fieldsOf(object));
  const same = (what: string, ours: unknown, theirs: unknown): void => {
    if (ours !== theirs && tally.mismatches.length < 20)
      tally.mismatches.push(
        `${what}: ${String(ours)} instead of ${String(theirs)} (${object.key}.${field.key}, ${action})`,
      );
    else if (ours !== theirs) tally.mismatches.push(what);
  };
  const allowed = mayDo(person, object.key, action, row, tree);
  if (allowed) tally.allowed += 1;
  else tally.refused += 1;
  same("covers", access.covers(object.key, action, row), allowed);
  same("row-level security", seenByDatabase(access.rowScope(object.key, action), row), allowed);
  same("can", access.can(object.key, action), hasAction(person, object.key, action));
  same("demand", demanded(access, object.key, action), refusalOf(person, object.key, action));
  const level = levelOf(person, object, field.key, row, tree);
  tally.levels.set(level, (tally.levels.get(level) ?? 0) + 1);
  same("level", access.level(object, field, row), level);
  same("bestLevel", access.bestLevel(object, field), bestOf(person, object, field.key));
  for (const capability of capabilities) same("may", access.may(capability), hasCapability(person, capability));
  // What a query may use of a field must be readable in every row it is used on.
  const query = access.query(object);
  const seen = mayDo(person, object.key, "view", row, tree);
  const readable = level === "read" || level === "write";
  const system = !object.fields.includes(field);
  same("query scope", inScope(query.scope, row), seen);
  if (!seen || readable) return;
  if (system) same("system field in a query", query.hiddenSystem.has(field.key), true);
  else same("field in a query", query.readable.has(field.key) || query.exact.has(field.key), false);
  if (query.own && inScope(query.own.scope, row))
    same("own field in a query", query.own.readable.has(field.key), false);
}

/** What the policies of the tables let through. */
function seenByDatabase(scope: ReturnType<Access["rowScope"]>, row: OracleRow): boolean {
  return (
    scope.all ||
    (row.owner !== null && scope.owners.includes(row.owner)) ||
    (row.department !== null && scope.departments.includes(row.department))
  );
}

function demanded(access: Access, object: string, action: RecordAction): string {
  try {
    access.demand(object, action);
    return "granted";
  } catch (error) {
    assert.ok(error instanceof Problem);
    return error.code;
  }
}

function refusalOf(person: OraclePerson, object: string, action: RecordAction): string {
  if (hasAction(person, object, action)) return "granted";
  return hasAction(person, object, "view") ? "not_allowed" : "not_found";
}

/** The best of any row: as if each role that sees anything saw this one. */
function bestOf(person: OraclePerson, object: (typeof objects)[number], key: string): string {
  const everywhere = person.roles.map((role) => {
    const grant = role.objects[object.key];
    if (!grant || (grant.actions.view ?? "none") === "none") return role;
    const opened = { ...grant, actions: { ...grant.actions, view: "all" as const } };
    return { ...role, objects: { ...role.objects, [object.key]: opened } };
  });
  return levelOf({ ...person, roles: everywhere }, object, key, { owner: null, department: null }, new Map());
}

describe("random decisions", () => {
  test(`${decisions} decisions are as the oracle has them`, (t) => {
    const random = seededRandom();
    t.diagnostic(`seed ${random.seed}`);
    const tally = compare(random, decisions, (subject) => new Access(subject));
    assert.deepEqual(tally.mismatches, [], `seed ${random.seed}`);
    // It looked at both outcomes and all levels.
    assert.equal(tally.allowed + tally.refused, decisions);
    assert.ok(tally.allowed > decisions / 10 && tally.refused > decisions / 10, `${tally.allowed} allowed`);
    for (const level of ["hidden", "masked", "read", "write"])
      assert.ok((tally.levels.get(level) ?? 0) > decisions / 100, `${level}: ${tally.levels.get(level)}`);
  });

  test("planted mistakes are found", () => {
    const subtle: readonly [string, (subject: Access["subject"]) => Access][] = [
      [
        "a subtree that is only the department",
        (subject) => new Access({ ...subject, subtree: subject.subtree.slice(0, 1) }),
      ],
      ["a device taken as confirmed", (subject) => new Access({ ...subject, confirmed: true })],
      ["one role forgotten", (subject) => new Access({ ...subject, roles: subject.roles.slice(0, 2) })],
      ["rows without an owner shown to all", (subject) => new NoOwner(subject)],
    ];
    for (const [what, make] of subtle) {
      const { mismatches } = compare(seededRandom("planted"), 2000, make);
      assert.ok(mismatches.length > 0, `${what} was not found`);
    }
  });
});

class NoOwner extends Access {
  override covers(object: string, action: RecordAction, place: RowPlace): boolean {
    return super.covers(object, action, place) || (place.owner === null && this.can(object, action));
  }
}

describe("decisions of a running system", () => {
  let company: Company;
  let tree: Tree;
  let targets: { object: string; id: string; row: OracleRow; version: number }[];

  before(async () => {
    company = await startCompany();
    const { root, sales, east, west, office } = company.departments;
    tree = new Map([
      [root, null],
      [sales, root],
      [office, root],
      [east, sales],
      [west, sales],
    ]);
    targets = [];
    for (const { key } of shippedObjects) {
      const { rows } = await list(company.people.owner, key);
      for (const { id, owner, department, version } of rows)
        targets.push({ object: key, id, row: { owner, department }, version });
    }
  });
  after(() => company.stop());

  function list(person: CompanyPerson, object: string): Promise<{ rows: RecordView[] }> {
    return person.client.request("POST", `/api/records/${object}/query`, { limit: 200 });
  }

  function oracleOf(person: CompanyPerson): OraclePerson {
    const roles = shippedRoles.filter((role) => person.roles.includes(role.key));
    return { id: person.id, department: person.department, roles, confirmed: true };
  }

  /** The status of an answer that is either a success or a refusal. */
  async function statusOf(person: CompanyPerson, method: string, path: string, body?: unknown): Promise<number> {
    const answer = await person.client.send(method, path, body);
    assert.ok(answer.status < 500, `${method} ${path}: ${answer.body.toString()}`);
    return answer.status;
  }

  function expectedStatus(
    person: OraclePerson,
    object: string,
    action: RecordAction,
    row: OracleRow,
    done: number,
  ): number {
    if (!hasAction(person, object, "view")) return 404;
    if (!hasAction(person, object, action)) return 403;
    if (!mayDo(person, object, "view", row, tree)) return 404;
    return mayDo(person, object, action, row, tree) ? done : 403;
  }

  test("each person sees, opens, changes and deletes exactly what the oracle says", async () => {
    const counts = { allowed: 0, refused: 0 };
    const count = (status: number): void =>
      void (status < 403 || status === 409 ? (counts.allowed += 1) : (counts.refused += 1));
    const cases = Object.values(company.people).flatMap((person) => targets.map((target) => ({ person, target })));
    await sideBySide(cases, async ({ person, target: { object, id, row } }) => {
      const oracle = oracleOf(person);
      const path = `/api/records/${object}/${id}`;
      const what = `${person.key} ${object} ${id}`;
      const opened = await statusOf(person, "GET", path);
      assert.equal(opened, expectedStatus(oracle, object, "view", row, 200), `${what} view`);
      // A patch without fields changes nothing, and a version that is not there yet is a conflict.
      const edited = await statusOf(person, "PATCH", path, { version: 1, values: {} });
      assert.equal(edited, expectedStatus(oracle, object, "edit", row, 200), `${what} edit`);
      const deleted = await statusOf(person, "POST", `${path}/delete`, { version: 999 });
      assert.equal(deleted, expectedStatus(oracle, object, "delete", row, 409), `${what} delete`);
      for (const status of [opened, edited, deleted]) count(status);
    });
    assert.ok(counts.allowed > 100 && counts.refused > 100, JSON.stringify(counts));
    for (const person of Object.values(company.people)) {
      for (const { key } of shippedObjects) {
        const oracle = oracleOf(person);
        if (!hasAction(oracle, key, "view")) continue;
        const seen = targets.filter(({ object, row }) => object === key && mayDo(oracle, key, "view", row, tree));
        const { rows } = await list(person, key);
        assert.deepEqual(
          rows.map(({ id }) => id).sort(),
          seen.map(({ id }) => id).sort(),
          `${person.key} lists ${key}`,
        );
      }
    }
  });

  test("each person gets of every field what the oracle says", async () => {
    const levels = { hidden: 0, masked: 0, read: 0 };
    for (const person of Object.values(company.people)) {
      const oracle = oracleOf(person);
      const seen = targets.filter(({ object, row }) => mayDo(oracle, object, "view", row, tree));
      await sideBySide(seen, async ({ object: key, id, row }) => {
        const object = shippedObjects.find((one) => one.key === key);
        assert.ok(object);
        const { record } = await person.client.request<{ record: RecordView }>("GET", `/api/records/${key}/${id}`);
        assert.equal(record.can.edit, mayDo(oracle, key, "edit", row, tree));
        assert.equal(record.can.delete, mayDo(oracle, key, "delete", row, tree));
        for (const field of object.fields) {
          const level = levelOf(oracle, object, field.key, row, tree);
          const what = `${person.key} ${key}.${field.key}`;
          const masked = level === "masked" || field.class === 3;
          if (level === "hidden" || masked) assert.ok(!(field.key in record.values), `${what} in full`);
          if (level === "hidden" || !masked) assert.ok(!(field.key in record.masked), `${what} masked`);
          levels[level === "write" ? "read" : level] += 1;
        }
      });
    }
    assert.ok(levels.hidden > 50 && levels.masked > 50 && levels.read > 500, JSON.stringify(levels));
  });

  test("restricted values are revealed to those who may read them and to nobody else", async () => {
    const owned = targets.filter(({ object }) => object === "account" || object === "contact");
    const cases = Object.values(company.people).flatMap((person) => owned.map((target) => ({ person, target })));
    await sideBySide(cases, async ({ person, target: { object: key, id, row } }) => {
      const object = shippedObjects.find((one) => one.key === key);
      assert.ok(object);
      const level = levelOf(oracleOf(person), object, "phone", row, tree);
      const status = await statusOf(person, "POST", `/api/records/${key}/${id}/reveal`, { field: "phone" });
      assert.equal(status, level === "hidden" ? 404 : level === "masked" ? 403 : 200, `${person.key} ${key} ${level}`);
    });
  });

  test("the explanation of a right says what happens", async () => {
    const { owner } = company.people;
    const cases = Object.values(company.people).flatMap((person) =>
      targets.flatMap((target) => (["view", "edit", "delete"] as const).map((action) => ({ person, target, action }))),
    );
    await sideBySide(
      cases.filter((_, index) => index % 3 === 0),
      async ({ person, target, action }) => {
        const { object, id, row } = target;
        const asked = { userId: person.id, object, id, action };
        const { allowed } = await owner.client.request<{ allowed: boolean }>("POST", "/api/access/explain", asked);
        const oracle = oracleOf(person);
        const may = mayDo(oracle, object, action, row, tree);
        assert.equal(allowed, may, `${person.key} ${action} ${object}`);
        const definition = shippedObjects.find((one) => one.key === object);
        assert.ok(definition);
        if (action === "delete") return;
        for (const field of ["name", "phone", "noSuchField"]) {
          const answer = await owner.client.request<{ allowed: boolean }>("POST", "/api/access/explain", {
            ...asked,
            field,
          });
          const known: boolean = definition.fields.some(({ key }) => key === field);
          const level: string = known ? levelOf(oracle, definition, field, row, tree) : "hidden";
          const enough: boolean = action === "view" ? level !== "hidden" : level === "write";
          assert.equal(answer.allowed, may && enough, `${person.key} ${action} ${object}.${field} ${level}`);
        }
      },
    );
  });
});
