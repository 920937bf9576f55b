// The projection's prepared statements of one object, and the order in which its texts are sorted.
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { StoredField } from "../../contract/field.ts";
import { column, hasPinyin, table, textTable } from "./columns.ts";

export interface Statements {
  readonly find: StatementSync;
  readonly insert: StatementSync;
  readonly update: StatementSync;
  readonly distrust: StatementSync;
  readonly restrict: StatementSync;
  readonly remove: StatementSync;
  readonly index: StatementSync;
  readonly unindex: StatementSync;
  values(key: string, text: () => string): StatementSync;
}

/** `restricted` are the places of the class 3 cells among all columns. */
export function prepareStatements(
  db: DatabaseSync,
  object: string,
  { all: columns, restricted }: { readonly all: readonly string[]; readonly restricted: readonly number[] },
  textWidth: number,
): Statements {
  const arrays = (text: string): StatementSync => {
    const statement = db.prepare(text);
    statement.setReturnArrays(true);
    return statement;
  };
  // FTS5 leaves row numbers of its own beyond 2^53 as the last inserted; as a number that would throw.
  const writes = (text: string): StatementSync => {
    const statement = db.prepare(text);
    statement.setReadBigInts(true);
    return statement;
  };
  const marks = (count: number): string => Array.from({ length: count }, () => "?").join(", ");
  const name = table(object);
  const lists = new Map<string, StatementSync>();
  const values = (key: string, text: () => string): StatementSync => {
    if (lists.size > 50) lists.clear();
    const statement = lists.get(key) ?? arrays(text());
    lists.set(key, statement);
    return statement;
  };
  return {
    find: arrays(`select rid, ${columns.join(", ")} from ${name} where id = ?`),
    insert: writes(`insert into ${name} (${columns.join(", ")}) values (${marks(columns.length)})`),
    update: writes(`update ${name} set ${columns.map((one) => `${one} = ?`).join(", ")} where rid = ?`),
    distrust: writes(`update ${name} set version = 0 where id = ?`),
    restrict: writes(
      `update ${name} set ${["version = version", ...restricted.map((at) => `${columns[at]} = ?`)].join(", ")} where id = ? and version = ?`,
    ),
    remove: writes(`delete from ${name} where rid = ?`),
    index: writes(`insert into ${textTable(object)} (rowid, ${textNames(textWidth)}) values (${marks(textWidth + 1)})`),
    unindex: writes(`delete from ${textTable(object)} where rowid = ?`),
    values,
  };
}

export function textNames(width: number): string {
  return Array.from({ length: width }, (_, place) => `s${place}`).join(", ");
}

/** Chinese names in the order of their pinyin, after those in Latin letters; empty in all keys where there is none. */
export function sortKeys(field: StoredField): string[] {
  const plain = column(field.key);
  if (!hasPinyin(field)) return [plain];
  return [
    `iif(${plain} is null, null, ${column(field.key, "py")} is not null)`,
    `coalesce(${column(field.key, "py")}, ${column(field.key, "norm")}, ${plain})`,
    plain,
  ];
}
