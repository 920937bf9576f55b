// Acts on people's ways in, with what they ask of the actor's rights: identity knows who somebody is, not what he may do.
import { type Call, byPerson } from "../call.ts";
import type { Identity } from "../identity/identity.ts";
import type { Records } from "../records/deps.ts";
import type { Handlers } from "../verbs.ts";
import { demandAuthority, demandOverOwner } from "../access/authority.ts";

type Guarded = "stepUp.prove" | "invitation.create" | "person.confirmDevice" | "person.revokeDevice";

export function waysIn(records: Records, { handlers }: Identity): Pick<Handlers, Guarded> {
  // Whoever opens the link, or uses the device, has that person's rights.
  const demandRightsOf = (call: Call, userId: string): void => demandAuthority(records, byPerson(call).access, userId);
  return {
    "stepUp.prove": async (call, input) => {
      const proved = await handlers["stepUp.prove"](call, input);
      records.meter.confirmed(byPerson(call).access.userId, call.now);
      return proved;
    },
    "invitation.create": (call, input) => {
      demandRightsOf(call, input.userId);
      return handlers["invitation.create"](call, input);
    },
    "person.confirmDevice": (call, input) => {
      demandRightsOf(call, input.userId);
      return handlers["person.confirmDevice"](call, input);
    },
    "person.revokeDevice": (call, input) => {
      demandOverOwner(records.directory, byPerson(call).access, input.userId);
      return handlers["person.revokeDevice"](call, input);
    },
  };
}
