// Checking what a person shows: password, codes, passkey. Each wrong one is counted before its outcome is known, and
// each right one is used up so that it can never be shown twice.
import { Problem } from "../../contract/problem.ts";
import type { ActProof, Proof } from "../../contract/identity-shapes.ts";
import type { Tx } from "../db/database.ts";
import { systemScope } from "../db/database.ts";
import type { RowChange } from "../ledger/entry.ts";
import type { Credential, CredentialSet } from "./credentials.ts";
import { type Lane, tooManyToday } from "./guess-limits.ts";
import type { DeviceIdentity, IdentityCall } from "./identity-call.ts";
import { chargeCode, codeHash, type Room } from "./room.ts";
import { sameBytes } from "./secret-code.ts";
import { matchTotp, type TotpTry } from "./totp.ts";

/** Who guesses codes: a bound device of the person, or a stranger from some source. */
export interface Guesser {
  readonly deviceId: string | undefined;
  readonly source: string;
}

/** Writes what a right proof uses up. Throws Problem `conflict` when the same one was shown twice at once. */
export type UseUp = (tx: Tx) => Promise<RowChange[]>;

/** True when one code alone is not enough any more today; the next try must bring two that follow each other. */
export function nextCodeNeeded(room: Room, account: string, guesser: Guesser, now: Date): boolean {
  return (
    room.limits.spent("code.account", account, now) ||
    (guesser.deviceId === undefined && room.limits.spent("code.source", guesser.source, now))
  );
}

/**
 * Checks TOTP codes within the day's budgets. Returns how to use the code up, or undefined for a wrong one. Throws
 * Problem `credentials_wrong` with `nextCodeNeeded` (uncounted) when a second code must come with it.
 */
export function proveTotp(
  room: Room,
  credential: Credential<"totp">,
  given: TotpTry,
  guesser: Guesser,
  now: Date,
): UseUp | undefined {
  const account = credential.row.userId;
  const pair = given.nextCode !== undefined;
  if (!pair && nextCodeNeeded(room, account, guesser, now)) throw wrong(true);
  const lanes: [Lane, string][] = pair
    ? [guesser.deviceId === undefined ? ["pair.account", account] : ["pair.device", guesser.deviceId]]
    : [
        ["code.account", account],
        ...(guesser.deviceId === undefined ? [["code.source", guesser.source] as [Lane, string]] : []),
      ];
  if (lanes.some(([lane, subject]) => room.limits.spent(lane, subject, now))) return undefined;
  const refunds = lanes.map(([lane, subject]) => room.limits.charge(lane, subject, now));
  const secret = Buffer.from(credential.secret.secret, "base64");
  const step = matchTotp(secret, given, now, credential.row.lastTotpStep ?? -1);
  if (step === undefined) return undefined;
  for (const refund of refunds) refund();
  return async (tx) => [await room.credentials.used(tx, credential, now, { step })];
}

/** Checks a recovery code (80 bits, counted per source by the caller). */
export function proveRecovery(
  room: Room,
  credential: Credential<"recovery">,
  code: string,
  now: Date,
): UseUp | undefined {
  const hash = codeHash(room, "recovery", code);
  const { hashes } = credential.secret;
  const left = hashes.filter((known) => !sameBytes(Buffer.from(known, "base64"), hash));
  if (left.length === hashes.length) return undefined;
  return async (tx) => [await room.credentials.used(tx, credential, now, { secret: { hashes: left } })];
}

/**
 * Checks a proof from a bound device with a session (unlock, step-up, an act). A passkey answers the challenge given out
 * last for a step-up, or `challenge`, that of an act. Throws Problem `credentials_wrong`, and `too_many` when the
 * device's passwords or the source's codes of the day are used up.
 */
export async function proveOnDevice(
  room: Room,
  call: IdentityCall,
  identity: DeviceIdentity,
  proof: Proof | ActProof,
  challenge?: string,
): Promise<UseUp> {
  const credentials = await room.db.tx(systemScope("identity"), (tx) => room.credentials.load(tx, identity.userId));
  const useUp = await check(room, call, identity, credentials, proof, challenge);
  if (useUp === undefined) {
    await room.limits.save();
    throw wrong(nextCodeNeeded(room, identity.userId, { deviceId: identity.device.id, source: "" }, call.now));
  }
  return useUp;
}

async function check(
  room: Room,
  call: IdentityCall,
  identity: DeviceIdentity,
  credentials: CredentialSet,
  proof: Proof | ActProof,
  challenge: string | undefined,
): Promise<UseUp | undefined> {
  switch (proof.with) {
    case "password": {
      if (room.limits.spent("password.device", identity.device.id, call.now)) throw tooManyToday(call.now);
      const refund = room.limits.charge("password.device", identity.device.id, call.now);
      if (!(await room.hasher.verify(proof.password, credentials.password?.secret))) return undefined;
      refund();
      return async () => [];
    }
    case "totp":
      return (
        credentials.totp &&
        proveTotp(room, credentials.totp, proof, { deviceId: identity.device.id, source: "" }, call.now)
      );
    case "recovery": {
      const right = chargeCode(room, call);
      const useUp = credentials.recovery && proveRecovery(room, credentials.recovery, proof.recoveryCode, call.now);
      if (useUp !== undefined) right();
      return useUp;
    }
    case "passkey": {
      const passkey = credentials.passkeys.find((candidate) => candidate.secret.credentialId === proof.response.id);
      if (passkey === undefined) return undefined;
      const asker = `device:${identity.device.id}` as const;
      const secret = await (challenge === undefined
        ? room.passkeys.verifyAssertion(asker, "step_up", proof.response, passkey, call.now)
        : room.passkeys.verifyAnswer(challenge, proof.response, passkey));
      return async (tx) => [await room.credentials.used(tx, passkey, call.now, { secret })];
    }
  }
}

export function wrong(nextCode: boolean): Problem {
  return new Problem("credentials_wrong", { extra: { nextCodeNeeded: nextCode } });
}
