// Before anybody is signed in: what the installation is, whether a password would do, and the enrolment of the owner by
// the code on the console.
import { Problem } from "../../contract/problem.ts";
import type { Tx } from "../db/database.ts";
import { systemScope } from "../db/database.ts";
import type { IdentityHandlers } from "./handlers.ts";
import type { IdentityCall } from "./identity-call.ts";
import { chargeCode, requireKey, type Room, sourceOfCall } from "./room.ts";
import { passkeyState } from "./settings.ts";
import { base32, matchTotp, newTotpSecret, totpUrl } from "./totp.ts";

type Setup = Pick<
  IdentityHandlers,
  "installation.status" | "password.check" | "enrolment.check" | "enrolment.begin" | "enrolment.complete"
>;

export function setupHandlers(room: Room): Setup {
  const isSetUp = (tx: Tx): Promise<boolean> => room.credentials.any(tx);
  return {
    "installation.status": async (call) => {
      const { authority } = requireKey(call);
      return {
        setUp: await room.db.tx(systemScope("identity"), isSetUp),
        serverTime: call.now.toISOString(),
        version: room.settings.version,
        languages: ["zh-CN", "en"],
        passkeys: passkeyState(room.settings, authority),
        host: authority,
      };
    },

    "password.check": async (call, { password, personal }) => {
      room.rate.take(sourceOfCall(call), call.now);
      const { acceptable, score, feedback } = await room.policy.judge(password, personal);
      return { acceptable, score, feedback: [...feedback] };
    },

    "enrolment.check": async (call, { code }) => {
      requireKey(call);
      demandCode(room, call, code, "enrolment.check");
      return { done: true };
    },

    "enrolment.begin": async (call, { code, email }) => {
      const { thumbprint } = requireKey(call);
      demandCode(room, call, code, "enrolment.begin");
      const secret = newTotpSecret();
      room.strangerTotpSetups.set(`enrolment ${thumbprint}`, sourceOfCall(call), secret, call.now);
      return { totp: { secret: base32(secret), url: totpUrl(secret, "Strongroom", email) } };
    },

    "enrolment.complete": async (call, input) => {
      const key = requireKey(call);
      demandCode(room, call, input.code, "enrolment.complete");
      const secret = room.strangerTotpSetups.get(`enrolment ${key.thumbprint}`, call.now);
      if (secret === undefined) throw new Problem("handle_expired");
      const step = matchTotp(secret, { code: input.totpCode }, call.now, -1);
      if (step === undefined) throw new Problem("credentials_wrong");
      await room.policy.require(input.password, [input.company, input.name, input.email]);
      const password = await room.hasher.hash(input.password);
      return room.enrolment.use(async () =>
        call.write(async (tx) => {
          // One owner only, also when two consoles race.
          await tx.query("select pg_advisory_xact_lock(hashtext('strongroom enrolment'))");
          if (await isSetUp(tx)) throw new Problem("already_set_up");
          const { userId } = await room.people.createOwner(tx, input);
          const rows = [
            await room.credentials.put(tx, userId, "password", password, call.now),
            await room.credentials.put(tx, userId, "totp", { secret: secret.toString("base64") }, call.now, step),
          ];
          const bound = await room.binding.bind(tx, {
            userId,
            key,
            assurance: "enrolment",
            confirmedBy: "enrolment",
            keepOthers: true,
            now: call.now,
            ip: call.ip,
            userAgent: call.userAgent,
          });
          call.note({
            action: "enrolment.complete",
            by: { personId: userId, deviceId: bound.signedIn.deviceId },
            result: "ok",
            object: "user",
            objectIds: [userId],
            rows: [...rows, ...bound.rows],
          });
          tx.afterCommit(() => room.strangerTotpSetups.delete(`enrolment ${key.thumbprint}`));
          return bound.signedIn;
        }),
      );
    },
  };
}

/** Throws Problem `code_invalid` for another code than the console's, and `too_many` for a source that has guessed enough. */
export function demandCode(room: Room, call: IdentityCall, code: string, action: string): void {
  const right = chargeCode(room, call);
  if (!room.enrolment.matches(code)) {
    call.note({ action, result: "refused", problem: "code_invalid" });
    throw new Problem("code_invalid");
  }
  right();
}
