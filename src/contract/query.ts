// The one query form of lists, views, counts and pickers. It is compiled in one place in the vault
// (vault/records/query-compiler.ts), which also refuses fields the person may not read.
import { z } from "zod";

export const filterOperators = [
  "eq",
  "ne",
  "in",
  "lt",
  "lte",
  "gt",
  "gte",
  "contains",
  "empty",
  "not_empty",
  "under",
] as const;

const scalar = z.union([z.string().max(2000), z.number(), z.boolean()]);

export interface Condition {
  readonly field: string;
  /** `under`: the department or any below it; `contains`: part of a text, any case. */
  readonly op: (typeof filterOperators)[number];
  readonly value?: string | number | boolean | readonly (string | number | boolean)[] | undefined;
}
export type Filter = Condition | { readonly all: readonly Filter[] } | { readonly any: readonly Filter[] };

const condition = z.strictObject({
  field: z.string().max(80),
  op: z.enum(filterOperators),
  value: z.union([scalar, z.array(scalar).max(500)]).optional(),
});
export const filterSchema: z.ZodType<Filter> = z.lazy(() =>
  z.union([
    condition,
    z.strictObject({ all: z.array(filterSchema).max(50) }),
    z.strictObject({ any: z.array(filterSchema).max(50) }),
  ]),
);

export const querySchema = z.strictObject({
  object: z.string().max(80),
  filter: filterSchema.optional(),
  /** Words looked for in the searchable fields; pinyin, initials and Latin substrings count. */
  search: z.string().max(200).optional(),
  sort: z
    .array(z.strictObject({ field: z.string().max(80), direction: z.enum(["asc", "desc"]) }))
    .max(3)
    .optional(),
  limit: z.int().min(1).max(200).default(50),
  offset: z.int().min(0).max(1_000_000).default(0),
  /** Field keys to return; default: the object's listed fields. */
  columns: z.array(z.string().max(80)).max(60).optional(),
  /** Only deleted records (recycle bin) instead of living ones. */
  deleted: z.boolean().default(false),
  /** Also count, exactly to 10,000. */
  count: z.boolean().default(false),
  /** Number fields of class 0-1 to add up, exactly, over all matching rows and not those of the page alone. */
  sums: z.array(z.string().max(80)).min(1).max(5).optional(),
});
export type Query = z.infer<typeof querySchema>;
