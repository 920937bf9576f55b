// The settings of an import while a person makes them: mapping, mode, key, corrections. Pure. They are kept in memory
// while the page is open; the server holds them sealed once a dry run was asked for.
import type { SchemaField, SchemaObject } from "../../../contract/schema-verbs.ts";
import type { CallInput, CallOutput } from "../../endpoint-types.ts";

export type ImportJob = CallOutput<"readImport">;
export type Analysis = CallOutput<"analyseImport">["analysis"];
export type Settings = NonNullable<CallInput<"checkImport">["body"]>;
export type Report = NonNullable<CallOutput<"readImportReport">["check"]>;
export type Mode = Settings["mode"];
export type DateOrder = "dmy" | "mdy" | "ymd";

export interface ImportDraft {
  readonly analysis: Analysis;
  readonly settings: Settings;
}

const drafts = new Map<string, ImportDraft>();

export function rememberedDraft(id: string): ImportDraft | undefined {
  return drafts.get(id);
}

export function rememberDraft(id: string, draft: ImportDraft): void {
  drafts.set(id, draft);
}

/**
 * The proposal, to be changed by the person. Names of contacts are no key: where rows bear numbers or addresses and only
 * the name suits, all rows are taken as new. A company's name is one.
 */
export function settingsFrom(object: SchemaObject, analysis: Analysis, language: "zh" | "en"): Settings {
  const restricted =
    object.key !== "account" &&
    analysis.columns.some((column) => object.fields.some((field) => field.key === column.field && field.class === 3));
  const key = analysis.key === object.nameField && restricted ? null : analysis.key;
  return {
    mode: key === null ? "insert" : "upsert",
    key,
    encoding: analysis.encoding,
    delimiter: analysis.delimiter,
    header: analysis.header,
    columns: analysis.columns.map(({ index, field, dateOrder }) => ({
      index,
      field,
      ...(dateOrder !== null && { dateOrder }),
    })),
    fixes: {},
    language,
    utcOffset: -new Date().getTimezoneOffset(),
  };
}

/** Fields a column can become, in the order of the definition. */
export function importableFields(object: SchemaObject): readonly SchemaField[] {
  return object.fields.filter((field) => field.level === "write" && !field.computed);
}

/** Fields by which existing records can be found: restricted ones by their tag, the name, and what lies in a column. */
export function keyChoices(object: SchemaObject, settings: Settings): readonly SchemaField[] {
  const mapped = new Set(settings.columns.map(({ field }) => field));
  return importableFields(object).filter(
    (field) =>
      mapped.has(field.key) &&
      !field.system &&
      field.type !== "reference" &&
      field.type !== "boolean" &&
      (field.class !== 2 || field.key === object.nameField),
  );
}

export interface PlanProblem {
  readonly kind: "usedTwice" | "requiredMissing" | "keyNeeded" | "nothing";
  readonly field?: SchemaField;
}

/** Why a dry run cannot be asked for yet. */
export function planProblems(object: SchemaObject, settings: Settings): readonly PlanProblem[] {
  const fields = importableFields(object);
  const mapped = settings.columns.flatMap(({ field }) => (field === null ? [] : [field]));
  const problems: PlanProblem[] = [];
  if (mapped.length === 0) problems.push({ kind: "nothing" });
  for (const field of fields) {
    const times = mapped.filter((key) => key === field.key).length;
    if (times > 1) problems.push({ kind: "usedTwice", field });
    if (field.required && times === 0 && settings.mode === "insert" && mapped.length > 0)
      problems.push({ kind: "requiredMissing", field });
  }
  if (settings.mode !== "insert" && !keyChoices(object, settings).some(({ key }) => key === settings.key))
    problems.push({ kind: "keyNeeded" });
  return problems;
}

export function withColumn(settings: Settings, index: number, field: string | null): Settings {
  return {
    ...settings,
    columns: settings.columns.map((column) => (column.index === index ? { ...column, field } : column)),
  };
}

export function withDateOrder(settings: Settings, index: number, dateOrder: DateOrder): Settings {
  return {
    ...settings,
    columns: settings.columns.map((column) => (column.index === index ? { ...column, dateOrder } : column)),
  };
}

export interface Fix {
  readonly field: string;
  readonly value: string;
  readonly option: string;
}

export function withFixes(settings: Settings, fixes: readonly Fix[]): Settings {
  const all: Record<string, Record<string, string>> = Object.fromEntries(
    Object.entries(settings.fixes ?? {}).map(([field, values]) => [field, { ...values }]),
  );
  for (const { field, value, option } of fixes) all[field] = { ...all[field], [value]: option };
  return { ...settings, fixes: all };
}

export function isBusy(state: ImportJob["state"]): boolean {
  return state === "checking" || state === "running" || state === "undoing";
}
