// What a checked mapping means for one object: which cell becomes which field, how, and by which key records are found.
// A mapping that the person's rights or the definition do not allow never becomes a plan.
import { type ObjectDefinition, type StoredField, isFoundWhole } from "../../contract/field.ts";
import type { ImportSettings } from "../../contract/import-verbs.ts";
import { type FieldProblem, Problem } from "../../contract/problem.ts";
import type { Access } from "../access/access.ts";
import { isUuid } from "../db/uuid.ts";
import { isRequired } from "../records/check-values.ts";
import { foldOption } from "../records/read-text.ts";
import type { Schema } from "../records/schema.ts";
import { importableFields } from "./mapping.ts";

export interface PlannedColumn {
  readonly index: number;
  readonly field: StoredField;
  readonly options: {
    readonly dateOrder?: "dmy" | "mdy" | "ymd" | undefined;
    readonly language: "zh" | "en";
    readonly utcOffset: number;
  };
  /** Folded value to the key of an option, or to the id of a record of the shared list it refers to. */
  readonly fixes: ReadonlyMap<string, string>;
  /** The object a reference points to. */
  readonly target: ObjectDefinition | undefined;
}

export interface Plan {
  readonly object: ObjectDefinition;
  readonly settings: ImportSettings;
  readonly columns: readonly PlannedColumn[];
  /** Column of the key in update and upsert. */
  readonly key: PlannedColumn | undefined;
  readonly name: PlannedColumn | undefined;
  /** Columns whose values no two records may share. */
  readonly unique: readonly PlannedColumn[];
  /** What a new record must have; in an update an empty cell leaves the field as it is. */
  readonly required: readonly StoredField[];
}

/** Throws Problem `invalid` naming each field with what is wrong about its column. */
export function makePlan(schema: Schema, object: ObjectDefinition, access: Access, settings: ImportSettings): Plan {
  access.demand(object.key, "import");
  const allowed = new Map(importableFields(object, access).map((field) => [field.key, field]));
  const problems: FieldProblem[] = [];
  const columns: PlannedColumn[] = [];
  const indexes = new Set<number>();
  for (const { index, field: key, dateOrder } of settings.columns) {
    if (key === null) continue;
    const field = allowed.get(key);
    if (!field) {
      const known = object.fields.find((one) => one.key === key);
      problems.push({
        field: key,
        reason: known && access.createLevel(object, known) !== "hidden" ? "not_writable" : "unknown_field",
      });
    } else if (indexes.has(index) || columns.some((column) => column.field === field))
      problems.push({ field: key, reason: "already_used" });
    else {
      indexes.add(index);
      const target = field.type === "reference" ? schema.load(field.target) : undefined;
      columns.push({
        index,
        field,
        target,
        options: { dateOrder, language: settings.language, utcOffset: settings.utcOffset },
        fixes: fixesOf(field, target, settings, problems),
      });
    }
  }
  const key = columns.find((column) => column.field.key === settings.key);
  if (settings.mode !== "insert" && (!key || !canBeKey(object, key.field)))
    problems.push({ field: settings.key ?? "key", reason: settings.key === null ? "required" : "not_writable" });
  const required = object.fields.filter(
    (field) =>
      isRequired(object, field, access.createLevel(object, field)) &&
      !(object.nameFrom && field.key === object.nameField),
  );
  if (settings.mode === "insert")
    for (const field of required)
      if (!columns.some((column) => column.field === field)) problems.push({ field: field.key, reason: "required" });
  if (problems.length > 0) throw new Problem("invalid", { fields: problems });
  return {
    object,
    settings,
    columns,
    key: settings.mode === "insert" ? undefined : key,
    name: columns.find((column) => column.field.key === object.nameField),
    unique: columns.filter((column) => column.field.unique === true),
    required,
  };
}

/** Identifiers and unique fields are found by their tags, class 0-1 by their column, the name through the search projection. */
function canBeKey(object: ObjectDefinition, field: StoredField): boolean {
  if (!object.fields.includes(field) || field.type === "reference" || field.type === "boolean") return false;
  return isFoundWhole(field) || field.key === object.nameField || field.storage.in === "column";
}

/** Whether what stands in a column is chosen from a list of the whole company: an option, a stage, a product. */
export function isChosen({ field, target }: Pick<PlannedColumn, "field" | "target">): boolean {
  return field.type === "choice" || target?.placement === "company";
}

function fixesOf(
  field: StoredField,
  target: ObjectDefinition | undefined,
  settings: ImportSettings,
  problems: FieldProblem[],
): ReadonlyMap<string, string> {
  const fixes = new Map<string, string>();
  for (const [value, option] of Object.entries(settings.fixes[field.key] ?? {})) {
    // Whether there is such a record, for this person, is found as for any id that stands in a cell.
    const known = field.type === "choice" ? field.options.some((one) => one.key === option) : isUuid(option);
    if (!isChosen({ field, target }) || !known)
      problems.push({ field: field.key, reason: "not_an_option", params: { value: option } });
    else fixes.set(foldOption(value), option);
  }
  return fixes;
}
