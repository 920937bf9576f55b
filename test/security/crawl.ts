// Goes through every channel of the API as one person and looks at each answer for what he may not have.
import type { DeviceClient } from "../../src/cli/device-client.ts";
import { type ObjectDefinition, type StoredField, systemFields } from "../../src/contract/field.ts";
import { type CanaryBook, type CanaryRecord, canMark, inspect } from "./canaries.ts";
import { isText } from "../../src/vault/search/columns.ts";
import { type OraclePerson, type Tree, hasAction, levelOf, mayDo } from "./oracle.ts";
import { sideBySide } from "./side-by-side.ts";

export interface Crawled {
  readonly leaks: string[];
  /** Everything the person met, as `object id field`. */
  readonly met: Set<string>;
  /** Requests by channel. */
  readonly channels: Map<string, number>;
  /** Answers that are not what they should be, apart from their text. */
  readonly wrong: string[];
}

export interface Crawler {
  readonly client: DeviceClient;
  readonly person: OraclePerson;
  readonly tree: Tree;
  readonly objects: readonly ObjectDefinition[];
  /** All records, deleted ones included. */
  readonly records: readonly CanaryRecord[];
  readonly deleted: ReadonlySet<string>;
  /** The values that stand in them now. */
  readonly values: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  readonly book: CanaryBook;
  readonly known: ReadonlySet<string>;
}

interface Reply {
  readonly status: number;
  readonly text: string;
}

const ordered: ReadonlySet<string> = new Set(["integer", "decimal", "date", "datetime"]);

export class Crawl {
  readonly result: Crawled = { leaks: [], met: new Set(), channels: new Map(), wrong: [] };
  readonly #crawler: Crawler;

  constructor(crawler: Crawler) {
    this.#crawler = crawler;
  }

  async run(): Promise<Crawled> {
    await this.#own();
    for (const object of this.#crawler.objects) {
      await this.#lists(object);
      await this.#fields(object);
      await this.#suggestions(object);
    }
    await this.#records();
    await this.#search();
    await this.#ledger();
    return this.result;
  }

  async ask(channel: string, method: string, path: string, body?: unknown, revealed?: string): Promise<Reply> {
    const { client, person, tree, book, known } = this.#crawler;
    const answer = await client.send(method, path, body);
    const text = answer.body.toString("utf8");
    this.result.channels.set(channel, (this.result.channels.get(channel) ?? 0) + 1);
    const { leaks, met } = inspect(book, person, tree, text, { known, revealed });
    for (const leak of leaks) this.result.leaks.push(`${channel}: ${method} ${path} ${JSON.stringify(body)}: ${leak}`);
    for (const one of met) this.result.met.add(one);
    if (answer.status >= 500) this.result.wrong.push(`${channel}: ${method} ${path} ${JSON.stringify(body)}: ${text}`);
    return { status: answer.status, text };
  }

  async #own(): Promise<void> {
    const paths = [
      "schema",
      "roles",
      "role-members",
      "session",
      "sessions",
      "devices",
      "credentials",
      "ledger/checkpoint",
    ];
    for (const path of paths) await this.ask(path, "GET", `/api/${path}`);
    for (const { key } of this.#crawler.objects) await this.ask("imports", "GET", `/api/imports/${key}`);
  }

  async #lists(object: ObjectDefinition): Promise<void> {
    const path = `/api/records/${object.key}/query`;
    const columns = allFields(object).map((field) => field.key);
    const bodies = [{}, { columns, limit: 200 }, { columns, deleted: true }, { columns: [] }];
    for (const body of bodies) await this.ask("list", "POST", path, { ...body, count: true });
    const { person, tree, records, deleted } = this.#crawler;
    const reply = await this.ask("count", "POST", path, { limit: 1, count: true });
    const rows = records.filter(({ object: other, row, id }) => {
      return other.key === object.key && !deleted.has(id) && mayDo(person, object.key, "view", row, tree);
    });
    if (reply.status === 200 && countIn(reply) !== rows.length)
      this.result.wrong.push(`${object.key} counts ${countIn(reply)} instead of ${rows.length}`);
  }

  /** Sorting and filtering by every field, with values of records that are and are not the person's. */
  async #fields(object: ObjectDefinition): Promise<void> {
    const path = `/api/records/${object.key}/query`;
    const query = (body: unknown): Promise<Reply> => this.ask("sort and filter", "POST", path, body);
    const forms = (field: string, value: unknown) => [
      { sort: [{ field, direction: "asc" }] },
      { filter: { field, op: "eq", value } },
      { filter: { field, op: "contains", value: String(value).slice(0, 6) } },
      { filter: { field, op: "empty" }, count: true },
      {
        filter: {
          any: [
            { field, op: "gte", value },
            { field: "updatedAt", op: "empty" },
          ],
        },
        count: true,
      },
      { sums: [field], limit: 1 },
    ];
    const unknown = await sideBySide(forms("noSuchField", "x"), query);
    // Where the whole object is out of reach, a few fields stand for all.
    const few = hasAction(this.#crawler.person, object.key, "view") ? undefined : 4;
    await sideBySide(allFields(object).slice(0, few), async (field) => {
      const level = this.#levelSomewhere(object, field);
      const usable = level === "read" || level === "write";
      if (level === "hidden") await this.#explainsAlike(object, field);
      if (usable && field.class < 3) return this.#usable(object, field, query);
      for (const value of this.#samples(object, field).slice(0, usable ? 2 : 1)) {
        const replies = await sideBySide(forms(field.key, value), query, 1);
        for (const [index, reply] of replies.entries()) {
          const like = unknown[index];
          const exact = field.class === 3 && usable && index === 1;
          if ((!usable || field.class === 3) && !exact && like && withoutId(reply) !== withoutId(like))
            this.result.wrong.push(
              `${object.key}.${field.key} is told from an unknown field: ${reply.text.slice(0, 200)}`,
            );
        }
      }
    });
  }

  /** A field that may be used, in as few questions as show all that it could: each must be answered. */
  async #usable(object: ObjectDefinition, field: StoredField, query: (body: unknown) => Promise<Reply>): Promise<void> {
    const { key, type } = field;
    const number = type === "integer" || type === "decimal";
    const samples = this.#samples(object, field);
    const bodies = [
      {
        sort: [{ field: key, direction: "asc" }],
        filter: { field: key, op: "empty" },
        count: true,
        ...(number && field.class < 2 && { sums: [key] }),
      },
      // Of a field that bears no canary the record's id was sampled, which not every kind of field can be compared with.
      ...samples.map((value) => ({
        limit: 200,
        count: true,
        filter: {
          any: [
            ...(canMark(field) || type === "reference" ? [{ field: key, op: "eq", value }] : []),
            ...(isText(field) ? [{ field: key, op: "contains", value: String(value).slice(0, 6) }] : []),
            ...(canMark(field) && ordered.has(type) ? [{ field: key, op: "gte", value }] : []),
            { field: key, op: "not_empty" },
          ],
        },
      })),
    ];
    for (const reply of await sideBySide(bodies, query, 1))
      if (reply.status !== 200)
        this.result.wrong.push(`${object.key}.${key} cannot be used: ${reply.text.slice(0, 200)}`);
  }

  /** Why may I, or may I not, is no way to learn which fields there are. */
  async #explainsAlike({ key: object }: ObjectDefinition, { key }: StoredField): Promise<void> {
    const ask = (field: string) =>
      this.ask("explain", "POST", "/api/access/explain", { object, action: "view", field });
    const [hidden, unknown] = [await ask(key), await ask("noSuchField")];
    if (withoutId(hidden) !== withoutId(unknown))
      this.result.wrong.push(`${object}.${key} is explained: ${hidden.text}`);
  }

  /** One value of a record in reach and one of a record out of it. */
  #samples(object: ObjectDefinition, field: StoredField): unknown[] {
    const { person, tree, records, values } = this.#crawler;
    const own = records.filter((record) => record.object.key === object.key);
    const inside = own.find(({ row }) => mayDo(person, object.key, "view", row, tree));
    const outside = own.find(({ row }) => !mayDo(person, object.key, "view", row, tree));
    const found = [inside, outside].flatMap((record) =>
      record ? [values.get(record.id)?.[field.key] ?? record.id] : [],
    );
    return [...new Set(found)];
  }

  #levelSomewhere(object: ObjectDefinition, field: StoredField): string {
    const { person, tree, records } = this.#crawler;
    const seen = records.find(
      (record) => record.object.key === object.key && mayDo(person, object.key, "view", record.row, tree),
    );
    return seen ? levelOf(person, object, field.key, seen.row, tree) : "hidden";
  }

  async #suggestions(object: ObjectDefinition): Promise<void> {
    const path = `/api/records/${object.key}/suggest`;
    await this.ask("suggest", "POST", path, { text: "", limit: 50 });
    await this.ask("suggest", "POST", path, { text: "zq", limit: 50 });
    await sideBySide(this.#ofObject(object), async ({ id }) => {
      await this.ask("suggest", "POST", path, { text: String(this.#valuesOf(id)["name"]).slice(0, 8) });
    });
  }

  #ofObject(object: ObjectDefinition): CanaryRecord[] {
    return this.#crawler.records.filter((record) => record.object.key === object.key);
  }

  #valuesOf(id: string): Readonly<Record<string, unknown>> {
    return this.#crawler.values.get(id) ?? {};
  }

  /** Every record by its id: opened, its history, who has looked, restricted values, conflicts, references, explanations. */
  async #records(): Promise<void> {
    const { records, person, tree } = this.#crawler;
    await sideBySide(records, async (record) => {
      const { object, id, row } = record;
      const path = `/api/records/${object.key}/${id}`;
      const seen = mayDo(person, object.key, "view", row, tree);
      await this.ask("open", "GET", path);
      await this.ask("history", "GET", `${path}/history`);
      await this.ask("lookers", "GET", `${path}/lookers`);
      await this.ask("explain", "POST", "/api/access/explain", { object: object.key, id, action: "view" });
      for (const field of object.fields) {
        const level = levelOf(person, object, field.key, row, tree);
        if (field.class < 3 && field.key !== "name") continue;
        if (!seen && field.key !== "phone") continue;
        const open = seen && (level === "read" || level === "write") ? `${object.key} ${id} ${field.key}` : undefined;
        await this.ask("reveal", "POST", `${path}/reveal`, { field: field.key, purpose: "call back" }, open);
      }
      await this.#conflict(record);
      await this.ask("in use", "POST", `${path}/delete`, { version: 1 });
      await this.#reference(record);
      await this.#duplicate(record);
    });
  }

  /** A patch from before the last change: the answer shows what the others wrote. */
  async #conflict({ object, id, row }: CanaryRecord): Promise<void> {
    const { person, tree } = this.#crawler;
    const path = `/api/records/${object.key}/${id}`;
    const texts = object.fields.filter((field) => field.type === "text" || field.type === "phone");
    const patch = (fields: readonly StoredField[]) => ({
      version: 1,
      values: Object.fromEntries(fields.map((field) => [field.key, field.type === "phone" ? "13800000000" : "other"])),
    });
    const first = await this.ask("conflict", "PATCH", path, patch(texts));
    const writable = texts.filter((field) => levelOf(person, object, field.key, row, tree) === "write");
    if (writable.length === 0) return;
    const same = writable.length === texts.length;
    const reply = same ? first : await this.ask("conflict", "PATCH", path, patch(writable));
    // Refused earlier still: on an unconfirmed device, and where the record is an owner's and the person is none.
    const earlier = reply.status === 403 && (object.key === "user" || reply.text.includes("device_unconfirmed"));
    const conflict = reply.status === 409 || earlier;
    if (mayDo(person, object.key, "edit", row, tree) && !this.#crawler.deleted.has(id) && !conflict)
      this.result.wrong.push(`no conflict on ${path}: ${reply.text}`);
  }

  /** A reference to a record out of reach is answered as one to a record that is not there. */
  async #reference({ object, id, row }: CanaryRecord): Promise<void> {
    const { person, tree } = this.#crawler;
    if (object.key !== "account" || mayDo(person, "account", "view", row, tree)) return;
    const create = (account: string): Promise<Reply> =>
      this.ask("reference", "POST", "/api/records/contact", { values: { name: "somebody", account } });
    const [real, none] = [await create(id), await create(crypto.randomUUID())];
    if (real.status < 400 || withoutId(real) !== withoutId(none))
      this.result.wrong.push(`a reference tells of ${id}: ${real.text}`);
  }

  /** A value or an id that is taken: the answer says so much and no more. */
  async #duplicate({ object, id }: CanaryRecord): Promise<void> {
    const { email } = this.#valuesOf(id);
    const body = { values: { name: "somebody", ...(object.key === "user" && { email }) }, id };
    await this.ask("duplicate", "POST", `/api/records/${object.key}`, body);
    if (object.key === "user")
      await this.ask("duplicate", "POST", "/api/records/user", { values: { name: "somebody", email } });
  }

  /** By whole values, parts, numbers in other formats and last four digits; out of reach it is as if nothing were there. */
  async #search(): Promise<void> {
    const { records, person, tree } = this.#crawler;
    const nothing = await this.ask("search", "POST", "/api/search", { text: "qqqqzzzz" });
    await sideBySide(records, async ({ object, id, row }) => {
      const values = this.#valuesOf(id);
      const phone = String(values["phone"] ?? "");
      const texts = [values["name"], values["email"], values["closedText"], values["lockedText"]].map(String);
      const formats = [
        phone,
        phone.slice(3),
        `${phone.slice(3, 6)} ${phone.slice(6, 10)}-${phone.slice(10)}`,
        phone.slice(-4),
      ];
      for (const text of [...texts, ...(phone === "" ? [] : formats)]) {
        if (text === "undefined") continue;
        const reply = await this.ask("search", "POST", "/api/search", { text });
        if (text === values["name"] || text === phone)
          await this.ask("list search", "POST", `/api/records/${object.key}/query`, { search: text, count: true });
        if (!mayDo(person, object.key, "view", row, tree) && withoutId(reply) !== withoutId(nothing))
          this.result.wrong.push(`a search for ${text} tells of ${object.key} ${id}: ${reply.text}`);
      }
    });
  }

  async #ledger(): Promise<void> {
    const { records } = this.#crawler;
    await this.ask("ledger", "POST", "/api/ledger/query", { limit: 200 });
    await this.ask("ledger", "POST", "/api/ledger/query", { limit: 200, result: "refused" });
    await sideBySide(records, async ({ object, id }) => {
      await this.ask("ledger", "POST", "/api/ledger/query", { object: object.key, objectId: id });
    });
  }
}

export function allFields(object: ObjectDefinition): StoredField[] {
  return [...object.fields, ...systemFields];
}

/** An answer but for the id of its request. */
export function withoutId({ text }: { readonly text: string }): string {
  return text.replace(/urn:strongroom:request:[0-9a-f-]+/u, "");
}

function countIn({ text }: Reply): number | undefined {
  return (JSON.parse(text) as { count?: { value: number } }).count?.value;
}
