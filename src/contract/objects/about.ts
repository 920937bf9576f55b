// The references by which follow-ups, to-dos and comments say what they are about. What names a contact or an
// opportunity also belongs to its account.
import type { FieldDefinition } from "../field.ts";

const link = { type: "reference", class: 1, purpose: "selling", retention: "with_record" } as const;

export const aboutFields = [
  { ...link, key: "account", target: "account", labels: { zh: "客户", en: "Account" }, listed: true },
  {
    ...link,
    key: "contact",
    target: "contact",
    labels: { zh: "联系人", en: "Contact" },
    inherits: ["account"],
    listed: true,
  },
  {
    ...link,
    key: "opportunity",
    target: "opportunity",
    labels: { zh: "商机", en: "Opportunity" },
    inherits: ["account"],
    listed: true,
  },
  { ...link, key: "lead", target: "lead", labels: { zh: "线索", en: "Lead" }, listed: true },
] as const satisfies readonly FieldDefinition[];

/** Whose key seals it: the person nearest to what is said; an opportunity lends that of its own account or contact. */
export const nearestFirst: readonly string[] = ["contact", "lead", "account", "opportunity"];

/** Who sees it: those who see the deal it was written for, else the person, else the company. */
export const closestWorkFirst: readonly string[] = ["opportunity", "lead", "contact", "account"];
