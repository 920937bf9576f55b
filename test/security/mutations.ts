// Mutates a company's database behind the vault's back and asks the vault and the offline verifier about each mutation.
// None may be believed in silence: either the vault refuses the row or does not show it, or the verifier names it.
import pg from "pg";
import { Directory } from "../../src/vault/access/directory.ts";
import { Database } from "../../src/vault/db/database.ts";
import type { EntryDraft } from "../../src/vault/ledger/entry.ts";
import { Ledger } from "../../src/vault/ledger/ledger.ts";
import { RowWatch } from "../../src/vault/ledger/row-watch.ts";
import { type SeededRandom, seededRandom } from "../../src/vault/ledger/test-random.ts";
import { type LedgerVerdict, verifyLedger } from "../../src/vault/ledger/verify.ts";
import { Schema } from "../../src/vault/records/schema.ts";
import { type Kind, type Mutation, type Probe, type Scene, kinds } from "./mutation-kinds.ts";
import { type Clone, type World, buildWorld } from "./mutation-world.ts";
import { type Reply, SecondVault, openKeyring, ownKeystore } from "./second-vault.ts";

export interface MutationResult {
  readonly tried: number;
  readonly kinds: number;
  /** The vault refused, or did not show what was forged. */
  readonly refused: number;
  /** Of those it believed, or could not know of, what the verifier named by table and row. */
  readonly reported: number;
  /** Nothing that anybody is shown changed, by kind. */
  readonly withoutEffect: Readonly<Record<string, number>>;
  /** Believed and not reported: must be empty. */
  readonly silent: readonly string[];
  /** Kinds that found nothing to change: must be empty. */
  readonly idle: readonly string[];
}

const batchSize = 24;
/** After so many batches in which none of its kinds found a row they have none. */
const mostDraws = 6;

type Outcome = "refused" | "reported" | "without effect" | "silent";

export async function runMutations(seed: number, count: number): Promise<MutationResult> {
  const world = await buildWorld(seed);
  const run = new Run(world, seed);
  try {
    await run.open();
    const wanted = Array.from({ length: count }, (_, index) => kinds[index % kinds.length]!); // within bounds
    const of = (group: Kind["group"]): Kind[] => wanted.filter((kind) => kind.group === group);
    await Promise.all([
      run.rows("rows", of("rows")),
      run.rows("people", of("people")),
      run
        .oneByOne("start", of("start"), startTables, (clone, mutation) => run.judgeStart(clone, mutation))
        .then(() => run.oneByOne("ledger", of("ledger"), ledgerTables, (clone) => run.judgeLedger(clone))),
    ]);
    return run.result();
  } finally {
    await run.close();
    await world.close();
  }
}

const startTables = ["role", "role_member", "record_user", "record_department", "field_definition"] as const;
const ledgerTables = [
  "ledger_entry",
  "ledger_object",
  "ledger_tile",
  "ledger_checkpoint",
  "ledger_row_state",
  "ledger_outbox",
] as const;

class Run {
  readonly #world: World;
  readonly #seed: number;
  readonly #outcomes = new Map<string, Record<Outcome, number>>();
  readonly #silent: string[] = [];
  readonly #idle = new Set<string>();
  readonly #truths = new Map<string, Reply>();
  #truthClone: Clone | undefined;
  #truth: SecondVault | undefined;
  #startTruth: ReadonlyMap<string, string> = new Map();
  #witnessed = "";

  constructor(world: World, seed: number) {
    this.#world = world;
    this.#seed = seed;
  }

  /** The untouched company: what every answer is compared with. */
  async open(): Promise<void> {
    this.#truthClone = await this.#world.clone();
    const verdict = await verify(this.#truthClone);
    if (!verdict.ok) throw new Error(`the untouched company does not verify: ${JSON.stringify(verdict.findings)}`);
    const { rows } = await this.#truthClone.admin.query<{ note: string }>(
      "select note from vault.ledger_checkpoint order by size desc limit 1",
    );
    this.#witnessed = rows[0]?.note ?? "";
    this.#startTruth = (await loadStart(this.#world, this.#truthClone)).facts;
    this.#truth = await SecondVault.open(this.#world.company.system, this.#truthClone.vault);
  }

  async close(): Promise<void> {
    await this.#truth?.close();
    await this.#truthClone?.drop();
  }

  /** Several at a time on rows of their own, one start of the vault and one verification for all of them. */
  async rows(group: string, wanted: readonly Kind[]): Promise<void> {
    const random = seededRandom(`mutations ${this.#seed} ${group}`);
    // Kinds of one family compete for the same few rows: spread them over the batches.
    const batches = Math.ceil(wanted.length / batchSize);
    const waiting = Array.from({ length: batches }, (_, start) =>
      wanted.filter((_kind, index) => index % batches === start),
    );
    let stuck = 0;
    for (let left: Kind[] = []; waiting.length > 0 || left.length > 0;) {
      const batch = [...left, ...(waiting.shift() ?? [])];
      left = await this.#batch(batch, random);
      stuck = left.length === batch.length ? stuck + 1 : 0;
      // Rows are drawn by chance: one that does not fit says nothing yet.
      if (stuck < mostDraws) continue;
      for (const { name } of left) this.#idle.add(name);
      left = [];
    }
  }

  /** Returns the kinds that found no free row. */
  async #batch(batch: readonly Kind[], random: SeededRandom): Promise<Kind[]> {
    const clone = await this.#world.clone();
    const scene: Scene = { world: this.#world, admin: clone.admin, random, used: new Set() };
    const done: [Kind, Mutation][] = [];
    const left: Kind[] = [];
    for (const kind of batch) {
      const mutation = await kind.run(scene);
      if (mutation) done.push([kind, mutation]);
      else left.push(kind);
    }
    const verdict = await verify(clone);
    const vault = await SecondVault.open(this.#world.company.system, clone.vault);
    try {
      for (const [kind, mutation] of done) {
        const seen: string[] = [];
        const states = new Set<Seen>();
        const look = async (probe: Probe): Promise<void> => {
          const [truth, now] = await Promise.all([this.#ask(probe), ask(vault, this.#world, probe)]);
          const state = compare(probe, truth, now);
          states.add(state);
          if (state === "forged")
            seen.push(`${probe.as} ${probe.method} ${probe.target}: ${short(truth)} became ${short(now)}`);
        };
        await Promise.all(mutation.probes.map(look));
        this.#judge(kind, mutation, verdict, states, seen);
      }
    } finally {
      await vault.close();
      await clone.drop();
    }
    return left;
  }

  #judge(
    kind: Kind,
    mutation: Mutation,
    verdict: LedgerVerdict,
    states: ReadonlySet<Seen>,
    seen: readonly string[],
  ): void {
    const named = verdict.findings.some(
      ({ table, id }) => table === mutation.table && id !== undefined && mutation.ids.includes(id),
    );
    const believed = mutation.mustReport || states.has("forged");
    if (!believed && (states.has("refused") || states.has("hidden"))) this.#count(kind, "refused");
    else if (named) this.#count(kind, "reported");
    else if (!believed) this.#count(kind, "without effect");
    else {
      this.#count(kind, "silent");
      this.#silent.push(
        `${kind.name} of ${mutation.table ?? "?"} ${mutation.ids.join(", ")}: ${seen.slice(0, 3).join("; ") || "not reported"}`,
      );
    }
  }

  async #ask(probe: Probe): Promise<Reply> {
    const key = JSON.stringify([probe.as, probe.signer.deviceId, probe.method, probe.target, probe.body]);
    const known = this.#truths.get(key);
    if (known) return known;
    const reply = await ask(this.#truth!, this.#world, probe); // opened before
    this.#truths.set(key, reply);
    return reply;
  }

  /** Each on its own, undone by putting the tables back. */
  async oneByOne(
    group: string,
    wanted: readonly Kind[],
    tables: readonly string[],
    judge: (clone: Clone, mutation: Mutation) => Promise<[Outcome, string]>,
  ): Promise<void> {
    if (wanted.length === 0) return;
    const random = seededRandom(`mutations ${this.#seed} ${group}`);
    const clone = await this.#world.clone();
    const { admin } = clone;
    await clone.loosen(tables);
    for (const table of tables) await admin.query(`create table attacker.kept_${table} as table vault.${table}`);
    const columns = new Map<string, string>();
    for (const table of tables) columns.set(table, await columnsOf(admin, table));
    for (const kind of wanted) {
      const mutation = await kind.run({ world: this.#world, admin, random, used: new Set() });
      if (!mutation) {
        this.#idle.add(kind.name);
        continue;
      }
      const [outcome, what] = await judge(clone, mutation);
      this.#count(kind, outcome);
      if (outcome === "silent")
        this.#silent.push(`${kind.name} of ${mutation.table ?? "?"} ${mutation.ids.join(", ")}: ${what}`);
      await admin.query("begin");
      for (const table of tables) {
        const names = columns.get(table) ?? "";
        await admin.query(`delete from vault.${table}`);
        await admin.query(
          `insert into vault.${table} (${names}) overriding system value select ${names} from attacker.kept_${table}`,
        );
      }
      await admin.query("commit");
    }
    await clone.drop();
  }

  async judgeStart(clone: Clone, mutation: Mutation): Promise<[Outcome, string]> {
    const loaded = await loadStart(this.#world, clone).catch(() => undefined);
    if (!loaded) return ["refused", ""];
    const forged = [...loaded.facts].filter(([key, fact]) => this.#startTruth.get(key) !== fact);
    const believed = forged.length > 0 || mutation.mustReport;
    if (!believed && loaded.broken.some((id) => mutation.ids.includes(id))) return ["refused", ""];
    const { findings } = await verify(clone);
    const named = findings.some(
      ({ table, id }) => table === mutation.table && id !== undefined && mutation.ids.includes(id),
    );
    if (named) return ["reported", ""];
    return believed ? ["silent", JSON.stringify(forged).slice(0, 300)] : ["without effect", ""];
  }

  async judgeLedger(clone: Clone): Promise<[Outcome, string]> {
    const verdict = await verify(clone, this.#witnessed);
    return verdict.ok ? ["silent", "the ledger verifies"] : ["reported", ""];
  }

  #count(kind: Kind, outcome: Outcome): void {
    const counts = this.#outcomes.get(kind.name) ?? { refused: 0, reported: 0, "without effect": 0, silent: 0 };
    counts[outcome] += 1;
    this.#outcomes.set(kind.name, counts);
  }

  result(): MutationResult {
    const total = (outcome: Outcome): number =>
      [...this.#outcomes.values()].reduce((sum, counts) => sum + counts[outcome], 0);
    const [refused, reported] = [total("refused"), total("reported")];
    const tried = refused + reported + total("without effect") + total("silent");
    const withoutEffect = Object.fromEntries(
      [...this.#outcomes].flatMap(([name, counts]) =>
        counts["without effect"] > 0 ? [[name, counts["without effect"]]] : [],
      ),
    );
    // A family that never gets hold of a row would prove nothing.
    const idle = [...this.#idle].filter((name) => !this.#outcomes.has(name));
    return { tried, kinds: this.#outcomes.size, refused, reported, withoutEffect, silent: this.#silent, idle };
  }
}

async function verify(clone: Clone, witnessed?: string): Promise<LedgerVerdict> {
  const client = new pg.Client({ ...clone.vault, user: "postgres", password: clone.superuserPassword });
  await client.connect();
  try {
    await client.query("set role strongroom_audit");
    await client.query("begin isolation level repeatable read, read only");
    return await verifyLedger({
      // The rows of a query are what its text selects; each caller names that type.
      query: async <R>(text: string, values?: readonly unknown[]) =>
        (await client.query(text, values && [...values])).rows as R[],
      mostFindings: 5000,
      ...(witnessed !== undefined && { witnessed }),
    });
  } finally {
    await client.end();
  }
}

/** What a start loads into memory, fact by fact, and the rows it left out as broken. Throws what the start would throw. */
async function loadStart(
  { company }: World,
  clone: Clone,
): Promise<{ facts: ReadonlyMap<string, string>; broken: readonly string[] }> {
  const db = new Database(clone.vault);
  const broken: string[] = [];
  try {
    const keyring = await openKeyring(company.system, db);
    const report = async (entries: readonly EntryDraft[]): Promise<void> => {
      broken.push(...entries.flatMap(({ listedIds = [] }) => listedIds));
    };
    const ledger = await Ledger.open({ db, keyring });
    await new RowWatch({ db, keyring, ledger, report, folder: ownKeystore(company.system) }).check();
    await ledger.stop();
    const schema = await Schema.open(db, keyring);
    const directory = new Directory({ db, keyring, schema, broken: (_table, id) => broken.push(id) });
    await directory.open();
    keyring.close();
    const facts = new Map<string, string>();
    const put = (kind: string, key: string, fact: unknown): void =>
      void facts.set(`${kind} ${key}`, JSON.stringify(fact));
    for (const { key, fields } of schema.objects) for (const field of fields) put(key, field.key, field);
    for (const role of directory.roles) put("role", role.key, role);
    for (const { id, roles } of directory.members) put("member", id, roles);
    for (const person of directory.people) put("person", person.id, person);
    for (const department of directory.departments) put("department", department.id, department);
    return { facts, broken };
  } finally {
    await db.close();
  }
}

async function columnsOf(admin: pg.Client, table: string): Promise<string> {
  const { rows } = await admin.query<{ names: string }>(
    "select string_agg(quote_ident(attname), ', ' order by attnum) as names from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped",
    [`vault.${table}`],
  );
  return rows[0]?.names ?? "";
}

function ask(vault: SecondVault, { stranger }: World, { signer, method, target, body }: Probe): Promise<Reply> {
  const { x, y } = stranger;
  const keyed =
    typeof body === "object" && body !== null && "deviceKey" in body
      ? { ...body, deviceKey: { kty: "EC", crv: "P-256", x, y } }
      : body;
  return vault.request(signer, method, target, keyed);
}

type Seen = "same" | "refused" | "hidden" | "forged";

function compare(probe: Probe, truth: Reply, now: Reply): Seen {
  if (now.status === 500) return "refused";
  if (probe.signIn) return now.status !== 200 ? (truth.status === 200 ? "refused" : "same") : same(truth, now);
  if (probe.only !== undefined) {
    const [was, is] = [partOf(truth, probe.only), partOf(now, probe.only)];
    if (is === was) return "same";
    return is === undefined ? "hidden" : "forged";
  }
  if (now.status === 401 && truth.status === 200) return "refused";
  // Taken out of somebody's scope: he sees nothing of it. Who sees all must see it, or see that it is damaged.
  if (now.status === 404 && probe.as !== "owner") return "hidden";
  return same(truth, now);
}

function same(truth: Reply, now: Reply): Seen {
  return plain(truth) === plain(now) ? "same" : "forged";
}

/** Names of other records belong to those, and times of the answer to nobody. */
function plain({ status, body }: Reply): string {
  return JSON.stringify([status, body], (key, value: unknown) =>
    ["names", "serverTime", "mfaUntil", "locked", "totp"].includes(key) ? undefined : value,
  );
}

/** What an answer shows of one record. */
function partOf({ status, body }: Reply, id: string): string | undefined {
  if (status !== 200) return undefined;
  const {
    rows = [],
    items = [],
    names = {},
  } = body as { rows?: { id: string }[]; items?: { id: string }[]; names?: Record<string, string> };
  const row = [...rows, ...items].find((one) => one.id === id);
  return row ? JSON.stringify(row) : names[id];
}

function short(reply: Reply): string {
  return JSON.stringify([reply.status, reply.body]).slice(0, 300);
}
