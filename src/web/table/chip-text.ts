// A filter in words: "Level is A key account", "下次跟进 在 本周".
import type { SchemaField } from "../../contract/schema-verbs.ts";
import { filterWords } from "../words/lists.ts";
import { operatorWords, rangeWords, valueWords } from "../words/records.ts";
import type { LanguageTools } from "../words/words.ts";
import { type DayRangeName, dayRangeNames } from "./day-range.ts";
import { type Names, valueText } from "../record/value-text.ts";
import { type Chip, type ChipOperator, type FilterItem, isGroup, needsValue } from "./filter-model.ts";

type Tools = Pick<LanguageTools, "t" | "format">;

/** A filter's item in words; a group in brackets: “(Level is A or Owner is me)”. */
export function itemText(
  item: FilterItem,
  fields: readonly SchemaField[],
  names: Names,
  tools: Tools,
): string | undefined {
  if (!isGroup(item)) {
    const field = fields.find(({ key }) => key === item.field);
    return field && chipText(item, field, names, tools);
  }
  const parts = item.items.flatMap((one) => itemText(one, fields, names, tools) ?? []);
  const joint = tools.t(item.match === "any" ? filterWords.or : filterWords.and);
  return parts.length === 0 ? undefined : tools.t(filterWords.group, { conditions: parts.join(joint) });
}

/** `names`: of referenced records whose filter came by the address, which bears ids alone. */
function chipText(chip: Chip, field: SchemaField, names: Names, tools: Tools): string {
  const { t, format } = tools;
  const values = format.list(
    chip.values.map((value) =>
      chipValueText(chip, field, value.value, names[String(value.value)] ?? (value.label || "…"), tools),
    ),
  );
  const operator =
    chip.operator === "is" && chip.values.length > 1 ? t(operatorWords.isAny) : t(operatorWords[chip.operator]);
  return [t(field.labels), operator, needsValue(chip.operator) ? values : ""].filter((part) => part !== "").join(" ");
}

function chipValueText(
  chip: Chip,
  field: SchemaField,
  value: string | number | boolean,
  label: string,
  { t, format }: Tools,
): string {
  if (chip.operator === "within" && isRange(value)) return t(rangeWords[value]);
  if (field.type === "boolean") return t(value === true ? valueWords.yes : valueWords.no);
  if (field.type === "choice")
    return t(field.options?.find(({ key }) => key === value)?.labels ?? { zh: label, en: label });
  if (field.type === "date" || field.type === "datetime") return format.date(String(value));
  if (typeof value === "number") return valueText(field, value, {}, { t, format });
  return field.type === "reference" ? label : `“${label}”`;
}

export function operatorText(operator: ChipOperator, t: Tools["t"]): string {
  return t(operator === "within" ? operatorWords.withinChoice : operatorWords[operator]);
}

function isRange(value: string | number | boolean): value is DayRangeName {
  return dayRangeNames.some((name) => name === value);
}
