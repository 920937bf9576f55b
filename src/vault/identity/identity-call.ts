// What a handler of identity is given for one call: a part of the vault's Call, and what the signature proved.
import type { EcPublicJwk } from "../../contract/http-signature.ts";
import type { Tx } from "../db/database.ts";
import type { NotedEntry } from "../ledger/entry.ts";
import type { Assurance } from "./tables.ts";

/** Signed by a bound device with a session that has not ended. */
export interface DeviceIdentity {
  readonly kind: "device";
  readonly userId: string;
  readonly device: { readonly id: string; readonly family: string; readonly thumbprint: string };
  readonly session: {
    readonly id: string;
    readonly assurance: Assurance;
    readonly startedAt: Date;
    readonly expiresAt: Date;
  };
  /** Unconfirmed devices see masks only. */
  readonly confirmed: boolean;
  /** When the person last proved that it is he or she. */
  readonly mfaAt: Date;
  /** Until when that covers acts which ask for it; in the past when it does not any more. */
  readonly mfaUntil: Date;
  readonly locked: boolean;
  readonly authority: string;
}

/** Signed by a key that the body names: nobody in particular. */
export interface KeyIdentity {
  readonly kind: "key";
  readonly thumbprint: string;
  readonly jwk: EcPublicJwk;
  readonly authority: string;
}

export type AuthenticatedAs = DeviceIdentity | KeyIdentity;

export interface IdentityCall {
  readonly now: Date;
  readonly ip?: string | undefined;
  readonly userAgent?: string | undefined;
  readonly identity: AuthenticatedAs;
  note(draft: NotedEntry): void;
  write<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
}
