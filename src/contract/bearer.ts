// The closed list of secrets that open something by being known (invariant 3). Everything else needs the private key of
// a bound device. A test finds every place of the API that takes such a code and compares it with this list.
import type { EndpointName } from "./endpoints.ts";

export interface BearerException {
  /** The endpoints that take the secret, with the member of the body it stands in. */
  readonly taken: readonly { readonly endpoint: EndpointName; readonly member: string }[];
  /** Why no key can be asked for instead. */
  readonly reason: string;
  /** What keeps a copy of it from being worth much. */
  readonly bounds: string;
}

export const bearerExceptions: Readonly<Record<string, BearerException>> = {
  enrolmentCode: {
    taken: [
      { endpoint: "checkEnrolment", member: "code" },
      { endpoint: "beginEnrolment", member: "code" },
      { endpoint: "completeEnrolment", member: "code" },
      { endpoint: "sendRestorePart", member: "code" },
      { endpoint: "beginRestore", member: "code" },
      { endpoint: "readRestore", member: "code" },
    ],
    reason: "Nobody has a device yet; who can read the console of the machine owns it anyway.",
    bounds: "Only while there is no owner; new at each start; used up by the first enrolment, or by a restore.",
  },
  invitationCode: {
    taken: [
      { endpoint: "inspectInvitation", member: "code" },
      { endpoint: "acceptInvitation", member: "code" },
    ],
    reason: "The person invited has no device yet and is reached through a channel that is not ours.",
    bounds:
      "140 bits; one use, by POST; seven days, one hour from the console; void once the person is active, disabled or invited anew.",
  },
  recoveryCode: {
    taken: [{ endpoint: "signInRecovery", member: "recoveryCode" }],
    reason: "Replaces a lost authenticator, so it cannot ask for one.",
    bounds: "Only after the right password from the same key; one use; the device it binds sees masks until confirmed.",
  },
};
