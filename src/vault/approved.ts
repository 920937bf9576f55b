// Carries the approval of one act into the ledger: what is signed stands in the entry's body, what tells of the request's
// body is sealed with the entry's detail.
import type { EnvelopeHead } from "../contract/channel.ts";
import { askedBy } from "../contract/step-up.ts";
import type { VerbDefinition } from "../contract/verb.ts";
import type { NotedEntry } from "./call.ts";
import { type Approval, actRequestOf } from "./identity/acts.ts";
import type { AuthenticatedAs } from "./identity/identity-call.ts";
import type { Identity } from "./identity/identity.ts";

/** The approval of a call, which its first entry bears: once, be there one entry or a hundred. */
export class Approved {
  #approval: Approval | undefined;
  readonly #personId: string;

  constructor(approval: Approval | undefined, personId: string) {
    this.#approval = approval;
    this.#personId = personId;
  }

  into(drafts: NotedEntry[]): NotedEntry[] {
    const [first, ...others] = drafts;
    if (this.#approval === undefined || first === undefined) return drafts;
    const { record, opening } = this.#approval;
    this.#approval = undefined;
    const { subjectId, value } = first.detail ?? { subjectId: this.#personId, value: {} };
    return [
      { ...first, act: record, detail: { subjectId, value: { ...Object(value), approved: opening } } },
      ...others,
    ];
  }
}

/** Nothing was asked for, and nothing is added. */
export const unasked = new Approved(undefined, "");

/** Holds a call against what its verb asks of the person; an act, against the very bytes that were signed. Throws Problems. */
export function stepUp(
  room: Pick<Identity, "stepUp">,
  { identity, envelope }: { readonly identity: AuthenticatedAs; readonly envelope: EnvelopeHead },
  verb: VerbDefinition,
  input: unknown,
): Approved {
  const asked = askedBy(verb.stepUp, input);
  if (identity.kind !== "device" || asked === "none") return unasked;
  const request = actRequestOf(envelope.method, envelope.target, envelope.headers["content-digest"]);
  return new Approved(room.stepUp(asked, identity, request), identity.userId);
}
