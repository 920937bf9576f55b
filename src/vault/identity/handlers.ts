// All verbs of identity in one object; a missing one does not compile.
import type { z } from "zod";
import type { IdentityVerbs } from "../../contract/identity-verbs.ts";
import { actHandlers } from "./act-verbs.ts";
import { credentialHandlers } from "./credential-verbs.ts";
import { deviceHandlers } from "./device-verbs.ts";
import type { IdentityCall } from "./identity-call.ts";
import { invitationHandlers } from "./invitation-verbs.ts";
import type { Room } from "./room.ts";
import { sessionHandlers } from "./session-verbs.ts";
import { setupHandlers } from "./setup-verbs.ts";
import { signInHandlers } from "./sign-in-verbs.ts";

export type IdentityHandlers = {
  readonly [V in keyof IdentityVerbs]: (
    call: IdentityCall,
    input: z.infer<IdentityVerbs[V]["input"]>,
  ) => Promise<z.infer<IdentityVerbs[V]["output"]>>;
};

export function handlersOf(room: Room): IdentityHandlers {
  return {
    ...setupHandlers(room),
    ...invitationHandlers(room),
    ...signInHandlers(room),
    ...sessionHandlers(room),
    ...deviceHandlers(room),
    ...credentialHandlers(room),
    ...actHandlers(room),
  };
}
