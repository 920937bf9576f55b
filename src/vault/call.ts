// What a verb's handler is given: who asks, what he may do, and the two ways to act, both of which leave their ledger
// entry before anything leaves the vault.
import { Problem } from "../contract/problem.ts";
import type { Access } from "./access/access.ts";
import type { Tx } from "./db/database.ts";
import type { AuthenticatedAs, DeviceIdentity, IdentityCall } from "./identity/identity-call.ts";
import type { NotedEntry, RowChange } from "./ledger/entry.ts";
import type { MeterHold } from "./watch/meter.ts";

export type { NotedEntry };

/** A call by anybody: the identity says who, or that it is nobody in particular. */
export interface Call extends IdentityCall {
  readonly identity: AuthenticatedAs;
  readonly requestId: string;
  readonly endpoint: string;
  /** Rights of the signed-in person; undefined for callers without a session. */
  readonly access: Access | undefined;
  /** What the person's allowances grant this call; undefined for callers without a session. */
  readonly meter: MeterHold | undefined;
}

/** A call by a signed-in person: what every permission but `anonymous` guarantees. */
export interface PersonCall extends Call {
  readonly identity: DeviceIdentity;
  readonly access: Access;
  readonly meter: MeterHold;
}

/** Narrows a call to one by a person. Throws Problem `device_unknown`; the pipeline has checked it before. */
export function byPerson(call: Call): PersonCall {
  if (call.identity.kind !== "device" || call.access === undefined || call.meter === undefined)
    throw new Problem("device_unknown");
  // All parts were just checked; TypeScript does not narrow an interface by its members.
  return call as PersonCall;
}

export type TransactionWork<T> = (tx: Tx) => Promise<T>;

/** Ends what a person may do by himself, in the transaction that disables him. */
export type EndPerson = (tx: Tx, personId: string, now: Date) => Promise<RowChange[]>;
