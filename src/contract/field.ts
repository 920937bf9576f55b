// What a field and an object are. One definition drives forms, tables, filters, search, masks, import, API and sealing:
// a field without class, purpose and retention does not compile.

/** 0 public, 1 internal, 2 confidential (sealed), 3 restricted (sealed, masked, revealed one at a time). */
export const sensitivityClasses = [0, 1, 2, 3] as const;
export type SensitivityClass = (typeof sensitivityClasses)[number];

export interface Labels {
  readonly zh: string;
  readonly en: string;
}

/** Why the company holds a value: the purposes named in its records of processing. */
export const purposes = {
  identification: { zh: "识别", en: "Identification" },
  contact: { zh: "联系", en: "Contact" },
  selling: { zh: "销售", en: "Selling" },
  billing: { zh: "结算", en: "Billing" },
  organisation: { zh: "组织管理", en: "Organisation" },
  security: { zh: "安全", en: "Security" },
} as const satisfies Readonly<Record<string, Labels>>;
export type Purpose = keyof typeof purposes;
// The keys of a constant are its type's.
export const purposeCodes = Object.keys(purposes) as Purpose[];

/** How long the value stays: with its record, or so many months after the record was last changed. */
export type Retention = "with_record" | { readonly monthsAfterChange: number };

export type FieldType =
  | "text" // one line
  | "long_text"
  | "integer"
  | "decimal" // scaled: `scale` decimals
  | "boolean"
  | "date" // YYYY-MM-DD
  | "datetime" // ISO 8601, UTC
  | "choice"
  | "phone"
  | "email"
  | "url"
  | "id_number"
  | "bank_account"
  | "reference"; // the id of a record of `target`

/** Kinds of restricted values of which there are too many to try, and hardly two alike. */
const identifiers: ReadonlySet<string> = new Set<FieldType>(["phone", "email", "id_number", "bank_account"]);

/**
 * Whether a value may be found by the whole of it, which takes a keyed tag at rest. Of restricted values only identifiers:
 * of a field with few values equal tags would tell how often each is, and one match would list whoever has it.
 */
export function isFoundWhole(field: {
  readonly type: string;
  readonly class: SensitivityClass;
  readonly unique?: boolean | undefined;
}): boolean {
  return field.unique === true || (field.class === 3 && identifiers.has(field.type));
}

export interface ChoiceOption {
  readonly key: string;
  readonly labels: Labels;
  /** Other spellings an import should understand; lower case. */
  readonly aliases?: readonly string[];
}

interface FieldBase {
  readonly key: string;
  readonly labels: Labels;
  readonly class: SensitivityClass;
  readonly purpose: Purpose;
  readonly retention: Retention;
  /** A new record needs a value and no change may take it away; see isRequired. */
  readonly required?: boolean;
  /** Longest text in UTF-16 units. Default 200 for text, 10,000 for long_text. */
  readonly max?: number;
  readonly min?: number;
  readonly maxValue?: number;
  readonly scale?: number;
  /** Figures are kept in millions; people read and type them as their language writes large amounts. */
  readonly magnitude?: "million";
  readonly options?: readonly ChoiceOption[];
  readonly target?: string;
  /** No two living records of the object may hold the same value (class 3: by keyed tag). */
  readonly unique?: boolean;
  /** Part of the contains-search (class 0-2). The first searchable field is the record's name. */
  readonly searchable?: boolean;
  /** Shown in lists unless the person chose other columns. */
  readonly listed?: boolean;
  /** Set by the product, never by a person's patch. */
  readonly computed?: boolean;
  /** An integer that a commit's number guard may fill with the next number of this field's own series, without gaps. */
  readonly series?: boolean;
  /** Decides what people may do: whoever changes it in a record signs that very change. */
  readonly authority?: boolean;
  /** What a new record has when nothing is given; `now` for an instant is that of the writing. */
  readonly initial?: string | boolean;
  /** Names the record elsewhere: an import proposes it as the key by which records are found again. */
  readonly identifies?: boolean;
  /** Set when the record is made and never changed. */
  readonly fixed?: boolean;
  /** Of a boolean: true in one record of the object at most; whoever sets it takes it from the others. */
  readonly sole?: boolean;
  /** Of a reference: fields that a row without them takes over from the record it refers to, where they have the same key. */
  readonly inherits?: readonly string[];
  /**
   * What this field says is also written to that field of every record the row is about, when it is given: to an instant
   * only if it is later than the one there.
   */
  readonly tells?: string;
  /** Of a computed instant: since when the boolean field of that key is true. */
  readonly since?: string;
  /** Of a number: the choice field of the same record that says what it is counted in. Sums never mix two of them. */
  readonly unit?: string;
  /** A help line under the field in forms. */
  readonly hint?: Labels;
}

type Shape =
  | { readonly type: Exclude<FieldType, "choice" | "reference" | "decimal"> }
  | { readonly type: "decimal"; readonly scale: number }
  | { readonly type: "choice"; readonly options: readonly ChoiceOption[] }
  | { readonly type: "reference"; readonly target: string };

export type FieldDefinition = FieldBase & Shape;

/** Where a value lives: a typed column, a typed slot column, the ext document, or one of the two sealed values. */
export type Storage =
  | { readonly in: "column"; readonly column: string }
  | { readonly in: "ext" }
  | { readonly in: "sealed2" }
  | { readonly in: "sealed3" };

export interface ObjectDefinition {
  readonly key: string;
  readonly labels: Labels;
  readonly plural: Labels;
  /** The field shown as the record's name. */
  readonly nameField: string;
  /**
   * Where a row belongs: to its owner and that person's department (the usual), to the person it is (`person`), to the
   * department it is (`department`), to owner and department of the record it follows (`follows`), or to nobody, as
   * what the whole company shares (`company`).
   */
  readonly placement: "owner" | "person" | "department" | "follows" | "company";
  /** With placement `follows`: reference fields, of which the first one given names the record. One must be given. */
  readonly follows?: readonly string[];
  /**
   * Whose key seals a row. Undefined: it is a subject itself. Otherwise the reference fields by which it is about one,
   * nearest first: the subject of the first one given, and of none that of the month it was sealed in.
   */
  readonly about?: readonly string[];
  /** The field that rows are in the order of when nobody asks for another; the last change otherwise. */
  readonly orderBy?: string;
  /** References by whose names a new record is called that was given no name. */
  readonly nameFrom?: readonly string[];
  /** The fields through which a record goes through the stages of a pipeline; see vault/records/stage-rule.ts. */
  readonly stages?: StageFields;
  readonly fields: readonly StoredField[];
}

export interface StageFields {
  readonly pipeline: string;
  readonly stage: string;
  /** Computed from the kind of the stage: open, won or lost. */
  readonly state: string;
  readonly enteredAt: string;
  readonly probability: string;
  readonly closedAt: string;
}

/** A field with its place: shipped fields have it by rule, custom ones by the slot they were given. */
export type StoredField = FieldDefinition & { readonly storage: Storage; readonly custom?: boolean };

export function snake(key: string): string {
  return key.replaceAll(/[A-Z]/gu, (letter) => `_${letter.toLowerCase()}`);
}

/** Shipped objects: class 0-1 fields are columns named after the key, class 2 and 3 lie in the two sealed values. */
export function defineObject(
  object: Omit<ObjectDefinition, "fields"> & { readonly fields: readonly FieldDefinition[] },
): ObjectDefinition {
  return {
    ...object,
    fields: object.fields.map((field) => ({
      ...field,
      storage:
        field.class === 2
          ? { in: "sealed2" }
          : field.class === 3
            ? { in: "sealed3" }
            : { in: "column", column: `f_${snake(field.key)}` },
    })),
  };
}

/** The columns every record has, as fields: so lists, filters and sorts need no second mechanism. Class 1, read only. */
export const systemFields: readonly StoredField[] = [
  system("owner", "reference", { zh: "负责人", en: "Owner" }, "owner_id", "user"),
  system("department", "reference", { zh: "部门", en: "Department" }, "department_id", "department"),
  system("createdAt", "datetime", { zh: "创建时间", en: "Created" }, "created_at"),
  system("createdBy", "reference", { zh: "创建人", en: "Created by" }, "created_by", "user"),
  system("updatedAt", "datetime", { zh: "更新时间", en: "Updated" }, "updated_at"),
  system("updatedBy", "reference", { zh: "更新人", en: "Updated by" }, "updated_by", "user"),
];

function system(
  key: string,
  type: "reference" | "datetime",
  labels: Labels,
  column: string,
  target?: string,
): StoredField {
  const base = {
    key,
    labels,
    class: 1,
    purpose: "security",
    retention: "with_record",
    computed: key !== "owner",
    // Set in people alone; customers follow their owner.
    ...(key === "department" && { authority: true }),
    storage: { in: "column", column },
  } as const;
  return type === "reference" ? { ...base, type, target: target ?? "user" } : { ...base, type };
}

/** Whether rows are customers' matter: whoever owns them, or what they follow, or is above, serves them. */
export function isServed({ placement }: Pick<ObjectDefinition, "placement">): boolean {
  return placement === "owner" || placement === "follows";
}

/** The reference fields that say where a row belongs or whose key seals it. */
export function linkFields(object: ObjectDefinition): readonly (StoredField & { type: "reference" })[] {
  const keys = new Set([...(object.about ?? []), ...(object.follows ?? [])]);
  return object.fields.filter(
    (field): field is StoredField & { type: "reference" } => field.type === "reference" && keys.has(field.key),
  );
}

/** Fields of each object whose change is one of somebody's rights. */
export function authorityFields(objects: readonly ObjectDefinition[]): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    objects.flatMap(({ key, fields, placement }) => {
      const settable = placement === "person" ? [...fields, ...systemFields] : fields;
      const keys = settable.filter((field) => field.authority === true).map((field) => field.key);
      return keys.length === 0 ? [] : [[key, keys]];
    }),
  );
}

export function fieldOf(object: ObjectDefinition, key: string): StoredField | undefined {
  return object.fields.find((field) => field.key === key) ?? systemFields.find((field) => field.key === key);
}
