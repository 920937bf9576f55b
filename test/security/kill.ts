// SIGKILL to any process at random moments while several people write and an import runs. What was acknowledged must be
// there afterwards, what was not may be there whole or not at all, and the ledger must tell of exactly these rows.
import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type DeviceClient, RequestRefused } from "../../src/cli/device-client.ts";
import type { ImportView } from "../../src/contract/import-verbs.ts";
import { type SeededRandom, seededRandom } from "../../src/vault/ledger/test-random.ts";
import { type Company, startCompany } from "../harness/company.ts";
import { importFile } from "../harness/import-file.ts";
import { type ProcessName, type System, startSystem } from "../harness/system.ts";
import { verifySystem } from "./verify-system.ts";

const victims = ["vault", "office", "postgres", "supervisor"] as const satisfies readonly ProcessName[];
type Victim = (typeof victims)[number];

/** What a record must hold. */
interface Image {
  readonly version: number;
  readonly name: string;
  readonly note: string;
  readonly deleted: boolean;
}

interface Row {
  readonly object: "account" | "contact";
  readonly id: string;
  /** As last acknowledged; undefined: never was. */
  acknowledged: Image | undefined;
  /** What was asked for last, when no answer came. */
  pending: Image | undefined;
  /** Written in one commit with this one. */
  readonly twin?: Row;
}

export interface KillResult {
  readonly kills: Readonly<Record<Victim, number>>;
  readonly acknowledged: number;
  /** Requests that got no answer, or one that said "not now". */
  readonly unanswered: number;
  /** What came instead of an answer: a problem's code, or the connection's own error. */
  readonly instead: Readonly<Record<string, number>>;
  readonly rows: number;
  readonly importedRows: number;
  readonly slowestRecoveryMs: number;
  /** Each one is a failure. */
  readonly wrong: readonly string[];
}

/** Kills so often; `importRows` contacts are imported meanwhile. */
export async function runKills(seed: number, kills: number, importRows: number): Promise<KillResult> {
  const random = seededRandom(`kill ${seed}`);
  const company = await startCompany({ keep: true });
  const storm = new Storm(random, company);
  let system: System = company.system;
  const restart = async (): Promise<void> => {
    system = await startSystem({ folder: company.system.folder, port: company.system.port });
  };
  const count: Record<Victim, number> = { vault: 0, office: 0, postgres: 0, supervisor: 0 };
  let slowest = 0;
  try {
    const job = await prepareImport(company, importRows);
    const writing = storm.start();
    for (const victim of order(random, kills)) {
      await sleep(50 + random.next(1200));
      const killedAt = Date.now();
      system.kill(victim);
      count[victim] += 1;
      if (victim === "supervisor") {
        await sleep(random.next(200));
        await restart();
      }
      await storm.answering();
      slowest = Math.max(slowest, Date.now() - killedAt);
    }
    storm.stop();
    await writing;
    const imported = await finishImport(company, job);
    const wrong = [...storm.wrong, ...imported.wrong];
    const witnessed = path.join(company.system.folder, "checkpoint");
    await writeFile(witnessed, storm.checkpoint);
    // The next start is clean: nothing to say, every row opens and holds its tag.
    if ((await system.stop()) !== 0) wrong.push("the stop was not clean");
    await restart();
    const ready = await system.waitFor(({ event }) => event === "search-ready", 120_000);
    if (ready["broken"] !== 0) wrong.push(`${String(ready["broken"])} rows do not open`);
    for (const { event, from, text } of system.events)
      if (event === "line") wrong.push(`${String(from)} said ${String(text)}`);
    wrong.push(...(await storm.compare()));
    const verdict = await verifySystem(system, ["--witnessed", witnessed]);
    for (const finding of verdict.findings) wrong.push(`verify: ${JSON.stringify(finding)}`);
    const { acknowledged, unanswered, instead } = storm;
    const rows = ready["rows"];
    return {
      kills: count,
      acknowledged,
      unanswered,
      instead,
      rows: typeof rows === "number" ? rows : 0,
      importedRows: imported.rows,
      slowestRecoveryMs: slowest,
      wrong,
    };
  } finally {
    storm.stop();
    await system.stop();
    await company.stop();
    await rm(company.system.folder, { recursive: true, force: true });
  }
}

/** Every fourth is the supervisor: it forgets the growing pauses between the restarts of one process. */
function order(random: SeededRandom, kills: number): Victim[] {
  return Array.from({ length: kills }, (_, index) =>
    index % 4 === 3 ? "supervisor" : random.pick(victims.slice(0, 3)),
  );
}

class Storm {
  readonly wrong: string[] = [];
  readonly instead: Record<string, number> = {};
  acknowledged = 0;
  unanswered = 0;
  checkpoint = "";
  readonly #random: SeededRandom;
  readonly #company: Company;
  readonly #rows: Row[] = [];
  #over = false;

  constructor(random: SeededRandom, company: Company) {
    this.#random = random;
    this.#company = company;
  }

  async start(): Promise<void> {
    const { owner, manager, east1, west1 } = this.#company.people;
    await Promise.all([owner, manager, east1, west1].map(({ client }) => this.#write(client)));
  }

  stop(): void {
    this.#over = true;
  }

  /** Resolves when the product serves requests again. */
  async answering(): Promise<void> {
    const { client } = this.#company.people.auditor;
    for (const end = Date.now() + 90_000; ; await sleep(25)) {
      try {
        this.checkpoint = (await client.request<{ note: string }>("GET", "/api/ledger/checkpoint")).note;
        return;
      } catch (error) {
        if (Date.now() > end) throw error;
      }
    }
  }

  async #write(client: DeviceClient): Promise<void> {
    /** Living records of this person about which all is known. */
    let known: Row[] = [];
    for (let number = 0; !this.#over; number += 1) {
      await sleep(this.#random.next(10));
      const row = known.length > 0 ? this.#random.pick(known) : undefined;
      const what = row === undefined ? 0 : this.#random.next(10);
      if (row === undefined || what < 3) known.push(...(await this.#create(client, number)));
      else if (what < 5) known.push(...(await this.#createTwins(client, number)));
      else if (what < 9) await this.#update(client, row, number);
      else await this.#deleteOrRestore(client, row);
      known = known.filter(({ pending }) => pending === undefined).slice(-200);
    }
  }

  async #create(client: DeviceClient, number: number): Promise<Row[]> {
    const row = this.#newRow("contact", number);
    const image = row.pending;
    const body = { id: row.id, values: { name: image?.name, note: image?.note, phone: phoneOf(row.id) } };
    // The same id again is the same record: whoever got no answer asks once more.
    for (let tries = 0; tries < 1 + this.#random.next(3); tries += 1)
      if (await this.#ask(row, () => client.request("POST", "/api/records/contact", body))) return [row];
    return [];
  }

  /** An account and its contact in one commit. */
  async #createTwins(client: DeviceClient, number: number): Promise<Row[]> {
    const account = this.#newRow("account", number);
    const contact = this.#newRow("contact", number, account);
    const operation = ({ object, id, pending }: Row, more: object) => ({
      op: "create",
      object,
      id,
      values: { name: pending?.name, note: pending?.note, phone: phoneOf(id), ...more },
    });
    const operations = [operation(account, {}), operation(contact, { account: account.id })];
    const done = await this.#ask(contact, () => client.request("POST", "/api/commit", { operations }));
    if (!done) return [];
    account.acknowledged = account.pending;
    account.pending = undefined;
    return [account, contact];
  }

  async #update(client: DeviceClient, row: Row, number: number): Promise<void> {
    const { acknowledged: before, object, id } = row;
    if (before === undefined || before.deleted) return;
    row.pending = { ...before, version: before.version + 1, note: `${before.note.slice(0, 40)} ${number} 已更新` };
    const body = { version: before.version, values: { note: row.pending.note } };
    await this.#ask(row, () => client.request("PATCH", `/api/records/${object}/${id}`, body));
  }

  async #deleteOrRestore(client: DeviceClient, row: Row): Promise<void> {
    const { acknowledged: before, object, id } = row;
    if (before === undefined) return;
    row.pending = { ...before, version: before.version + 1, deleted: !before.deleted };
    const target = `/api/records/${object}/${id}`;
    if (before.deleted) await this.#ask(row, () => client.request("POST", `${target}/restore`));
    else await this.#ask(row, () => client.request("POST", `${target}/delete`, { version: before.version }));
  }

  #newRow(object: Row["object"], number: number, twin?: Row): Row {
    const name = `${object === "account" ? "客户" : "联系人"} ${number} ${this.#random.bytes(3).toString("hex")}`;
    const pending = { version: 1, name, note: `第 ${number} 条 note`, deleted: false };
    const row: Row = { object, id: crypto.randomUUID(), acknowledged: undefined, pending, ...(twin && { twin }) };
    this.#rows.push(row);
    return row;
  }

  /** True when it was acknowledged. */
  async #ask(row: Row, send: () => Promise<unknown>): Promise<boolean> {
    try {
      await send();
      this.acknowledged += 1;
      row.acknowledged = row.pending;
      row.pending = undefined;
      return true;
    } catch (error) {
      // A vault that has just started accepts nothing signed before; a client that has used up its tries says so.
      if (error instanceof RequestRefused && error.status < 500 && error.code !== "clock_skew") {
        this.wrong.push(`refused: ${error.message} ${JSON.stringify(row)}`);
      }
      this.unanswered += 1;
      const code = (error as { code?: string }).code ?? String(error);
      this.instead[code] = (this.instead[code] ?? 0) + 1;
      await sleep(100);
      return false;
    }
  }

  /** Every row as the API shows it now, against what was acknowledged. Returns what is wrong. */
  async compare(): Promise<string[]> {
    const { client } = this.#company.people.owner;
    const found = new Map<string, Image>();
    for (const object of ["account", "contact"])
      for (const deleted of [false, true]) await readAll(client, object, deleted, found);
    const wrong: string[] = [];
    for (const row of this.#rows) {
      const image = found.get(row.id);
      const wanted = [row.acknowledged, ...(row.pending ? [row.pending] : [])];
      if (!wanted.some((one) => same(one, image)))
        wrong.push(`${row.object} ${row.id} is ${JSON.stringify(image)}, not ${JSON.stringify(wanted)}`);
      if (row.twin && (image === undefined) !== (found.get(row.twin.id) === undefined))
        wrong.push(`half a commit: ${row.id} without its twin`);
    }
    for (const row of this.#rows.filter(({ id }) => found.has(id)).slice(-50))
      await client.request("GET", `/api/records/${row.object}/${row.id}`).catch((error: unknown) => {
        wrong.push(`${row.id} does not open: ${String(error)}`);
      });
    return wrong;
  }
}

interface View {
  readonly id: string;
  readonly version: number;
  readonly values: { readonly name?: string; readonly note?: string };
}

async function readAll(
  client: DeviceClient,
  object: string,
  deleted: boolean,
  into: Map<string, Image>,
): Promise<void> {
  for (let offset = 0; ; offset += 200) {
    const { rows } = await client.request<{ rows: View[] }>("POST", `/api/records/${object}/query`, {
      columns: ["name", "note"],
      sort: [{ field: "createdAt", direction: "asc" }],
      limit: 200,
      offset,
      deleted,
    });
    for (const { id, version, values } of rows) {
      if (into.has(id)) throw new Error(`${id} stands twice in the lists`);
      into.set(id, { version, name: values.name ?? "", note: values.note ?? "", deleted });
    }
    if (rows.length < 200) return;
  }
}

function same(a: Image | undefined, b: Image | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.version === b.version && a.name === b.name && a.note === b.note && a.deleted === b.deleted;
}

function phoneOf(id: string): string {
  return `+86135${String(Number.parseInt(id.slice(0, 8), 16) % 100_000_000).padStart(8, "0")}`;
}

interface Job {
  readonly id: string;
  readonly rows: number;
}

/** The file is there and tried; starting it goes into the storm. */
async function prepareImport({ people }: Company, rows: number): Promise<Job> {
  const lines = Array.from({ length: rows }, (_, index) => `导入 ${index},138${String(index).padStart(8, "0")},Buyer`);
  const { checked } = await importFile(people.manager.client, {
    object: "contact",
    fileName: "storm.csv",
    content: ["name,phone,jobTitle", ...lines].join("\n"),
    map: { name: "name", phone: "phone", jobTitle: "jobTitle" },
    start: false,
  });
  if (checked.state !== "checked") throw new Error(`The file is ${checked.state}.`);
  await people.manager.client.request("POST", `/api/imports/contact/${checked.id}/start`, { version: checked.version });
  return { id: checked.id, rows };
}

/** Waits for the import, which goes on by itself after each kill, and counts what it wrote. */
async function finishImport({ people }: Company, job: Job): Promise<{ rows: number; wrong: string[] }> {
  const wrong: string[] = [];
  let view: ImportView;
  for (const end = Date.now() + 180_000; ; await sleep(100)) {
    view = await people.manager.client.request<ImportView>("GET", `/api/imports/contact/${job.id}`);
    if (view.state !== "running" || Date.now() > end) break;
  }
  const { state, counts, failure } = view;
  if (state !== "done" || counts.created !== job.rows)
    wrong.push(`the import is ${state} (${String(failure)}): ${JSON.stringify(counts)} of ${job.rows} rows`);
  const names = new Map<string, Image>();
  await readAll(people.manager.client, "contact", false, names);
  const imported = [...names.values()].map(({ name }) => name).filter((name) => name.startsWith("导入 "));
  if (imported.length !== job.rows || new Set(imported).size !== job.rows)
    wrong.push(`${imported.length} imported contacts, ${new Set(imported).size} different ones, of ${job.rows}`);
  return { rows: imported.length, wrong };
}
