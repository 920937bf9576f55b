// How a verb of the vault is declared: input, output, permission, meter, effect and step-up are all required, so none can be
// forgotten.
import type { z } from "zod";

/** What can be done with the records of an object. */
export const recordActions = ["view", "create", "edit", "delete", "import", "export"] as const;
export type RecordAction = (typeof recordActions)[number];

/** Rights that are not about one object's records. */
export const capabilities = [
  "people.manage",
  "roles.manage",
  "fields.define",
  "audit.view",
  "recycle.manage",
  "backups.manage",
] as const;
export type Capability = (typeof capabilities)[number];

/**
 * Who may call: `anonymous` anyone whose request is signed by the key it carries; `self` any signed-in person about his
 * own things; a record action on the object the input names in `object`; or a capability.
 */
export type Permission = "anonymous" | "self" | { readonly record: RecordAction } | { readonly may: Capability };

/**
 * What a verb changes: `read` nothing but the log; `own` only the caller's own ways in (devices, sessions, credentials);
 * `write` anything else, which asks for a confirmed device.
 */
export type Effect = "read" | "own" | "write";

/**
 * What a call counts against a person's allowances. The gate asks for one of it before the handler runs, and gives no
 * answer unless the handler has noted how many it were. Exact matches of
 * restricted values are counted besides, by whatever call makes them (`matched`; `compared` when a file does).
 */
export type Meter = "none" | "listed" | "opened" | "revealed" | "written";

/**
 * What a verb asks of the person beyond a signed-in device (docs/decisions/0004-step-up.md): nothing; `recent`, a
 * confirmation at most 30 minutes old; `act`, his signature over this very request; `actOnceSettled`, the same, but
 * `recent` for the first minutes of whoever has just joined; or the signature where the input calls for it.
 */
export type StepUp = "none" | "recent" | "act" | "actOnceSettled" | ActWhen;

/** Calls for the signature: a list of the input that is longer, or a change of one of these fields, by object. */
export interface ActWhen {
  readonly longer?: { readonly list: string; readonly than: number };
  readonly changed?: Readonly<Record<string, readonly string[]>>;
}

export interface VerbDefinition {
  readonly input: z.ZodType;
  readonly output: z.ZodType;
  readonly permission: Permission;
  readonly meter: Meter;
  readonly effect: Effect;
  readonly stepUp: StepUp;
  /**
   * No act of its own: pages ask it by themselves or again and again, and its answer bears no customer's value. No entry
   * when it succeeds; a refusal has one.
   */
  readonly logged?: false;
}

export function defineVerbs<const T extends Record<string, VerbDefinition>>(verbs: T): T {
  return verbs;
}
