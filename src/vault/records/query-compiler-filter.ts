// Compiles a filter tree into one condition. Each leaf is judged by the actor's right to its field before anything is
// made of it.
import type { ObjectDefinition, StoredField } from "../../contract/field.ts";
import { Problem } from "../../contract/problem.ts";
import type { Condition, Filter } from "../../contract/query.ts";
import { column, isText } from "../search/columns.ts";
import { tagBytes } from "../search/restricted.ts";
import { type QueryAccess, usableField } from "./query-compiler-access.ts";
import { type Scalar, invalid, operand, text } from "./query-compiler-operand.ts";
import { type Sql, allOf, anyOf, joined, lines, never, sql } from "./query-compiler-sql.ts";
import { type Store, sameText } from "./query-compiler-store.ts";

export interface FilterContext {
  readonly object: ObjectDefinition;
  readonly access: QueryAccess;
  readonly store: Store;
  /** The department and all below it. */
  readonly subtree?: ((departmentId: string) => readonly string[]) | undefined;
}

const deepest = 8;
const mostConditions = 200;

/** Throws Problem('not_sortable') for fields not to be used, Problem('invalid') for wrong values and overgrown trees. */
export function compileFilter(filter: Filter, context: FilterContext): Sql {
  let conditions = 0;
  const walk = (node: Filter, depth: number): Sql => {
    if (depth > deepest || ++conditions > mostConditions) throw new Problem("invalid");
    if ("all" in node) return allOf(node.all.map((child) => walk(child, depth + 1)));
    if ("any" in node) return anyOf(node.any.map((child) => walk(child, depth + 1)));
    return condition(node, context);
  };
  return walk(filter, 0);
}

function condition(node: Condition, context: FilterContext): Sql {
  const { field, reach } = usableField(context.object, node.field, context.access);
  if (reach === "exact") return exactMatch(node, field, context.access);
  const test = comparison(node, field, context);
  // A field shown only in the actor's own rows cannot tell anything about the others.
  return reach === "own" && context.access.own ? allOf([context.store.scope(context.access.own), test]) : test;
}

/** Rows whose name is one of these in the form that names are compared in; only where the actor reads it. */
export function hasName(names: readonly string[], { object, access, store }: FilterContext): Sql {
  const { field, reach } = usableField(object, object.nameField, access);
  const test = sameText(field, names);
  return reach === "own" && access.own ? allOf([store.scope(access.own), test]) : test;
}

function comparison(node: Condition, field: StoredField, { store, subtree }: FilterContext): Sql {
  const name = store.column(field);
  switch (node.op) {
    case "empty":
      return sql(`${name} is null`);
    case "not_empty":
      return sql(`${name} is not null`);
    case "eq":
      return store.compare(field, "=", operand(field, single(node, field)));
    case "ne":
      return store.compare(field, "<>", operand(field, single(node, field)));
    case "in":
      return store.oneOf(
        field,
        list(node, field).map((value) => operand(field, value)),
      );
    case "contains":
      if (!isText(field)) throw invalid(field, "wrong_type");
      return store.contains(field, text(field, single(node, field)));
    case "under": {
      if (field.type !== "reference" || field.target !== "department" || !subtree) throw invalid(field, "wrong_type");
      const top = operand(field, single(node, field));
      return store.oneOf(
        field,
        [...new Set([String(top.stored), ...subtree(String(top.stored))])].map((id) => operand(field, id)),
      );
    }
    case "lt":
    case "lte":
    case "gt":
    case "gte": {
      if (!ordered.has(field.type)) throw invalid(field, "wrong_type");
      return store.compare(field, ranges[node.op], operand(field, single(node, field)));
    }
  }
}

const ordered: ReadonlySet<StoredField["type"]> = new Set(["integer", "decimal", "date", "datetime"]);
const ranges = { lt: "<", lte: "<=", gt: ">", gte: ">=" } as const;

/** A restricted field: by its tag, one whole value at a time. Only the projection holds tags of all of them. */
function exactMatch(node: Condition, field: StoredField, access: QueryAccess): Sql {
  if (node.op !== "eq") throw new Problem("not_sortable");
  return tagMatch(field, text(field, single(node, field)), access);
}

export function tagMatch(field: StoredField, value: string, access: QueryAccess): Sql {
  const tag = access.lookup?.(field, value);
  return tag === undefined ? never : sql(`${column(field.key, "tag")} = ?`, Buffer.from(tag.subarray(0, tagBytes)));
}

export function anyTag(field: StoredField, tags: readonly Uint8Array[]): Sql {
  const cut = tags.map((tag) => sql("?", Buffer.from(tag.subarray(0, tagBytes))));
  return lines(sql(`${column(field.key, "tag")} in (`), joined(cut, ", "), sql(")"));
}

function single(node: Condition, field: StoredField): Scalar {
  if (node.value === undefined) throw invalid(field, "required");
  if (typeof node.value === "object") throw invalid(field, "wrong_type");
  return node.value;
}

function list(node: Condition, field: StoredField): readonly Scalar[] {
  if (node.value === undefined) throw invalid(field, "required");
  return typeof node.value === "object" ? node.value : [node.value];
}
