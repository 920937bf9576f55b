// Approvals of single acts: nonces given out, and what was signed, until the request it is for arrives. In memory only:
// a restart costs one more signature.
import { randomBytes } from "node:crypto";
import { parseContentDigest, toBase64 } from "../../contract/http-signature.ts";
import { Problem } from "../../contract/problem.ts";
import type { Asked } from "../../contract/step-up.ts";
import type { ActRecord } from "../ledger/act-record.ts";
import type { DeviceIdentity } from "./identity-call.ts";
import { MemoryMap } from "./memory-map.ts";
import { approvalMs, challengeMs, joiningMs } from "./settings.ts";

/** One request to the byte. */
export interface ActRequest {
  readonly method: string;
  readonly path: string;
  /** Content-Digest of the body, SHA-256 alone; null: no body. */
  readonly digest: string | null;
}

/** What was approved: `record` for the ledger's body, `opening` for its sealed part, since it tells of the request's body. */
export interface Approval {
  readonly record: ActRecord;
  readonly opening: { readonly nonce: string; readonly digest: string | null };
}

interface Nonce {
  readonly nonce: string;
  readonly until: number;
}

/** Sheets that a person may have open on one device; an older one has to begin again. */
const noncesPerDevice = 8;

export class Acts {
  readonly #nonces: MemoryMap<readonly Nonce[]>;
  readonly #approved: MemoryMap<Approval>;

  constructor(limit: number) {
    this.#nonces = new MemoryMap({ lifetimeMs: challengeMs, limit });
    this.#approved = new MemoryMap({ lifetimeMs: approvalMs, limit });
  }

  /** A nonce for this device alone. */
  begin(deviceId: string, now: Date): { nonce: string; expiresAt: Date } {
    const nonce = randomBytes(32).toString("base64url");
    const expiresAt = new Date(now.getTime() + challengeMs);
    const kept = this.#live(deviceId, now).slice(1 - noncesPerDevice);
    this.#nonces.set(deviceId, deviceId, [...kept, { nonce, until: expiresAt.getTime() }], now);
    return { nonce, expiresAt };
  }

  /** Throws Problem `act_signature_invalid` for a nonce that is unknown, used or too old. */
  demandNonce(deviceId: string, nonce: string, now: Date): void {
    if (!this.#live(deviceId, now).some((one) => one.nonce === nonce)) throw new Problem("act_signature_invalid");
  }

  /** Uses the nonce up. Throws as {@link demandNonce}, so of two answers to one nonce only the first counts. */
  takeNonce(deviceId: string, nonce: string, now: Date): void {
    this.demandNonce(deviceId, nonce, now);
    const left = this.#live(deviceId, now).filter((one) => one.nonce !== nonce);
    this.#nonces.set(deviceId, deviceId, left, now);
  }

  approve(deviceId: string, request: ActRequest, approval: Approval, now: Date): Date {
    return this.#approved.set(keyOf(deviceId, request), deviceId, approval, now);
  }

  /** The approval of exactly this request by this device; it is gone afterwards. Throws Problem `act_signature_required`. */
  take(deviceId: string, request: ActRequest, now: Date): Approval {
    const approval = this.#approved.take(keyOf(deviceId, request), now);
    if (approval === undefined) throw new Problem("act_signature_required");
    return approval;
  }

  #live(deviceId: string, now: Date): readonly Nonce[] {
    return (this.#nonces.get(deviceId, now) ?? []).filter((one) => one.until > now.getTime());
  }
}

/**
 * Holds a request against what its verb asks for. Returns the approval where one was asked for and used. Throws Problem
 * `device_unconfirmed`, `step_up_needed` or `act_signature_required`.
 */
export function demandStepUp(
  acts: Acts,
  asked: Asked,
  identity: DeviceIdentity,
  request: ActRequest,
  now: Date,
): Approval | undefined {
  if (asked === "none") return undefined;
  if (!identity.confirmed) throw new Problem("device_unconfirmed");
  if (asked === "act" || (asked === "actOnceSettled" && !hasJustJoined(identity, now)))
    return acts.take(identity.device.id, request, now);
  if (identity.mfaUntil <= now) throw new Problem("step_up_needed");
  return undefined;
}

/** Password and code were set moments ago on this very device; there is nothing yet that somebody else could take over. */
function hasJustJoined({ session }: DeviceIdentity, now: Date): boolean {
  const joined = session.assurance === "enrolment" || session.assurance === "invitation";
  return joined && now.getTime() - session.startedAt.getTime() < joiningMs;
}

/** The request of an envelope whose signature was verified, and with it that the digest is its body's. */
export function actRequestOf(method: string, path: string, contentDigest: string | undefined): ActRequest {
  const digest = contentDigest === undefined ? null : `sha-256=:${toBase64(parseContentDigest(contentDigest))}:`;
  return { method, path, digest };
}

function keyOf(deviceId: string, { method, path, digest }: ActRequest): string {
  return `${deviceId} ${method} ${path} ${digest ?? "-"}`;
}
