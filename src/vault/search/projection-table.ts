// One object's tables in the projection: the rows with all class 0-2 fields, and the full-text index beside them. A row
// never goes back to an older version, and its index entry always matches its stored texts.
import type { DatabaseSync } from "node:sqlite";
import type { ObjectDefinition, StoredField } from "../../contract/field.ts";
import type { FieldValue } from "../../contract/record-verbs.ts";
import {
  type Cell,
  type Companion,
  column,
  columnName,
  isSearchable,
  isText,
  table,
  textTable,
  uuidBytes,
} from "./columns.ts";
import { type ProjectedValue, type Slot, bytes, companionsOf, place, readValue } from "./projection-cells.ts";
import { type Statements, prepareStatements, sortKeys, textNames } from "./projection-statements.ts";
import { tokensOf } from "./tokens.ts";

export interface ProjectionRow {
  readonly id: string;
  readonly version: number;
  /** `values` holds only what changed since this version. */
  readonly base?: number | undefined;
  readonly owner: string | null;
  readonly department: string | null;
  /** Milliseconds. */
  readonly createdAt: number;
  readonly createdBy: string | null;
  readonly updatedAt: number;
  readonly updatedBy: string | null;
  readonly deleted: boolean;
}

const systemColumnNames = [
  "id",
  "version",
  "owner_id",
  "department_id",
  "created_at",
  "created_by",
  "updated_at",
  "updated_by",
  "deleted",
];
const spareTextColumns = 6;

export class ProjectionTable {
  readonly #db: DatabaseSync;
  readonly #slots = new Map<string, Slot>();
  readonly #columns = [...systemColumnNames];
  /** As many empty cells as there are columns. */
  readonly #noCells: Cell[] = systemColumnNames.map(() => null);
  /** Indexes beside the one by id; those of class 3 cells have their own life while a table is filled. */
  readonly #indexes: { readonly name: string; readonly definition: string; readonly restricted: boolean }[] = [];
  #searchable: Slot[] = [];
  /** Places of the class 3 cells. */
  #restricted: number[] = [];
  #textWidth = 0;
  /** What a rebuild has still to bring: all of the rows, their class 3 cells, or nothing. */
  #lacking: "rows" | "restricted" | "nothing" = "nothing";
  #statements: Statements | undefined;
  readonly object: string;

  constructor(db: DatabaseSync, definition: ObjectDefinition) {
    this.#db = db;
    this.object = definition.key;
    db.exec(`create table ${table(this.object)} (rid integer primary key, id blob not null, version integer not null,
      owner_id blob, department_id blob, created_at integer not null, created_by blob, updated_at integer not null,
      updated_by blob, deleted integer not null)`);
    db.exec(`create unique index "${this.object}#id" on ${table(this.object)} (id)`);
    this.#index("updated", "(updated_at) where deleted = 0");
    this.#index("owner", "(owner_id, updated_at) where deleted = 0");
    this.#createText(definition.fields.filter(isSearchable).length + spareTextColumns);
    for (const field of definition.fields) this.addField(field, field.key === definition.nameField);
  }

  field(key: string): StoredField | undefined {
    return this.#slots.get(key)?.field;
  }

  /** The index's columns of these fields, as FTS5 names them in a match. */
  textColumns(keys: readonly string[]): string[] {
    return keys.flatMap((key) => {
      const place = this.#slots.get(key)?.text;
      return place === undefined ? [] : [`s${place}`];
    });
  }

  /** Adds a field's columns; its value is empty in all rows. A field that is there already stays as it is. */
  addField(field: StoredField, isName = false): void {
    if (this.#slots.has(field.key)) return;
    this.#statements = undefined;
    const places: Partial<Record<Companion | "value", number>> = {};
    if (field.class < 3) places.value = this.#addColumn(column(field.key));
    for (const companion of companionsOf(field)) places[companion] = this.#addColumn(column(field.key, companion));
    const slot: Slot = { field, places, text: isSearchable(field) ? this.#searchable.length : undefined };
    this.#slots.set(field.key, slot);
    if (slot.text !== undefined) this.#searchable = [...this.#searchable, slot];
    if (this.#searchable.length > this.#textWidth) this.#widenText();
    if (field.class === 3) {
      this.#restricted.push(...Object.values(places));
      for (const companion of ["tag", "last4"] as const) {
        const name = column(field.key, companion);
        this.#index(`${columnName(field.key)}#${companion}`, `(${name}) where ${name} is not null`, true);
      }
    }
    if (isName && isText(field)) this.#index("name", `(${sortKeys(field).join(", ")}) where deleted = 0`);
  }

  /**
   * Steps of filling a table: first the rows, then the class 3 cells of all of them. The indexes that a step would only
   * slow down are made at its end.
   */
  fill(lacking: "rows" | "restricted" | "nothing"): void {
    if (lacking === "rows")
      for (const { name } of this.#indexes) this.#db.exec(`drop index if exists "${this.object}#${name}"`);
    if (lacking !== "rows" && this.#lacking === "rows") {
      for (const index of this.#indexes) if (!index.restricted) this.#createIndex(index);
      this.#db.exec(`insert into ${textTable(this.object)}(${textTable(this.object)}) values ('optimize')`);
    }
    if (lacking === "nothing" && this.#lacking !== "nothing")
      for (const index of this.#indexes) if (index.restricted) this.#createIndex(index);
    this.#lacking = lacking;
  }

  /** The class 3 cells of a row that is still of this version; the second step of filling. */
  addRestricted(id: string, version: number, keys: readonly string[], values: readonly ProjectedValue[]): void {
    const statements = (this.#statements ??= this.#prepare());
    const cells = this.#noCells.slice();
    for (const [index, key] of keys.entries()) {
      const slot = this.#slots.get(key);
      if (slot) place(cells, slot, values[index]);
    }
    statements.restrict.run(...this.#restricted.map((at) => cells[at] ?? null), uuidBytes(id), version);
  }

  /**
   * Stores one row with the values of `keys`. Older versions are ignored. Returns false when the row is partial and its
   * base is not what is stored: the caller must send it in full (until then its version is 0, so no list uses it).
   */
  upsert(row: ProjectionRow, keys: readonly string[], values: readonly ProjectedValue[]): boolean {
    const statements = (this.#statements ??= this.#prepare());
    const id = uuidBytes(row.id);
    // Arrays, because the statement is set so: rid, then `#columns`.
    const old = statements.find.get(id) as unknown as Cell[] | undefined;
    const oldVersion = old === undefined ? undefined : Number(old[2]);
    if (oldVersion !== undefined && row.version < oldVersion) return true;
    // A part laid over a row whose class 3 cells are still to come would make them come too late.
    if (row.base !== undefined && (oldVersion !== row.base || this.#lacking !== "nothing")) {
      if (oldVersion === row.version) return true;
      if (old) statements.distrust.run(id);
      return false;
    }
    const cells = row.base !== undefined && old ? old.slice(1) : this.#noCells.slice();
    cells[0] = id;
    cells[1] = row.version;
    cells[2] = bytes(row.owner);
    cells[3] = bytes(row.department);
    cells[4] = row.createdAt;
    cells[5] = bytes(row.createdBy);
    cells[6] = row.updatedAt;
    cells[7] = bytes(row.updatedBy);
    cells[8] = row.deleted ? 1 : 0;
    for (const [index, key] of keys.entries()) {
      const slot = this.#slots.get(key);
      const value = values[index];
      if (slot && (value !== undefined || row.base === undefined)) place(cells, slot, value);
    }
    if (!old) {
      const { lastInsertRowid } = statements.insert.run(...cells);
      this.#indexTexts(statements, Number(lastInsertRowid), cells);
      return true;
    }
    const rid = Number(old[0]);
    statements.update.run(...cells, rid);
    if (this.#searchable.some(({ places: { value = 0 } }) => old[value + 1] !== cells[value])) {
      statements.unindex.run(rid);
      this.#indexTexts(statements, rid, cells);
    }
    return true;
  }

  remove(id: string): void {
    const statements = (this.#statements ??= this.#prepare());
    const old = statements.find.get(uuidBytes(id)) as unknown as Cell[] | undefined; // as in upsert
    if (!old) return;
    statements.unindex.run(Number(old[0]));
    statements.remove.run(Number(old[0]));
  }

  /** The id, version and the wanted fields of these rows, for lists; class 3 as mask. Rows not held are left out. */
  values(ids: readonly string[], keys: readonly string[]): [id: string, version: number, ...FieldValue[]][] {
    const fields = keys.flatMap((key) => this.#slots.get(key)?.field ?? []);
    if (this.#lacking !== "nothing" && fields.some((field) => field.class === 3)) return [];
    const statement = (this.#statements ??= this.#prepare()).values(keys.join(), () => {
      const names = fields.map((field) => column(field.key, field.class === 3 ? "mask" : undefined));
      return `select ${["version", ...names].join(", ")} from ${table(this.object)} where id = ?`;
    });
    const found: [string, number, ...FieldValue[]][] = [];
    for (const id of ids) {
      const row = statement.get(uuidBytes(id)) as unknown as Cell[] | undefined; // as in upsert
      if (!row) continue;
      found.push([id, Number(row[0]), ...fields.map((field, index) => readValue(field, row[index + 1] ?? null))]);
    }
    return found;
  }

  #indexTexts(statements: Statements, rid: number, cells: readonly Cell[]): void {
    const tokens: (string | null)[] = Array.from({ length: this.#textWidth }, () => null);
    let some = false;
    for (const { places, text = 0 } of this.#searchable) {
      const folded = cells[places.norm ?? -1] ?? cells[places.value ?? -1];
      const syllables = cells[places.py ?? -1];
      const initials = cells[places.ini ?? -1];
      if (typeof folded !== "string") continue;
      tokens[text] = tokensOf(
        folded,
        typeof syllables === "string" && typeof initials === "string" ? { syllables, initials } : undefined,
      );
      some = true;
    }
    if (some) statements.index.run(rid, ...tokens);
  }

  #createText(width: number): void {
    this.#textWidth = width;
    this.#db.exec(`create virtual table ${textTable(this.object)} using fts5(${textNames(width)}, content='',
      contentless_delete=1, detail=column, tokenize="ascii tokenchars '_~'")`);
  }

  /** More custom searchable fields than there were spare columns: the index is built again from the stored rows, wider. */
  #widenText(): void {
    this.#db.exec(`drop table ${textTable(this.object)}`);
    this.#createText(this.#textWidth + spareTextColumns);
    const statements = (this.#statements = this.#prepare());
    const all = this.#db.prepare(`select rid, ${this.#columns.join(", ")} from ${table(this.object)}`);
    all.setReturnArrays(true);
    for (const row of all.iterate() as unknown as Iterable<Cell[]>)
      this.#indexTexts(statements, Number(row[0]), row.slice(1)); // arrays, as set above
  }

  #addColumn(name: string): number {
    this.#db.exec(`alter table ${table(this.object)} add column ${name}`);
    this.#noCells.push(null);
    return this.#columns.push(name) - 1;
  }

  #index(name: string, definition: string, restricted = false): void {
    const index = { name, definition, restricted };
    this.#indexes.push(index);
    if (this.#lacking === "nothing" || (this.#lacking === "restricted" && !restricted)) this.#createIndex(index);
  }

  #createIndex({ name, definition }: { readonly name: string; readonly definition: string }): void {
    this.#db.exec(`create index "${this.object}#${name}" on ${table(this.object)} ${definition}`);
  }

  #prepare(): Statements {
    return prepareStatements(
      this.#db,
      this.object,
      { all: this.#columns, restricted: this.#restricted },
      this.#textWidth,
    );
  }
}
