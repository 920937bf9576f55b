// Signing in: password, then a code; or a passkey alone. An unknown e-mail costs the same time and gets the same answer
// as a wrong password, and no stranger's guessing ever locks the rightful person out (see guess-limits.ts).
import { setTimeout as sleep } from "node:timers/promises";
import type { SignedIn } from "../../contract/identity-shapes.ts";
import { Problem } from "../../contract/problem.ts";
import { systemScope } from "../db/database.ts";
import type { CredentialSet } from "./credentials.ts";
import type { Lane } from "./guess-limits.ts";
import type { IdentityHandlers } from "./handlers.ts";
import type { IdentityCall, KeyIdentity } from "./identity-call.ts";
import { nextCodeNeeded, proveRecovery, proveTotp, type UseUp, wrong } from "./proofs.ts";
import { type Attempt, chargeCode, requireKey, type Room, sourceOfCall } from "./room.ts";
import type { Assurance, Confirmation } from "./tables.ts";
import type { TotpTry } from "./totp.ts";

/** Answers of the password step leave on a grid of so many ms, so that their time tells nothing. */
const gridMs = 100;
/** Wrong codes after which the password is asked for again. */
const wrongCodes = 5;

type SignIn = Pick<
  IdentityHandlers,
  "signIn.password" | "signIn.totp" | "signIn.recovery" | "signIn.passkeyOptions" | "signIn.passkey"
>;

export function signInHandlers(room: Room): SignIn {
  return {
    "signIn.password": async (call, { email, password }) => {
      const key = requireKey(call);
      room.rate.take(sourceOfCall(call), call.now);
      const started = performance.now();
      try {
        return await tryPassword(room, call, key, email, password);
      } finally {
        await sleep(gridMs - ((performance.now() - started) % gridMs));
      }
    },

    "signIn.totp": async (call, { code, nextCode, keepOthers }) => {
      const key = requireKey(call);
      const attempt = loadAttempt(room, call, key);
      const useUp = await tryTotp(room, call, attempt, { code, nextCode });
      return finish(room, call, key, {
        attempt,
        useUp,
        assurance: "password_totp",
        confirmedBy: undefined,
        keepOthers,
      });
    },

    "signIn.recovery": async (call, { recoveryCode, keepOthers }) => {
      const key = requireKey(call);
      room.rate.take(sourceOfCall(call), call.now);
      const attempt = loadAttempt(room, call, key);
      const right = chargeCode(room, call);
      const recovery =
        attempt.userId === undefined ? undefined : (await loadCredentials(room, attempt.userId)).recovery;
      const useUp = recovery && proveRecovery(room, recovery, recoveryCode, call.now);
      if (useUp === undefined) return refuseCode(room, call, key, attempt, "sign_in.recovery");
      right();
      return finish(room, call, key, {
        attempt,
        useUp,
        assurance: "password_recovery",
        confirmedBy: undefined,
        keepOthers,
      });
    },

    "signIn.passkeyOptions": async (call) => {
      const key = requireKey(call);
      room.passkeys.requirePossible(key.authority);
      return room.passkeys.request(`key:${key.thumbprint}`, "sign_in", call.now, undefined, sourceOfCall(call));
    },

    "signIn.passkey": async (call, { response, keepOthers }) => {
      const key = requireKey(call);
      room.rate.take(sourceOfCall(call), call.now);
      const passkey = await room.db.tx(systemScope("identity"), (tx) => room.credentials.findPasskey(tx, response.id));
      const person = passkey && (await room.people.load(passkey.row.userId).catch(absent));
      if (passkey === undefined || person?.status !== "active") {
        call.note({ action: "sign_in.passkey", result: "refused", problem: "credentials_wrong" });
        throw new Problem("credentials_wrong");
      }
      const { userId } = passkey.row;
      const secret = await room.passkeys
        .verifyAssertion(`key:${key.thumbprint}`, "sign_in", response, passkey, call.now)
        .catch((error: unknown) => {
          call.note({
            action: "sign_in.passkey",
            result: "refused",
            problem: "credentials_wrong",
            object: "user",
            objectIds: [userId],
          });
          throw error;
        });
      const useUp: UseUp = async (tx) => [await room.credentials.used(tx, passkey, call.now, { secret })];
      return finish(room, call, key, {
        attempt: { userId },
        useUp,
        assurance: "passkey",
        confirmedBy: "passkey",
        keepOthers,
      });
    },
  };
}

async function tryPassword(room: Room, call: IdentityCall, key: KeyIdentity, email: string, password: string) {
  const source = sourceOfCall(call);
  const found = await room.people.findByEmail(email);
  const userId = found?.status === "active" ? found.userId : undefined;
  const [credentials, device] = await room.db.tx(systemScope("identity"), async (tx) => {
    // A person of no existence is asked for too, so that both ways cost the same queries.
    const id = userId ?? "00000000-0000-0000-0000-000000000000";
    return [await room.credentials.load(tx, id), await room.binding.findDevice(tx, id, key.thumbprint)] as const;
  });
  const account = userId ?? `email ${email.normalize("NFKC").trim().toLowerCase()}`;
  const lanes: [Lane, string][] =
    device === undefined
      ? [
          ["password.account", account],
          ["password.source", source],
        ]
      : [["password.device", device.id]];
  const joint = lanes.some(([lane, subject]) => room.limits.spent(lane, subject, call.now));
  const refunds = lanes.map(([lane, subject]) => room.limits.charge(lane, subject, call.now));
  const right = await room.hasher.verify(password, credentials.password?.secret);
  if (right) for (const refund of refunds) refund();
  else await room.limits.save();

  if (!right && !joint) {
    call.note({
      action: "sign_in.password",
      result: "refused",
      problem: "credentials_wrong",
      ...(userId !== undefined && { object: "user", objectIds: [userId] }),
    });
    throw wrong(false);
  }
  const attempt: Attempt = { userId: right ? userId : undefined, deviceId: device?.id, account, joint, wrong: 0 };
  const expiresAt = room.attempts.set(key.thumbprint, source, attempt, call.now);
  const nextCode = joint || nextCodeNeeded(room, account, { deviceId: device?.id, source }, call.now);
  return {
    factors: ["totp" as const, "recovery" as const],
    nextCodeNeeded: nextCode,
    expiresAt: expiresAt.toISOString(),
  };
}

/** Throws Problem `handle_expired` when the password was given too long ago, or to a vault that has since restarted. */
function loadAttempt(room: Room, call: IdentityCall, key: KeyIdentity): Attempt {
  const attempt = room.attempts.get(key.thumbprint, call.now);
  if (attempt === undefined) throw new Problem("handle_expired");
  return attempt;
}

async function tryTotp(room: Room, call: IdentityCall, attempt: Attempt, given: TotpTry): Promise<UseUp> {
  const key = requireKey(call);
  if (attempt.joint && given.nextCode === undefined) throw wrong(true);
  const { totp } =
    attempt.userId === undefined ? ({} as Partial<CredentialSet>) : await loadCredentials(room, attempt.userId);
  const useUp =
    totp && proveTotp(room, totp, given, { deviceId: attempt.deviceId, source: sourceOfCall(call) }, call.now);
  return useUp ?? refuseCode(room, call, key, attempt, "sign_in.totp");
}

async function refuseCode(
  room: Room,
  call: IdentityCall,
  key: KeyIdentity,
  attempt: Attempt,
  action: string,
): Promise<never> {
  attempt.wrong += 1;
  if (attempt.wrong >= wrongCodes) room.attempts.delete(key.thumbprint);
  call.note({
    action,
    result: "refused",
    problem: "credentials_wrong",
    ...(attempt.userId !== undefined && { object: "user", objectIds: [attempt.userId] }),
  });
  await room.limits.save();
  throw wrong(
    attempt.joint ||
      nextCodeNeeded(room, attempt.account, { deviceId: attempt.deviceId, source: sourceOfCall(call) }, call.now),
  );
}

interface Finish {
  readonly attempt: Pick<Attempt, "userId">;
  readonly useUp: UseUp;
  readonly assurance: Assurance;
  readonly confirmedBy: Confirmation | undefined;
  readonly keepOthers: boolean | undefined;
}

/** Uses the proof up, binds the key and opens the session, all in one transaction with its entry. */
async function finish(
  room: Room,
  call: IdentityCall,
  key: KeyIdentity,
  { attempt, useUp, assurance, confirmedBy, keepOthers }: Finish,
): Promise<SignedIn> {
  const { userId } = attempt;
  // A person may have been disabled since the password was given.
  if (userId === undefined || (await room.people.load(userId)).status !== "active")
    throw new Problem("credentials_wrong");
  try {
    return await call.write(async (tx) => {
      const used = await useUp(tx);
      const bound = await room.binding.bind(tx, {
        userId,
        key,
        assurance,
        confirmedBy,
        keepOthers: keepOthers ?? false,
        now: call.now,
        ip: call.ip,
        userAgent: call.userAgent,
      });
      const action =
        assurance === "passkey"
          ? "sign_in.passkey"
          : assurance === "password_totp"
            ? "sign_in.totp"
            : "sign_in.recovery";
      const by = { personId: userId, deviceId: bound.signedIn.deviceId };
      call.note({ action, by, result: "ok", object: "user", objectIds: [userId], rows: [...used, ...bound.rows] });
      if (bound.newDevice)
        call.note({
          action: "device.bind",
          by,
          result: "ok",
          object: "device",
          objectIds: [bound.signedIn.deviceId],
          listedIds: [userId],
        });
      if (bound.signedIn.replacedDeviceId !== undefined)
        call.note({
          action: "device.replace",
          by,
          result: "ok",
          object: "device",
          objectIds: [bound.signedIn.replacedDeviceId],
          listedIds: [userId],
        });
      tx.afterCommit(() => room.attempts.delete(key.thumbprint));
      return bound.signedIn;
    });
  } catch (error) {
    // The same code shown twice at once: the second is a wrong one.
    if (error instanceof Problem && error.code === "conflict") throw wrong(false);
    throw error;
  }
}

function loadCredentials(room: Room, userId: string): Promise<CredentialSet> {
  return room.db.tx(systemScope("identity"), (tx) => room.credentials.load(tx, userId));
}

/** A person who is gone; anything else, such as a row that was tampered with, is no wrong credential. */
function absent(error: unknown): undefined {
  if (!(error instanceof Problem) || error.code !== "not_found") throw error;
}
