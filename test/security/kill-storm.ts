// Several people who create, change, delete and restore records without a pause, each remembering what was acknowledged
// to him and what he asked for without an answer: what the lists may show afterwards, and nothing else.
import { setTimeout as sleep } from "node:timers/promises";
import { type DeviceClient, RequestRefused } from "../../src/cli/device-client.ts";
import type { SeededRandom } from "../../src/vault/ledger/test-random.ts";
import type { Company } from "../harness/company.ts";

/** What a record must hold. */
export interface Image {
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

const writers = ["owner", "manager", "east1", "west1"] as const;

export class Storm {
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
    await Promise.all(writers.map((key) => this.#write(this.#company.people[key].client)));
  }

  stop(): void {
    this.#over = true;
  }

  /** Resolves when more writes are acknowledged than were under way, and the checkpoint tells of the ledger. */
  async answering(): Promise<void> {
    const { client } = this.#company.people.auditor;
    const wanted = this.acknowledged + writers.length + 1;
    for (const end = Date.now() + 300_000; ; await sleep(10)) {
      if (Date.now() > end) throw new Error(`Nothing is acknowledged any more: ${JSON.stringify(this.instead)}`);
      if (this.acknowledged < wanted) continue;
      try {
        this.checkpoint = (await client.request<{ note: string }>("GET", "/api/ledger/checkpoint")).note;
        await this.#touch();
        return;
      } catch {
        // Killed again, or not there yet.
      }
    }
  }

  /** Everybody sits at his screen: a session that nobody touches locks itself after a while. */
  async #touch(): Promise<void> {
    const { people } = this.#company;
    for (const { client } of [people.auditor, ...writers.map((key) => people[key])])
      await client.request("POST", "/api/session/touch", {});
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
      if (!isNotNow(error)) this.wrong.push(`refused: ${String(error)} ${JSON.stringify(row)}`);
      this.unanswered += 1;
      const code = (error as { code?: string }).code ?? String(error);
      this.instead[code] = (this.instead[code] ?? 0) + 1;
      await sleep(100);
      return false;
    }
  }

  /** Every row as the API shows it now, against what was acknowledged. Returns what is wrong. */
  async compare(found: ReadonlyMap<string, Image>): Promise<string[]> {
    const { client } = this.#company.people.owner;
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

/** A vault that has just started accepts nothing signed or approved before; who has used up his tries is told so. */
const forgotten: ReadonlySet<string> = new Set(["clock_skew", "act_signature_required", "act_signature_invalid"]);

/** Whether this is what somebody is told, or not told, while something is being started again. */
export function isNotNow(error: unknown): boolean {
  return !(error instanceof RequestRefused) || error.status >= 500 || forgotten.has(error.code);
}

interface View {
  readonly id: string;
  readonly version: number;
  readonly values: { readonly name?: string; readonly note?: string };
}

/** All records of an object, by id, those in the recycle bin or the others. Throws when one stands twice in the lists. */
export async function readAll(
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
