// Reads what a verb asks of the person. Vault and clients use the same rule, so that a client can ask for the signature
// before it sends, and the vault refuses whoever did not. No schema is imported: this goes to the browser.
import type { ActWhen, StepUp } from "./verb.ts";

/** A rule without conditions about the input. */
export type Asked = Extract<StepUp, string>;

/** What a rule asks for this input. */
export function askedBy(rule: StepUp, input: unknown): Asked {
  if (typeof rule === "string") return rule;
  const { longer, changed } = rule;
  const list = longer && valueOf(input, longer.list);
  if (longer && Array.isArray(list) && list.length > longer.than) return "act";
  const operations = valueOf(input, "operations");
  const writes: readonly unknown[] = Array.isArray(operations) ? operations : [input];
  return changed && writes.some((one) => changesOne(one, changed)) ? "act" : "none";
}

/** Of an update, alone or in a commit: whether it gives one of these fields a value, be it the one that is there. */
function changesOne(write: unknown, changed: NonNullable<ActWhen["changed"]>): boolean {
  const [op, object, values] = ["op", "object", "values"].map((key) => valueOf(write, key));
  if ((op !== undefined && op !== "update") || typeof object !== "string" || !Object.hasOwn(changed, object))
    return false;
  return changed[object]?.some((field) => valueOf(values, field) !== undefined) === true;
}

function valueOf(given: unknown, key: string): unknown {
  return typeof given === "object" && given !== null && Object.hasOwn(given, key) ? Reflect.get(given, key) : undefined;
}

/** Whether a request is sure to be refused without a signature over it. */
export function needsSignature(
  rules: readonly StepUp[],
  path: Readonly<Record<string, string>>,
  body: unknown,
): boolean {
  return rules.some(
    (rule) => rule === "act" || (typeof rule === "object" && askedBy(rule, { ...Object(body), ...path }) === "act"),
  );
}
