// Walks the zod schemas of the contract: prints them as short text, makes the smallest value that fits, and finds every
// place where a caller can put a value. A kind of schema that it does not know fails, so that none is passed over.
import type { z } from "zod";

/** One place in a body where a value can stand; `put` gives the smallest valid body with another value there. */
export interface Place {
  /** For people: `body.query.filter.value`. */
  readonly name: string;
  readonly put: (value: unknown) => unknown;
}

/** What every kind of schema in our contract has; zod types its internals by class only. */
interface Definition {
  readonly type: string;
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly catchall?: z.ZodType;
  readonly options?: readonly z.ZodType[];
  readonly innerType?: z.ZodType;
  readonly element?: z.ZodType;
  readonly keyType?: z.ZodType;
  readonly valueType?: z.ZodType;
  readonly getter?: () => z.ZodType;
  readonly values?: readonly unknown[];
  readonly entries?: Readonly<Record<string, string>>;
  readonly format?: string;
  readonly pattern?: RegExp;
  readonly checks?: readonly { readonly _zod: { readonly def: Check } }[];
}

interface Check {
  readonly check: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly value?: number;
  readonly format?: string;
  readonly pattern?: RegExp;
}

function definitionOf(schema: z.ZodType): Definition {
  return schema._zod.def as unknown as Definition;
}

function part<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("A schema lacks a part that its kind always has.");
  return value;
}

/** Texts that fit the patterns of the contract; the first that a schema takes is its sample. */
const texts = [
  "text",
  "019db3d1-0000-7000-8000-000000000000",
  "123456",
  "12345678",
  "0",
  "2026-11-23T00:00:00.000Z",
  "A".repeat(43),
  "someone@customer.example",
  "/api/text",
  `sha-256=:${"A".repeat(43)}=:`,
];

/** The smallest value that fits: no optional member, empty lists where they may be empty. Throws when it finds none. */
export function sampleOf(schema: z.ZodType): unknown {
  const sample = roughSample(schema);
  if (!schema.safeParse(sample).success) throw new Error(`No sample of ${textOf(schema)}: ${JSON.stringify(sample)}`);
  return sample;
}

function roughSample(schema: z.ZodType): unknown {
  const definition = definitionOf(schema);
  switch (definition.type) {
    case "object":
      return Object.fromEntries(
        Object.entries(part(definition.shape)).flatMap(([key, member]) =>
          isOptional(member) ? [] : [[key, roughSample(member)]],
        ),
      );
    case "string":
      return texts.find((text) => schema.safeParse(text).success);
    case "number":
      return [1, 0].find((number) => schema.safeParse(number).success);
    case "boolean":
      return false;
    case "literal":
      return part(definition.values)[0];
    case "enum":
      return Object.values(part(definition.entries))[0];
    case "array":
      return schema.safeParse([]).success ? [] : [roughSample(part(definition.element))];
    case "record":
      return {};
    case "unknown":
      return "text";
    case "null":
      return null;
    case "union":
      return roughSample(part(part(definition.options)[0]));
    case "lazy":
      return roughSample(part(definition.getter)());
    case "optional":
    case "nullable":
    case "default":
      return roughSample(part(definition.innerType));
    default:
      throw new Error(`A schema of kind ${definition.type} is not known here.`);
  }
}

function isOptional(schema: z.ZodType): boolean {
  const { type } = definitionOf(schema);
  return type === "optional" || type === "default";
}

/** How deep a filter inside a filter is followed. */
const deepest = 2;

/** Every place a value can stand, optional members and all branches of unions included. */
export function placesOf(schema: z.ZodType): Place[] {
  return [...find(schema, "body", (value) => value, 0)];
}

function* find(schema: z.ZodType, name: string, put: Place["put"], lazies: number): Generator<Place> {
  const definition = definitionOf(schema);
  switch (definition.type) {
    case "object": {
      const smallest = roughSample(schema) as Record<string, unknown>; // of an object schema
      yield { name: `${name}.(unknown member)`, put: (value) => put({ ...smallest, notAMember: value }) };
      for (const [key, member] of Object.entries(part(definition.shape)))
        yield* find(member, `${name}.${key}`, (value) => put({ ...smallest, [key]: value }), lazies);
      return;
    }
    case "record": {
      const sample = roughSample(part(definition.valueType));
      const key = roughSample(part(definition.keyType));
      yield { name: `${name}.(key)`, put: (value) => put(Object.fromEntries([[String(value), sample]])) };
      yield* find(part(definition.valueType), `${name}.(value)`, (value) => put({ [String(key)]: value }), lazies);
      return;
    }
    case "array":
      yield { name, put };
      yield* find(part(definition.element), `${name}[]`, (value) => put([value]), lazies);
      return;
    case "union": {
      const options = part(definition.options).map((option, index) => [
        ...find(option, `${name}|${index}`, put, lazies),
      ]);
      // Branches that are single values are one place.
      const single = options.filter((places) => places.length === 1 && places[0]?.put === put);
      if (single.length > 0) yield { name, put };
      yield* options.flat().filter((place) => place.put !== put);
      return;
    }
    case "lazy":
      if (lazies < deepest) yield* find(part(definition.getter)(), name, put, lazies + 1);
      return;
    case "optional":
    case "nullable":
    case "default":
      yield* find(part(definition.innerType), name, put, lazies);
      return;
    default:
      yield { name, put };
  }
}

/** The schema as one line of text, close to TypeScript, with its limits. */
export function textOf(schema: z.ZodType, known: ReadonlyMap<z.ZodType, string> = new Map(), lazies = 0): string {
  const name = known.get(schema);
  if (name !== undefined) return name;
  const definition = definitionOf(schema);
  const inner = (member: z.ZodType | undefined): string => textOf(part(member), known, lazies);
  switch (definition.type) {
    case "object": {
      const members = Object.entries(part(definition.shape)).map(([key, member]) => {
        return `${key}${isOptional(member) ? "?" : ""}: ${textOf(member, known, lazies)}`;
      });
      // A strict object refuses members it does not know; nothing else is used for what comes in.
      const open = definition.catchall && definitionOf(definition.catchall).type === "never" ? "" : " ...";
      return members.length === 0 ? `{${open}}` : `{ ${members.join(", ")}${open} }`;
    }
    case "string":
      return `text${limitsOf(definition)}`;
    case "number":
      return `number${limitsOf(definition)}`;
    case "literal":
      return part(definition.values)
        .map((value) => JSON.stringify(value))
        .join("|");
    case "enum": {
      const values = Object.values(part(definition.entries));
      return values.length > 14 ? `one of ${values.length}` : values.map((value) => `"${value}"`).join("|");
    }
    case "array":
      return `${inner(definition.element)}[]${limitsOf(definition)}`;
    case "record":
      return `{ [${inner(definition.keyType)}]: ${inner(definition.valueType)} }`;
    case "union":
      return `(${part(definition.options).map(inner).join(" | ")})`;
    case "lazy":
      return lazies > 0 ? "itself" : textOf(part(definition.getter)(), known, lazies + 1);
    case "optional":
      return inner(definition.innerType);
    case "default":
      return inner(definition.innerType);
    case "nullable":
      return `${inner(definition.innerType)}|null`;
    default:
      return definition.type;
  }
}

function limitsOf(definition: Definition): string {
  const checks = [definition, ...(definition.checks ?? []).map((check) => check._zod.def)];
  const limits = (checks as Check[]).flatMap((check) => {
    if (check.pattern !== undefined && check.format === "regex") return [String(check.pattern)];
    if (check.format !== undefined) return [check.format];
    if (check.check === "greater_than") return [`>= ${check.value}`];
    if (check.check === "less_than") return [`<= ${check.value}`];
    if (check.check === "min_length") return [`>= ${check.minimum} long`];
    return check.check === "max_length" ? [`<= ${check.maximum} long`] : [];
  });
  return limits.length === 0 ? "" : `(${limits.join(", ")})`;
}
