// Who stands behind a request, as the ledger's entries name him.
import type { EnvelopeHead } from "../contract/channel.ts";
import type { AuthenticatedAs } from "./identity/identity-call.ts";
import type { ActorRef } from "./ledger/entry.ts";

/** A request as far as it is known: without an identity its signature was refused, or never looked at. */
export interface Asked {
  readonly envelope: EnvelopeHead;
  readonly requestId: string;
  readonly identity: AuthenticatedAs | undefined;
}

export function actorOf({ envelope, requestId, identity }: Asked): ActorRef {
  const from = { ip: envelope.ip, userAgent: envelope.userAgent, requestId };
  if (identity?.kind !== "device") return { kind: "anonymous", ...from };
  return {
    kind: "person",
    personId: identity.userId,
    deviceId: identity.device.id,
    sessionId: identity.session.id,
    ...from,
  };
}
