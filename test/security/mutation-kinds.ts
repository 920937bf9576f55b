// What somebody who can write to every row tries, one kind each. A kind picks a target that no other mutation of the
// same batch has and says how the vault is asked about it afterwards.
import type pg from "pg";
import type { SeededRandom } from "../../src/vault/ledger/test-random.ts";
import { type World, type Victim, thief } from "./mutation-world.ts";
import type { Signer } from "./second-vault.ts";

/** One question to the vault. `only`: an answer that lists counts as far as it shows this record. */
export interface Probe {
  readonly as: string;
  readonly signer: Signer;
  readonly method: "GET" | "POST";
  readonly target: string;
  readonly body?: unknown;
  readonly only?: string;
  /** Anything but a success refuses the forger, whatever the answer was before. */
  readonly signIn?: boolean;
}

export interface Mutation {
  readonly kind: string;
  /** As the verifier names it; undefined where the verifier has nothing to compare with. */
  readonly table: string | undefined;
  /** Any of these in a finding names the row. */
  readonly ids: readonly string[];
  readonly probes: readonly Probe[];
  /** Only the ledger can tell: the rows are genuine, but old or gone. */
  readonly mustReport?: boolean;
}

export interface Scene {
  readonly world: World;
  readonly admin: pg.Client;
  readonly random: SeededRandom;
  readonly used: Set<string>;
}

export interface Kind {
  readonly name: string;
  /**
   * `rows` and `people` are asked about several at a time, apart from each other: who asks about rows must be let in.
   * `start` is what a start loads, each alone; `ledger` is for the verifier.
   */
  readonly group: "rows" | "people" | "start" | "ledger";
  /** Changes the database. Undefined when no target is left. */
  run(scene: Scene): Promise<Mutation | undefined>;
}

type Sql = string | ((scene: Scene) => readonly [sql: string, ...values: unknown[]]);

async function query<R extends pg.QueryResultRow>(
  scene: Scene,
  sql: string,
  values: readonly unknown[] = [],
): Promise<R[]> {
  return (await scene.admin.query<R>(sql, [...values])).rows;
}

/** A row that no other mutation of the batch has touched. */
async function pick(
  scene: Scene,
  table: string,
  condition = "true",
  values: readonly unknown[] = [],
): Promise<string | undefined> {
  const rows = await query<{ id: string }>(
    scene,
    `select id::text from ${table} where ${condition} order by id`,
    values,
  );
  const free = rows.filter(({ id }) => !scene.used.has(`${table} ${id}`));
  if (free.length === 0) return undefined;
  const { id } = scene.random.pick(free);
  scene.used.add(`${table} ${id}`);
  return id;
}

async function must(scene: Scene, sql: string, values: readonly unknown[]): Promise<boolean> {
  const { rowCount } = await scene.admin.query(sql, [...values]);
  return (rowCount ?? 0) > 0;
}

function signerOf({ world }: Scene, name: string): Signer {
  const signer = world.signers.get(name);
  if (!signer) throw new Error(`nobody signs as ${name}`);
  return signer;
}

function ask(
  scene: Scene,
  as: string,
  method: Probe["method"],
  target: string,
  body?: unknown,
  more: Partial<Probe> = {},
): Probe {
  return { as, signer: signerOf(scene, as), method, target, ...(body !== undefined && { body }), ...more };
}

/** Everything that could show a forged record, as its owner's owner and as the thief. */
function recordProbes(scene: Scene, victim: Victim): Probe[] {
  const { object, id, name, phone, bait, employees } = victim;
  return ["owner", thief, victim.of].flatMap((as) => {
    const one = { only: id };
    const listed = [
      ask(scene, as, "POST", `/api/records/${object}/query`, { search: name }, one),
      ask(scene, as, "POST", `/api/records/${object}/suggest`, { text: name, limit: 10 }, one),
    ];
    if (employees !== undefined)
      listed.push(
        ask(
          scene,
          as,
          "POST",
          "/api/records/account/query",
          { filter: { field: "employees", op: "eq", value: employees } },
          one,
        ),
      );
    if (bait !== undefined) listed.push(ask(scene, as, "GET", `/api/records/contact/${bait}`, undefined, one));
    if (as === "owner") {
      listed.push(ask(scene, as, "POST", `/api/records/${object}/query`, { search: phone }, one));
      listed.push(ask(scene, as, "POST", `/api/records/${object}/query`, { deleted: true, search: name }, one));
    }
    return [ask(scene, as, "GET", `/api/records/${object}/${id}`), ...listed];
  });
}

/** A kind that changes one living customer; `$1` is its id, `$2` another one of the same object. */
function onRecord(name: string, sql: Sql, options: { mustReport?: boolean; deleted?: boolean } = {}): Kind {
  return {
    name: `record: ${name}`,
    group: "rows",
    run: async (scene) => {
      const victim = await pickVictim(scene, options.deleted ?? false);
      if (!victim) return undefined;
      const table = `vault.record_${victim.object}`;
      const other = await pick(scene, table, "id <> $1 and id = any($2) and deleted_at is null", [
        victim.id,
        scene.world.victims.map(({ id }) => id),
      ]);
      const [text, ...values] = typeof sql === "string" ? [sql] : sql(scene);
      const statement = text.replaceAll("TABLE", table).replaceAll("OLD", `attacker.record_${victim.object}`);
      const all = [victim.id, other, ...values].slice(0, highest(statement));
      if (other === undefined || !(await must(scene, statement, all))) return undefined;
      const both = statement.includes("$2") ? scene.world.victims.filter(({ id }) => id === other) : [];
      return {
        kind: name,
        table: victim.object,
        ids: [victim.id, ...(statement.includes("$2") ? [other] : [])],
        probes: [victim, ...both].flatMap((one) => recordProbes(scene, one)),
        ...(options.mustReport && { mustReport: true }),
      };
    },
  };
}

/** The number of the last parameter in a statement. */
function highest(sql: string): number {
  return Math.max(0, ...[...sql.matchAll(/\$(\d+)/gu)].map((match) => Number(match[1])));
}

async function pickVictim(scene: Scene, deleted: boolean): Promise<Victim | undefined> {
  const object = scene.random.pick(["account", "contact"] as const);
  const ids = scene.world.victims.filter((victim) => victim.object === object).map(({ id }) => id);
  const id = await pick(
    scene,
    `vault.record_${object}`,
    `id = any($1) and deleted_at is ${deleted ? "not null" : "null"}`,
    [ids],
  );
  return scene.world.victims.find((victim) => victim.id === id);
}

const person = (key: string) => (scene: Scene) => scene.world.company.people[key as "owner"].id;
const bySql =
  (sql: string, ...values: ((scene: Scene) => unknown)[]): Sql =>
  (scene) => [sql, ...values.map((value) => value(scene))];

/** All columns of `a` that are not named, from `b`. */
const records: readonly Kind[] = [
  onRecord(
    "owner",
    bySql("update TABLE set owner_id = $3, version = version where id = $1 and $2::uuid is not null", person(thief)),
  ),
  onRecord(
    "owner and department",
    bySql(
      "update TABLE set owner_id = $3, department_id = (select department_id from vault.record_user where id = $3) where id = $1 and $2::uuid is not null",
      person(thief),
    ),
  ),
  onRecord("owner taken away", "update TABLE set owner_id = null, department_id = null where id = $1"),
  onRecord(
    "department",
    bySql(
      "update TABLE set department_id = $3 where id = $1 and $2::uuid is not null",
      (scene) => scene.world.company.departments.root,
    ),
  ),
  onRecord("into the recycle bin", "update TABLE set deleted_at = now() where id = $1"),
  onRecord("out of the recycle bin", "update TABLE set deleted_at = null where id = $1", { deleted: true }),
  onRecord("version up", "update TABLE set version = version + 1 where id = $1"),
  onRecord("version down", "update TABLE set version = version - 1 where id = $1"),
  onRecord(
    "subject of another",
    "update TABLE t set subject_id = o.subject_id from TABLE o where t.id = $1 and o.id = $2",
  ),
  onRecord("class 1 values", "update TABLE set facts = facts, t1 = 'forged', n1 = 7 where id = $1"),
  onRecord("shipped class 1 value", (scene) => [
    `update TABLE set ${"f_next_follow_up"} = date '2020-01-01' + $3::int where id = $1 and $2::uuid is not null`,
    scene.random.next(1000),
  ]),
  onRecord(
    "digest of the values",
    "update TABLE t set facts = o.facts || 'x' from TABLE o where t.id = $1 and o.id = $2",
  ),
  onRecord(
    "confidential values of another",
    "update TABLE t set sealed2 = o.sealed2 from TABLE o where t.id = $1 and o.id = $2",
  ),
  onRecord(
    "restricted values of another",
    "update TABLE t set sealed3 = o.sealed3 from TABLE o where t.id = $1 and o.id = $2",
  ),
  onRecord(
    "sealed values swapped between two",
    "update TABLE t set sealed2 = o.sealed2, sealed3 = o.sealed3, seal2 = o.seal2, seal3 = o.seal3, subject_id = o.subject_id from TABLE o where (t.id = $1 and o.id = $2) or (t.id = $2 and o.id = $1)",
  ),
  onRecord("classes swapped", "update TABLE set sealed2 = sealed3, sealed3 = sealed2 where id = $1"),
  onRecord(
    "older confidential values",
    "update TABLE t set sealed2 = o.sealed2 from OLD o where t.id = $1 and o.id = $1 and o.version = 1",
  ),
  onRecord(
    "older confidential values and their version",
    "update TABLE t set sealed2 = o.sealed2, seal2 = o.seal2 from OLD o where t.id = $1 and o.id = $1 and o.version = 1",
  ),
  onRecord("older tag", "update TABLE t set tag = o.tag from OLD o where t.id = $1 and o.id = $1 and o.version = 2"),
  onRecord(
    "place and tag of an older version",
    "update TABLE t set owner_id = o.owner_id, department_id = o.department_id, tag = o.tag, version = o.version from OLD o where t.id = $1 and o.id = $1 and o.version = 2",
  ),
  onRecord("a flipped bit in the confidential values", (scene) => [
    "update TABLE set sealed2 = set_bit(sealed2, $3::int, 1 - get_bit(sealed2, $3::int)) where id = $1 and $2::uuid is not null",
    scene.random.next(400),
  ]),
  onRecord("a flipped bit in the restricted values", (scene) => [
    "update TABLE set sealed3 = set_bit(sealed3, $3::int, 1 - get_bit(sealed3, $3::int)) where id = $1 and sealed3 is not null and $2::uuid is not null",
    scene.random.next(400),
  ]),
  onRecord(
    "confidential values cut short",
    "update TABLE set sealed2 = substr(sealed2, 1, length(sealed2) - 5) where id = $1",
  ),
  onRecord("confidential values removed", "update TABLE set sealed2 = null where id = $1"),
  onRecord("restricted values removed", "update TABLE set sealed3 = null where id = $1 and sealed3 is not null"),
  onRecord("tag of another", "update TABLE t set tag = o.tag from TABLE o where t.id = $1 and o.id = $2"),
  onRecord("tag made up", (scene) => [
    "update TABLE set owner_id = $4, tag = $3 where id = $1 and $2::uuid is not null",
    scene.random.bytes(32),
    person(thief)(scene),
  ]),
  onRecord(
    "author",
    bySql(
      "update TABLE set created_by = $3, updated_by = $3 where id = $1 and $2::uuid is not null",
      person("auditor"),
    ),
  ),
  onRecord(
    "dates",
    "update TABLE set created_at = created_at - interval '1 year', updated_at = updated_at + interval '1 day' where id = $1",
  ),
  onRecord("whole row rolled back one version", rollback("TABLE", "OLD", 2), { mustReport: true }),
  onRecord("whole row rolled back to the first version", rollback("TABLE", "OLD", 1), { mustReport: true }),
  onRecord("deleted row rolled back", rollback("TABLE", "OLD", 2), { deleted: true, mustReport: true }),
  onRecord("row removed", "delete from TABLE where id = $1", { mustReport: true }),
  {
    name: "record: a copy under a new id",
    group: "rows",
    run: async (scene) => {
      const victim = await pickVictim(scene, false);
      if (!victim) return undefined;
      const id = crypto.randomUUID();
      const table = `vault.record_${victim.object}`;
      await copyRow(scene, table, victim.id, { id, owner_id: person(thief)(scene) });
      return {
        kind: "copied",
        table: victim.object,
        ids: [id],
        probes: recordProbes(scene, { ...victim, id }),
        mustReport: true,
      };
    },
  },
  {
    name: "record: two rows exchange their ids",
    group: "rows",
    run: async (scene) => {
      const victim = await pickVictim(scene, false);
      const table = victim && `vault.record_${victim.object}`;
      const ids = scene.world.victims.map(({ id }) => id);
      const other = table && (await pick(scene, table, "id = any($1) and deleted_at is null", [ids]));
      if (!victim || !table || other === undefined) return undefined;
      const spare = crypto.randomUUID();
      for (const [from, to] of [
        [victim.id, spare],
        [other, victim.id],
        [spare, other],
      ])
        await scene.admin.query(`update ${table} set id = $2 where id = $1`, [from, to]);
      const probes = scene.world.victims
        .filter(({ id }) => id === victim.id || id === other)
        .flatMap((one) => recordProbes(scene, one));
      return { kind: "exchanged", table: victim.object, ids: [victim.id, other], probes };
    },
  },
];

/** Puts an older row in the place of the present one, every column of it. */
function rollback(table: string, old: string, version: number): string {
  return `with gone as (delete from ${table} where id = $1 and version > ${version} returning id)
    insert into ${table} select o.* from ${old} o, gone where o.id = gone.id and o.version = ${version}`;
}

async function copyRow(
  scene: Scene,
  table: string,
  id: string,
  change: Readonly<Record<string, unknown>>,
): Promise<boolean> {
  const columns = await query<{ name: string }>(
    scene,
    "select attname as name from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = ''",
    [table],
  );
  const names = columns.map(({ name }) => name);
  const changed = Object.keys(change);
  const list = names.map((name) => (changed.includes(name) ? `$${changed.indexOf(name) + 2}` : name)).join(", ");
  return must(scene, `insert into ${table} (${names.join(", ")}) select ${list} from ${table} where id = $1`, [
    id,
    ...Object.values(change),
  ]);
}

/** Exact-match tags: they are no rows of the ledger, so nothing that they say may be believed. */
const lookups: readonly Kind[] = [
  onLookup(
    "moved to another record",
    "update vault.record_lookup set record_id = $2 where record_id = $1 and field = 'phone'",
  ),
  onLookup(
    "exchanged",
    "update vault.record_lookup l set record_id = case when l.record_id = $1 then $2::uuid else $1::uuid end where record_id in ($1, $2) and field = 'phone'",
  ),
  onLookup("removed", "delete from vault.record_lookup where record_id = $1"),
  onLookup(
    "added",
    "insert into vault.record_lookup (object, field, tag, record_id) select object, field, tag, $2 from vault.record_lookup where record_id = $1 and field = 'phone'",
  ),
  {
    name: "lookup: a sign-in name moved to another person",
    group: "people",
    run: async (scene) => {
      const { owner, east2 } = scene.world.company.people;
      if (scene.used.has("sign-in names")) return undefined;
      scene.used.add("sign-in names");
      await scene.admin.query(
        "update vault.record_lookup set record_id = case when record_id = $1 then $2::uuid else $1::uuid end where record_id in ($1, $2) and object = 'user'",
        [owner.id, east2.id],
      );
      const probes = [
        signIn(scene, owner.email, east2.password),
        signIn(scene, owner.email, owner.password),
        signIn(scene, east2.email, owner.password),
      ];
      return { kind: "sign-in name moved", table: undefined, ids: [owner.id], probes };
    },
  },
];

function onLookup(name: string, sql: string): Kind {
  return {
    name: `lookup: ${name}`,
    group: "rows",
    run: async (scene) => {
      const ids = scene.world.victims.filter(({ object }) => object === "account").map(({ id }) => id);
      const condition = "id = any($1) and deleted_at is null";
      const first = await pick(scene, "vault.record_account", condition, [ids]);
      const second = await pick(scene, "vault.record_account", condition, [ids]);
      if (first === undefined || second === undefined) return undefined;
      await scene.admin.query(sql, [first, second].slice(0, highest(sql)));
      const probes = scene.world.victims
        .filter(({ id }) => id === first || id === second)
        .flatMap((one) => recordProbes(scene, one));
      return { kind: name, table: undefined, ids: [first, second], probes };
    },
  };
}

/** Wrapped keys of subjects: what is unwrapped under another subject's name, class or version opens nothing. */
const keys: readonly Kind[] = [
  onKey(
    "of another subject",
    "update keys.subject_key k set class2_wrapped = o.class2_wrapped, class3_wrapped = o.class3_wrapped from keys.subject_key o where k.subject_id = $1 and o.subject_id = $2",
  ),
  onKey(
    "of the other class",
    "update keys.subject_key set class2_wrapped = class3_wrapped, class3_wrapped = class2_wrapped where subject_id = $1",
  ),
  onKey(
    "with a flipped bit",
    "update keys.subject_key set class2_wrapped = set_bit(class2_wrapped, 77, 1 - get_bit(class2_wrapped, 77)), class3_wrapped = set_bit(class3_wrapped, 99, 1 - get_bit(class3_wrapped, 99)) where subject_id = $1",
  ),
  onKey(
    "of a version that is not there",
    "update keys.subject_key set class2_version = class2_version + 9, class3_version = class3_version + 9 where subject_id = $1",
  ),
];

function onKey(name: string, sql: string): Kind {
  return {
    name: `key: ${name}`,
    group: "rows",
    run: async (scene) => {
      const first = await pickVictim(scene, false);
      const second = await pickVictim(scene, false);
      if (!first || !second) return undefined;
      await scene.admin.query(sql, [first.id, second.id].slice(0, highest(sql)));
      return { kind: name, table: undefined, ids: [first.id], probes: recordProbes(scene, first) };
    },
  };
}

function signIn(scene: Scene, email: string, password: string): Probe {
  const signer = signerOf(scene, "stranger");
  return {
    as: `${email} ${password}`,
    signer,
    method: "POST",
    target: "/api/sign-in/password",
    body: { email, password, deviceKey: true },
    signIn: true,
  };
}

interface IdentityOptions {
  readonly mustReport?: boolean;
  /** Signs the probes as the row's device with the attacker's own key. */
  readonly forgedKey?: boolean;
}

/** Devices and sessions, asked about by the devices themselves. `$1` is the device, `$2` the thief's device. */
function onDevice(name: string, state: string, sql: Sql, options: IdentityOptions = {}): Kind {
  return {
    name: `device: ${name}`,
    group: "people",
    run: async (scene) => {
      const devices = [...scene.world.signers].filter(([key]) =>
        state === "live"
          ? !["revoked", "signed out", "disabled", "stranger", "nobody", thief].includes(key)
          : key === state,
      );
      const id = await pick(scene, "vault.device", "id = any($1)", [devices.map(([, { deviceId }]) => deviceId)]);
      const found = devices.find(([, { deviceId }]) => deviceId === id);
      if (id === undefined || !found) return undefined;
      const [text, ...values] = typeof sql === "string" ? [sql] : sql(scene);
      // The device of somebody who may do nothing; the thief's own is needed to ask.
      const mine = signerOf(scene, "nobody").deviceId;
      if (!(await must(scene, text, [id, mine, ...values].slice(0, highest(text))))) return undefined;
      const sessions = await query<{ id: string }>(scene, "select id from vault.session where device_id = $1", [id]);
      const signer = options.forgedKey ? { ...signerOf(scene, "stranger"), deviceId: id } : found[1];
      const probe = (method: Probe["method"], target: string, body?: unknown): Probe => ({
        as: `${found[0]}${options.forgedKey ? " with a forged key" : ""}`,
        signer,
        method,
        target,
        ...(body !== undefined && { body }),
      });
      return {
        kind: name,
        table: text.includes("vault.session") ? "session" : "device",
        ids: [id, ...sessions.map((session) => session.id)],
        probes: [probe("GET", "/api/session"), probe("POST", "/api/records/account/query", {})],
        ...(options.mustReport && { mustReport: true }),
      };
    },
  };
}

const strangersKey = (scene: Scene): readonly unknown[] => [
  scene.world.stranger.x,
  scene.world.stranger.y,
  scene.world.stranger.thumbprint,
];

const devices: readonly Kind[] = [
  onDevice(
    "key replaced",
    "live",
    (scene) => [
      "update vault.device set key_x = $3, key_y = $4, thumbprint = $5 where id = $1 and $2::uuid is not null",
      ...strangersKey(scene),
    ],
    { forgedKey: true },
  ),
  onDevice(
    "key of the thief's device",
    "live",
    "update vault.device d set key_x = o.key_x, key_y = o.key_y, thumbprint = o.thumbprint, tag = o.tag from vault.device o where d.id = $1 and o.id = $2",
  ),
  onDevice(
    "given to another person",
    "live",
    bySql(
      "update vault.device set user_id = $3 where id = $1 and user_id <> $3 and $2::uuid is not null",
      person("owner"),
    ),
  ),
  onDevice("confirmed by hand", "unconfirmed", "update vault.device set confirmed_how = 'passkey' where id = $1"),
  onDevice("revoked one revived", "revoked", "update vault.device set revoked_at = null where id = $1"),
  onDevice(
    "revoked one revived with its session",
    "revoked",
    "with s as (update vault.session set ended_at = null, ended_why = null where device_id = $1) update vault.device set revoked_at = null, replaced_by = null where id = $1",
  ),
  onDevice(
    "rolled back to before it was revoked",
    "revoked",
    "with d as (delete from vault.device where id = $1 returning id), s as (delete from vault.session where device_id = $1 returning id), b as (insert into vault.device select o.* from attacker.device o, d where o.id = d.id order by version limit 1) insert into vault.session select distinct on (o.id) o.* from attacker.session o, s where o.id = s.id order by o.id, o.version",
    { mustReport: true },
  ),
  onDevice(
    "its person's device rolled back",
    "disabled",
    "with d as (delete from vault.device where id = $1 returning id) insert into vault.device select o.* from attacker.device o, d where o.id = d.id order by version limit 1",
    { mustReport: true },
  ),
  onDevice("removed", "live", "delete from vault.device where id = $1", { mustReport: true }),
  onDevice(
    "session revived",
    "signed out",
    "update vault.session set ended_at = null, ended_why = null where device_id = $1",
  ),
  onDevice(
    "session made longer",
    "live",
    "update vault.session set expires_at = expires_at + interval '1 year' where device_id = $1 and ended_at is null",
  ),
  onDevice(
    "session confirmed again",
    "live",
    "update vault.session set mfa_at = now() where device_id = $1 and ended_at is null",
  ),
  onDevice(
    "session of another person",
    "live",
    bySql(
      "update vault.session set user_id = $3 where device_id = $1 and user_id <> $3 and ended_at is null and $2::uuid is not null",
      person("owner"),
    ),
  ),
  onDevice(
    "session with better assurance",
    "unconfirmed",
    "update vault.session set assurance = 'passkey' where device_id = $1",
  ),
  onDevice(
    "session of the thief's device",
    "revoked",
    "with s as (update vault.session set device_id = $1 where device_id = $2 and ended_at is null) update vault.device set revoked_at = null where id = $1 and tag = tag",
  ),
  onDevice(
    "session rolled back",
    "signed out",
    "with s as (delete from vault.session where device_id = $1 returning id) insert into vault.session select distinct on (o.id) o.* from attacker.session o, s where o.id = s.id order by o.id, o.version",
    { mustReport: true },
  ),
  {
    name: "device: one more, with a key of the thief's",
    group: "people",
    run: async (scene) => {
      const { deviceId } = signerOf(scene, "owner");
      const [key_x, key_y, thumbprint] = strangersKey(scene);
      const [id, session] = [crypto.randomUUID(), crypto.randomUUID()];
      if (!(await copyRow(scene, "vault.device", deviceId, { id, key_x, key_y, thumbprint }))) return undefined;
      const [live] = await query<{ id: string }>(
        scene,
        "select id from vault.session where device_id = $1 and ended_at is null",
        [deviceId],
      );
      if (live) await copyRow(scene, "vault.session", live.id, { id: session, device_id: id });
      const signer = { ...signerOf(scene, "stranger"), deviceId: id };
      return {
        kind: "device inserted",
        table: "device",
        ids: [id],
        probes: [{ as: `inserted ${id}`, signer, method: "GET", target: "/api/session" }],
        mustReport: true,
      };
    },
  },
];

/** Credentials of two people; `$1` is the person, `$2` the thief. */
function onCredential(name: string, sql: string, options: IdentityOptions = {}): Kind {
  return {
    name: `credential: ${name}`,
    group: "people",
    run: async (scene) => {
      const { people } = scene.world.company;
      const free = (["owner", "manager", "administrator", "auditor"] as const).filter(
        (key) => !scene.used.has(`credential ${key}`),
      );
      if (free.length === 0 || scene.used.has("credential thief")) return undefined;
      const victim = people[scene.random.pick(free)];
      scene.used.add(`credential ${victim.key}`);
      if (sql.includes("$2")) scene.used.add("credential thief");
      const ids = (
        await query<{ id: string }>(scene, "select id from vault.person_credential where user_id = any($1)", [
          [victim.id, people[thief].id],
        ])
      ).map(({ id }) => id);
      if (!(await must(scene, sql, [victim.id, people[thief].id].slice(0, highest(sql))))) return undefined;
      return {
        kind: name,
        table: "person_credential",
        ids,
        probes: [
          signIn(scene, victim.email, people[thief].password),
          signIn(scene, victim.email, victim.password),
          ask(scene, victim.key, "GET", "/api/credentials"),
        ],
        ...(options.mustReport && { mustReport: true }),
      };
    },
  };
}

const swap = (columns: readonly string[], kind: string): string =>
  `update vault.person_credential c set ${columns.map((name) => `${name} = o.${name}`).join(", ")} from vault.person_credential o
   where c.kind = '${kind}' and o.kind = '${kind}' and c.user_id = $1 and o.user_id = $2`;
const credentials: readonly Kind[] = [
  onCredential("password of the thief", swap(["secret"], "password")),
  onCredential("password and tag of the thief", swap(["secret", "tag", "version", "created_at"], "password")),
  onCredential("second factor of the thief", swap(["secret"], "totp")),
  onCredential(
    "the thief's row under the victim's name",
    "with gone as (delete from vault.person_credential where user_id = $1 and kind = 'password') update vault.person_credential set user_id = $1 where user_id = $2 and kind = 'password'",
  ),
  onCredential(
    "a code's step taken back",
    "update vault.person_credential set last_totp_step = last_totp_step - 100 where user_id = $1 and kind = 'totp'",
  ),
  onCredential(
    "password as second factor",
    "update vault.person_credential set kind = case kind when 'password' then 'recovery' else kind end where user_id = $1",
  ),
  onCredential("second factor removed", "delete from vault.person_credential where user_id = $1 and kind = 'totp'", {
    mustReport: true,
  }),
  onCredential(
    "rolled back",
    "with gone as (delete from vault.person_credential c using attacker.person_credential o where c.user_id = $1 and c.kind = 'totp' and o.id = c.id and o.version < c.version returning c.id) insert into vault.person_credential select distinct on (o.id) o.* from attacker.person_credential o, gone where o.id = gone.id order by o.id, o.version",
    { mustReport: true },
  ),
];

/** Invitations; `$1` is the row, `$2` its person's colleague. */
function onInvitation(
  name: string,
  state: "open" | "used" | "used before" | "revoked",
  sql: string,
  options: IdentityOptions = {},
): Kind {
  return {
    name: `invitation: ${name}`,
    group: "people",
    run: async (scene) => {
      const condition = {
        open: "used_at is null and revoked_at is null",
        used: "used_at is not null",
        "used before": "used_at is not null and id in (select id from attacker.invitation where used_at is null)",
        revoked: "revoked_at is not null",
      }[state];
      const known = scene.world.invitations.map((one) => one.id);
      const id = await pick(scene, "vault.invitation", `${condition} and id = any($1)`, [known]);
      if (id === undefined) return undefined;
      if (!(await must(scene, sql, [id, scene.world.company.people.owner.id].slice(0, highest(sql))))) return undefined;
      const probes = scene.world.invitations
        .filter((one) => one.id === id)
        .map(({ code }): Probe => ({
          as: `invitation ${code}`,
          signer: signerOf(scene, "stranger"),
          method: "POST",
          target: "/api/invitations/inspect",
          body: { code, deviceKey: true },
          // Who holds a link for somebody must be refused when its row was touched; the others stay as they were.
          signIn: true,
        }));
      return { kind: name, table: "invitation", ids: [id], probes, ...(options.mustReport && { mustReport: true }) };
    },
  };
}

const invitations: readonly Kind[] = [
  onInvitation(
    "used one reopened",
    "used",
    "update vault.invitation set used_at = null, expires_at = now() + interval '7 days' where id = $1",
  ),
  onInvitation("revoked one reopened", "revoked", "update vault.invitation set revoked_at = null where id = $1"),
  onInvitation(
    "made longer",
    "open",
    "update vault.invitation set expires_at = expires_at + interval '1 year' where id = $1",
  ),
  onInvitation("for another person", "open", "update vault.invitation set user_id = $2 where id = $1"),
  onInvitation(
    "rolled back",
    "revoked",
    "with gone as (delete from vault.invitation where id = $1 returning id) insert into vault.invitation select o.* from attacker.invitation o, gone where o.id = gone.id order by o.version limit 1",
    { mustReport: true },
  ),
  onInvitation(
    "rolled back after use",
    "used before",
    "with gone as (delete from vault.invitation where id = $1 returning id) insert into vault.invitation select o.* from attacker.invitation o, gone where o.id = gone.id order by o.version limit 1",
    { mustReport: true },
  ),
  onInvitation("removed", "used", "delete from vault.invitation where id = $1", { mustReport: true }),
];

const imports: readonly Kind[] = [
  ["mandate made longer", "mandate_expires_at = coalesce(mandate_expires_at, now()) + interval '1 year'"],
  ["run again", "state = 'running', done_rows = 0"],
  [
    "signed by another",
    "signed_by = (select id from vault.record_user order by id limit 1), person_id = (select id from vault.record_user order by id limit 1)",
  ],
  ["counts", "created_rows = 0, bad_rows = 2"],
].map(([name, set]): Kind => ({
  name: `import: ${name}`,
  group: "rows",
  run: async (scene) => {
    const id = scene.world.importJob;
    if (scene.used.has(`import ${id}`)) return undefined;
    scene.used.add(`import ${id}`);
    await scene.admin.query(`update vault.import_job set ${set} where id = $1`, [id]);
    return {
      kind: String(name),
      table: "import_job",
      ids: [id],
      probes: [ask(scene, "manager", "GET", `/api/imports/contact/${id}`)],
    };
  },
}));

/** What a start loads whole: it must refuse to go on, or see nothing forged. `$1` is the row. */
function onStart(name: string, table: string, condition: string, sql: Sql, mustReport = false): Kind {
  return {
    name: `start: ${name}`,
    group: "start",
    run: async (scene) => {
      scene.used.clear();
      const id = await pick(scene, `vault.${table}`, condition);
      if (id === undefined) return undefined;
      const [text, ...values] = typeof sql === "string" ? [sql] : sql(scene);
      if (!(await must(scene, text, [id, ...values].slice(0, Math.max(1, highest(text)))))) return undefined;
      return {
        kind: name,
        table: table.replace(/^record_/u, ""),
        ids: [id],
        probes: [],
        ...(mustReport && { mustReport }),
      };
    },
  };
}

/** The attacker has the version before the present one. */
const kept = (table: string): string =>
  `exists (select from attacker.${table} o where o.id = ${table}.id and o.version = ${table}.version - 1)`;
/** The version right before the present one. */
const before = (table: string): string =>
  `with gone as (delete from vault.${table} where id = $1 and version > 1 returning id, version)
   insert into vault.${table} select o.* from attacker.${table} o, gone where o.id = gone.id and o.version = gone.version - 1`;

const start: readonly Kind[] = [
  onStart(
    "a role that sees all",
    "role",
    "key = 'salesperson'",
    `update vault.role set definition = replace(definition::text, '"own"', '"all"')::jsonb where id = $1`,
  ),
  onStart(
    "a role with more capabilities",
    "role",
    "key <> 'owner'",
    `update vault.role set definition = jsonb_set(definition, '{capabilities}', '["people.manage", "roles.manage", "audit.view"]') where id = $1`,
  ),
  onStart(
    "the owner's definition under another key",
    "role",
    "key <> 'owner'",
    "update vault.role r set definition = o.definition, tag = o.tag from vault.role o where r.id = $1 and o.key = 'owner'",
  ),
  onStart(
    "two roles exchange their keys",
    "role",
    "key = 'owner'",
    "with a as (update vault.role set key = 'x' where id = $1 returning id) update vault.role set key = 'owner' where key = 'salesperson' and exists (select from a)",
  ),
  onStart("a role removed", "role", "true", "delete from vault.role where id = $1", true),
  onStart(
    "the owner role given",
    "role_member",
    "not 'owner' = any(roles)",
    "update vault.role_member set roles = roles || '{owner}' where id = $1",
  ),
  onStart(
    "roles exchanged",
    "role_member",
    "not 'owner' = any(roles)",
    "update vault.role_member m set roles = o.roles, tag = o.tag, version = o.version, granted_by = o.granted_by, granted_at = o.granted_at from vault.role_member o where m.id = $1 and 'owner' = any(o.roles)",
  ),
  onStart(
    "the owner's membership under another id",
    "role_member",
    "not 'owner' = any(roles)",
    "with gone as (delete from vault.role_member where id = $1 returning id), o as (select * from vault.role_member where 'owner' = any(roles)) insert into vault.role_member select gone.id, o.roles, o.granted_by, o.granted_at, o.version, o.tag from o, gone",
  ),
  onStart(
    "granted by another",
    "role_member",
    "granted_by is not null",
    "update vault.role_member set granted_by = id where id = $1",
  ),
  onStart("roles rolled back", "role_member", kept("role_member"), before("role_member"), true),
  onStart("a membership removed", "role_member", "true", "delete from vault.role_member where id = $1", true),
  onStart(
    "a disabled person active again",
    "record_user",
    "f_status = 'disabled'",
    "update vault.record_user set f_status = 'active' where id = $1",
  ),
  onStart(
    "an invited person active",
    "record_user",
    "f_status = 'invited'",
    "update vault.record_user set f_status = 'active' where id = $1",
  ),
  onStart(
    "the status with its digest",
    "record_user",
    "f_status = 'disabled'",
    "update vault.record_user u set f_status = o.f_status, facts = o.facts from vault.record_user o where u.id = $1 and o.f_status = 'active'",
  ),
  onStart(
    "a disabled person rolled back",
    "record_user",
    `f_status = 'disabled' and ${kept("record_user")}`,
    before("record_user"),
    true,
  ),
  onStart(
    "a person in the topmost department",
    "record_user",
    "department_id <> (select id from vault.record_department where f_parent is null order by id limit 1)",
    (scene) => ["update vault.record_user set department_id = $2 where id = $1", scene.world.company.departments.root],
  ),
  onStart("a person's superior", "record_user", "true", "update vault.record_user set f_manager = id where id = $1"),
  onStart("a person deleted", "record_user", "true", "update vault.record_user set deleted_at = now() where id = $1"),
  onStart(
    "a person's name of another",
    "record_user",
    "true",
    "update vault.record_user u set sealed2 = o.sealed2 from vault.record_user o where u.id = $1 and o.id = (select id from vault.record_user where id <> $1 order by id limit 1)",
  ),
  onStart(
    "a person removed",
    "record_user",
    "f_status = 'invited'",
    "delete from vault.record_user where id = $1",
    true,
  ),
  onStart(
    "a department moved",
    "record_department",
    "f_parent is not null",
    "update vault.record_department set f_parent = null where id = $1",
  ),
  onStart("a department below another", "record_department", "true", (scene) => [
    "update vault.record_department set f_parent = $2 where id = $1",
    scene.world.company.departments.east,
  ]),
  onStart("a department's leader", "record_department", "true", (scene) => [
    "update vault.record_department set f_leader = $2 where id = $1",
    scene.world.company.people[thief].id,
  ]),
  onStart(
    "a department rolled back",
    "record_department",
    kept("record_department"),
    before("record_department"),
    true,
  ),
  onStart(
    "a department deleted",
    "record_department",
    "true",
    "update vault.record_department set deleted_at = now() where id = $1",
  ),
  onStart(
    "a restricted field made public",
    "field_definition",
    "key = 'secretNo'",
    "update vault.field_definition set definition = jsonb_set(definition, '{class}', '0') where id = $1",
  ),
  onStart(
    "a sealed field kept in the open",
    "field_definition",
    "key = 'licence'",
    "update vault.field_definition set place = 't7' where id = $1",
  ),
  onStart(
    "a field of another object",
    "field_definition",
    "true",
    "update vault.field_definition set object = 'contact' where id = $1",
  ),
  onStart(
    "a field under another key",
    "field_definition",
    "true",
    "update vault.field_definition set key = 'other' where id = $1",
  ),
  onStart("a field removed", "field_definition", "true", "delete from vault.field_definition where id = $1", true),
];

/** The log itself; `$1` is a position somewhere in it. The long test of this is in src/vault/ledger/tampering.ts. */
function onLedger(name: string, sql: string): Kind {
  return {
    name: `ledger: ${name}`,
    group: "ledger",
    run: async (scene) => {
      const [last] = await query<{ size: number }>(scene, "select max(position)::int as size from vault.ledger_entry");
      const position = 1 + scene.random.next((last?.size ?? 2) - 1);
      if (!(await must(scene, sql, [position].slice(0, highest(sql))))) return undefined;
      return { kind: name, table: undefined, ids: [], probes: [], mustReport: true };
    },
  };
}

const ledger: readonly Kind[] = [
  onLedger(
    "an entry's person",
    `update vault.ledger_entry set body = regexp_replace(body, '"ip":"[^"]*"', '"ip":"10.0.0.9"'), ip = '10.0.0.9' where position = (select position from vault.ledger_entry where position >= $1 and ip is not null order by position limit 1)`,
  ),
  onLedger("an entry removed", "delete from vault.ledger_entry where position = $1"),
  onLedger(
    "two entries exchanged",
    "update vault.ledger_entry e set body = o.body, leaf = o.leaf, id = o.id, action = o.action, at = o.at from vault.ledger_entry o where e.position = $1 and o.position = $1 - 1",
  ),
  onLedger(
    "the last entry removed with its checkpoint",
    "with e as (delete from vault.ledger_entry where position = (select max(position) from vault.ledger_entry)) delete from vault.ledger_checkpoint where size = (select max(size) from vault.ledger_checkpoint)",
  ),
  onLedger(
    "who has looked",
    "delete from vault.ledger_object where ctid = (select ctid from vault.ledger_object order by object_id offset ($1 % 50) limit 1)",
  ),
  onLedger(
    "a sealed detail",
    "update vault.ledger_entry set sealed = set_bit(sealed, 100, 1 - get_bit(sealed, 100)) where position = (select position from vault.ledger_entry where sealed is not null and position >= $1 order by position limit 1)",
  ),
  onLedger(
    "a column beside the body",
    "update vault.ledger_entry set action = 'record.list' where position = $1 and action <> 'record.list'",
  ),
  onLedger(
    "a checkpoint's root",
    "update vault.ledger_checkpoint set root = set_bit(root, 9, 1 - get_bit(root, 9)) where size = (select max(size) from vault.ledger_checkpoint where size <= $1 + 1)",
  ),
];

export const kinds: readonly Kind[] = [
  ...records,
  ...lookups,
  ...keys,
  ...devices,
  ...credentials,
  ...invitations,
  ...imports,
  ...start,
  ...ledger,
];
