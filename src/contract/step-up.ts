// Reads what a verb asks of the person. Vault and clients use the same rule, so that a client can ask for the signature
// before it sends, and the vault refuses whoever did not. No schema is imported: this goes to the browser.
import type { StepUp } from "./verb.ts";

/** A rule without conditions about the input. */
export type Asked = Extract<StepUp, string>;

/** What a rule asks for this input. */
export function askedBy(rule: StepUp, input: unknown): Asked {
  if (typeof rule === "string") return rule;
  const list: unknown = typeof input === "object" && input !== null ? Reflect.get(input, rule.of) : undefined;
  return Array.isArray(list) && list.length > rule.actAbove ? "act" : "none";
}

/** Whether a request is sure to be refused without a signature over it. */
export function needsSignature(rules: readonly StepUp[], body: unknown): boolean {
  return rules.some((rule) => askedBy(rule, body) === "act");
}
