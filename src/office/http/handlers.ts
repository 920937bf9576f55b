// What the office does for each endpoint. A row with one verb and nothing to compute needs no code of its own: its verb
// is called and its answer passed on. Sales rules that compute stand in src/office/crm.
import type { Match } from "../../contract/router.ts";
import type { VaultHandle } from "../vault-client.ts";

export interface HandlerInput {
  readonly handle: VaultHandle;
}

export type Handler = (input: HandlerInput) => Promise<unknown>;

/** Throws when a row with several verbs has no handler: that is a mistake of ours, found by its test. */
export function handlerOf(match: Match): Handler {
  const [only, ...more] = Object.keys(match.endpoint.verbs);
  if (only === undefined || more.length > 0) throw new Error(`endpoint ${match.name} needs a handler`);
  return ({ handle }) => handle.call(only);
}
