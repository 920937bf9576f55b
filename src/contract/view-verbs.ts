// The vault's verbs about views of lists: which columns, in which order and width, sorted and filtered how, under a name.
// What a person typed into a view (its name, the texts of its filters) is confidential and sealed; a view shows nobody a
// record that he could not see anyway.
import { z } from "zod";
import { fieldKey, objectKey, uuid } from "./ids.ts";
import { defineVerbs } from "./verb.ts";

/** Conditions as people choose them; `within` names a range of days that moves with the calendar. */
const viewOperators = [
  "is",
  "isNot",
  "contains",
  "more",
  "less",
  "from",
  "until",
  "within",
  "under",
  "empty",
  "notEmpty",
] as const;

/** How a condition compares. */
export type ViewOperator = (typeof viewOperators)[number];

const scalar = z.union([z.string().max(200), z.number(), z.boolean()]);

interface ViewCondition {
  readonly field: string;
  readonly operator: ViewOperator;
  /** References by id alone: the name of a record is for whoever may see it. */
  readonly values: readonly (string | number | boolean)[];
}
interface ViewGroup {
  readonly match: "all" | "any";
  readonly items: readonly (ViewCondition | ViewGroup)[];
}
export type ViewFilter = ViewCondition | ViewGroup;

const viewFilter: z.ZodType<ViewFilter> = z.lazy(() =>
  z.union([
    z.strictObject({ field: fieldKey, operator: z.enum(viewOperators), values: z.array(scalar).max(50) }),
    z.strictObject({ match: z.enum(["all", "any"]), items: z.array(viewFilter).max(30) }),
  ]),
);

export const viewLayout = z.strictObject({
  /** Null: as the object's definition says. */
  columns: z.array(fieldKey).max(60).nullable(),
  /** In 1/16 of the text's height, by field. */
  widths: z.record(fieldKey, z.int().min(40).max(1200)),
  sort: z.array(z.strictObject({ field: fieldKey, direction: z.enum(["asc", "desc"]) })).max(3),
  filter: z.array(viewFilter).max(30),
  match: z.enum(["all", "any"]),
});
export type ViewLayout = z.infer<typeof viewLayout>;

/** Whom a view is offered to: its maker, his department and those below, or everybody. */
const viewSharings = ["private", "team", "company"] as const;
export type ViewSharing = (typeof viewSharings)[number];

/** Empty: how its maker sees the plain list; there is one of it per object, and it is always private. */
const viewName = z.string().trim().max(60);

const listView = z.strictObject({
  id: uuid,
  version: z.int(),
  name: z.string(),
  sharing: z.enum(viewSharings),
  mine: z.boolean(),
  layout: viewLayout,
});
export type ListView = z.infer<typeof listView>;

const one = { object: objectKey, id: uuid };
/** About how one looks at records, not about records. */
const look = { permission: { record: "view" }, meter: "none", stepUp: "none" } as const;

export const viewVerbs = defineVerbs({
  /** One's own and those that are shared with one, in the order they were made. */
  "view.list": {
    ...look,
    effect: "read",
    logged: false,
    input: z.strictObject({ object: objectKey }),
    output: z.strictObject({ views: z.array(listView) }),
  },
  /** Makes a view of this id, or changes it: then `version` is the one it has. Only its maker may. */
  "view.save": {
    ...look,
    effect: "write",
    input: z.strictObject({
      ...one,
      version: z.int().min(1).optional(),
      name: viewName,
      sharing: z.enum(viewSharings),
      layout: viewLayout,
    }),
    output: z.strictObject({ id: uuid, version: z.int() }),
  },
  /** Its maker, or for what everybody is offered whoever defines fields. */
  "view.remove": {
    ...look,
    effect: "write",
    input: z.strictObject(one),
    output: z.strictObject({ id: uuid }),
  },
});
export type ViewVerbs = typeof viewVerbs;
