// Finds the records that cells of a file name: people by name or e-mail, departments by name or path, everything else by
// name, and any by its id. Only what the person may see is found; answers are kept for the length of one pass.
import type { FieldReason } from "../../contract/problem.ts";
import { fieldOf, type ObjectDefinition } from "../../contract/field.ts";
import type { Access, RowPlace } from "../access/access.ts";
import type { DirectoryDepartment } from "../access/directory-loaded.ts";
import { isUuid } from "../db/uuid.ts";
import type { Tx } from "../db/database.ts";
import { findByKey, keyOf, resolveNames } from "../records/bulk-find.ts";
import type { Records } from "../records/deps.ts";
import { excerpt } from "../records/values.ts";
import { fold } from "../search/normalise.ts";
import { readRows } from "../records/read-rows.ts";

export type Found =
  | { readonly id: string }
  | { readonly reason: FieldReason; readonly params: { readonly value: string } };

/** Names remembered; beyond it the oldest half is asked for again. */
const remembered = 50_000;

/**
 * Counts so many restricted values against the person's allowances: `compared` before they are looked for, `revealed`
 * those that were found, which tells as much as a reveal. Throws Problem `matches_used`, `allowance_used`.
 */
export type Compare = (kind: "compared" | "revealed", amount: number) => Promise<void>;

export class References {
  readonly #records: Records;
  readonly #access: Access;
  readonly #known = new Map<string, readonly string[]>();

  readonly #compare: Compare;

  constructor(records: Records, access: Access, compare: Compare) {
    this.#compare = compare;
    this.#records = records;
    this.#access = access;
  }

  /** Looks up all texts at once. Leaves the transaction in the person's view scope. */
  async load(tx: Tx, wanted: ReadonlyMap<ObjectDefinition, ReadonlySet<string>>): Promise<void> {
    if (this.#known.size > remembered)
      for (const key of [...this.#known.keys()].slice(0, remembered / 2)) this.#known.delete(key);
    for (const [target, texts] of wanted) {
      const unknown = [...texts].filter((text) => !this.#known.has(keyFor(target, text)));
      if (unknown.length === 0) continue;
      for (const [text, ids] of await this.#find(tx, target, unknown)) this.#known.set(keyFor(target, text), ids);
    }
  }

  /** The record that a loaded text names; where several are called so, the one that `among` holds for. */
  get(target: ObjectDefinition, text: string, among?: (id: string) => boolean): Found {
    const all = this.#known.get(keyFor(target, text)) ?? [];
    const some = among && all.length > 1 ? all.filter(among) : all;
    const ids = some.length > 0 ? some : all;
    const [first, second] = ids;
    if (first !== undefined && second === undefined) return { id: first };
    const missing = target.placement === "person" && text.includes("@") ? "no_such_address" : "no_such_record";
    return { reason: first === undefined ? missing : "several_records", params: { value: excerpt(text) } };
  }

  async #find(tx: Tx, target: ObjectDefinition, texts: readonly string[]): Promise<Map<string, readonly string[]>> {
    if (!this.#access.can(target.key, "view")) return new Map(texts.map((text) => [text, []]));
    const found = new Map<string, readonly string[]>();
    const ids = texts.filter((text) => isUuid(text.toLowerCase()));
    if (ids.length > 0) {
      await tx.rescope(this.#access.rowScope(target.key, "view"));
      const rest = "where id = any($1) and deleted_at is null";
      const lower = ids.map((id) => id.toLowerCase());
      const rows = await readRows(this.#records.keyring, tx, target, "place", rest, [lower]);
      for (const id of ids) if (rows.some((row) => row.id === id.toLowerCase())) found.set(id, [id.toLowerCase()]);
    }
    const rest = texts.filter((text) => !found.has(text));
    if (target.placement === "person") await this.#findPeople(tx, target, rest, found);
    else if (target.placement === "department")
      for (const text of rest) found.set(text, this.#departments(target, text));
    else {
      const names = await resolveNames(this.#records, this.#access, target, rest);
      for (const text of rest) found.set(text, names.get(fold(text)) ?? []);
    }
    return found;
  }

  async #findPeople(
    tx: Tx,
    target: ObjectDefinition,
    texts: readonly string[],
    found: Map<string, readonly string[]>,
  ): Promise<void> {
    const byName = new Map<string, string[]>();
    for (const person of this.#records.directory.people) {
      if (person.deleted || !this.#reads(target, { owner: person.id, department: person.department })) continue;
      const name = fold(person.name).trim();
      byName.set(name, [...(byName.get(name) ?? []), person.id]);
    }
    const addresses = texts.filter((text) => text.includes("@"));
    const email = fieldOf(target, "email");
    const byAddress = new Map<string, readonly string[]>();
    if (email && addresses.length > 0) {
      await this.#compare("compared", addresses.length);
      await tx.rescope(this.#access.rowScope(target.key, "view"));
      for (const [address, rows] of await findByKey(this.#records, tx, this.#access, target, email.key, addresses))
        byAddress.set(
          address,
          rows.map((row) => row.id),
        );
      // Everybody knows his own.
      const others = [...byAddress.values()].filter((ids) => !ids.includes(this.#access.userId));
      await this.#compare("revealed", others.length);
    }
    for (const text of texts) found.set(text, byAddress.get(keyOf(text)) ?? byName.get(fold(text).trim()) ?? []);
  }

  /** 华东 or 华东/上海 (also > and \): the last part is the department, those before it stand above it in this order. */
  #departments(department: ObjectDefinition, text: string): readonly string[] {
    const { directory } = this.#records;
    const path = text
      .split(/[/>\\]/u)
      .map((part) => fold(part).trim())
      .filter((part) => part !== "");
    const whole = fold(text).trim();
    // A path through departments one does not see would tell their names.
    const seen = (id: string | null): DirectoryDepartment | undefined =>
      id !== null && this.#reads(department, { owner: null, department: id }) ? directory.department(id) : undefined;
    const ids: string[] = [];
    for (const { id } of directory.departments) {
      const one = seen(id);
      if (!one || one.deleted) continue;
      if (fold(one.name).trim() === whole || hasPath(seen, one, path)) ids.push(id);
    }
    return ids;
  }

  /** Whether the person reads the name of a record here. */
  #reads(target: ObjectDefinition, place: RowPlace): boolean {
    const name = fieldOf(target, target.nameField);
    const level = name && this.#access.covers(target.key, "view", place) && this.#access.level(target, name, place);
    return level === "read" || level === "write";
  }
}

function hasPath(
  seen: (id: string | null) => DirectoryDepartment | undefined,
  department: DirectoryDepartment,
  path: readonly string[],
): boolean {
  let at: DirectoryDepartment | undefined = department;
  for (const part of path.toReversed()) {
    if (!at || fold(at.name).trim() !== part) return false;
    at = seen(at.parent);
  }
  return path.length > 0;
}

function keyFor(target: ObjectDefinition, text: string): string {
  return `${target.key}\n${text}`;
}
