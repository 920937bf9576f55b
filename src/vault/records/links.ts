// The records a row refers to, as far as it takes something from them: values it inherits, the place it follows, the
// subject whose key seals it. They are locked in one order, so that what was taken still holds at the commit.
import { type ObjectDefinition, type StoredField, linkFields } from "../../contract/field.ts";
import { systemScope, type Tx } from "../db/database.ts";
import { isUuid } from "../db/uuid.ts";
import type { Records } from "./deps.ts";
import { readRows } from "./read-rows.ts";
import { type RecordRow, type Values, columnValues } from "./row.ts";

export interface Target {
  readonly object: ObjectDefinition;
  readonly row: RecordRow;
  /** Class 0-1. */
  readonly values: Values;
}

type Reference = StoredField & { readonly type: "reference" };

const isReference = (field: StoredField): field is Reference => field.type === "reference";

export class Links {
  readonly #records: Pick<Records, "schema" | "keyring">;
  readonly #tx: Tx;
  readonly #fields: readonly Reference[];
  readonly #locked: ReadonlySet<string>;
  readonly #lock: string;
  readonly #named: ReadonlySet<string>;
  readonly #targets = new Map<string, Target>();

  constructor(records: Pick<Records, "schema" | "keyring">, tx: Tx, object: ObjectDefinition) {
    this.#records = records;
    this.#tx = tx;
    this.#named = new Set(object.nameFrom);
    this.#locked = new Set(linkFields(object).map(({ key }) => key));
    // What will be written to right after is locked for that at once: two that first shared it would wait for each other.
    this.#lock = object.fields.some(({ tells }) => tells !== undefined) ? "for no key update" : "for share";
    this.#fields = object.fields
      .filter(isReference)
      .filter(({ key, inherits }) => this.#locked.has(key) || this.#named.has(key) || inherits !== undefined);
  }

  /** Reads what these rows refer to. Throws TagBroken. Leaves the transaction in the system's scope. */
  load(rows: readonly Values[]): Promise<void> {
    return this.#read(rows, this.#fields, "");
  }

  /**
   * Reads it once more and locks it. All at once, as everybody must lock in one order: by object, then by id. What rows
   * only inherit from is not locked.
   */
  async lock(rows: readonly Values[]): Promise<void> {
    const fields = this.#fields.filter(({ key }) => this.#locked.has(key));
    for (const { target } of fields)
      for (const place of this.#targets.keys()) if (place.startsWith(`${target} `)) this.#targets.delete(place);
    await this.#read(rows, fields, this.#lock);
  }

  async #read(rows: readonly Values[], fields: readonly Reference[], lock: string): Promise<void> {
    const wanted = new Map<string, { named: boolean; ids: Set<string> }>();
    for (const field of fields)
      for (const row of rows) {
        const id = row[field.key];
        if (!isUuid(id) || this.#targets.has(`${field.target} ${id}`)) continue;
        const one = wanted.get(field.target) ?? { named: false, ids: new Set() };
        one.named ||= this.#named.has(field.key);
        wanted.set(field.target, { ...one, ids: one.ids.add(id) });
      }
    if (wanted.size === 0) return;
    await this.#tx.rescope(systemScope("records"));
    for (const [key, { ids, named }] of [...wanted].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
      const object = this.#records.schema.load(key);
      const rest = `where id = any($1) order by id ${lock}`;
      const columns = named ? "all" : "plain";
      for (const row of await readRows(this.#records.keyring, this.#tx, object, columns, rest, [[...ids]]))
        this.#targets.set(`${key} ${row.id}`, { object, row, values: columnValues(object.fields, row) });
    }
  }

  /** What a field of a loaded row refers to; undefined for nothing. */
  target(key: string, row: Values): Target | undefined {
    const field = this.#fields.find((one) => one.key === key);
    return field && this.#targets.get(`${field.target} ${String(row[key])}`);
  }

  /** What the first given one of these fields refers to. */
  first(keys: readonly string[], row: Values): Target | undefined {
    for (const key of keys) {
      const found = this.target(key, row);
      if (found) return found;
    }
    return undefined;
  }

  /** Fields by which rows inherit, with what they refer to. */
  inheriting(row: Values): { readonly key: string; readonly inherits: readonly string[]; readonly target: Target }[] {
    return this.#fields.flatMap(({ key, inherits }) => {
      const target = inherits && this.target(key, row);
      return target ? [{ key, inherits: inherits ?? [], target }] : [];
    });
  }
}
