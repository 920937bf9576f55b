// Invitations: a link with a one-time code for a person whom the company has entered but who has never signed in. The
// code is used up only by accepting; looking at it (a chat app's preview, a second click) costs nothing.
import { Problem } from "../../contract/problem.ts";
import { systemScope } from "../db/database.ts";
import type { IdentityHandlers } from "./handlers.ts";
import type { IdentityCall } from "./identity-call.ts";
import { newInvitation } from "./invitations.ts";
import { chargeCode, codeHash, requireDevice, requireKey, type Room, sourceOfCall } from "./room.ts";
import { invitationMs } from "./settings.ts";
import type { InvitationRow } from "./tables.ts";
import type { Stored } from "./tagged-table.ts";
import { base32, matchTotp, newTotpSecret, totpUrl } from "./totp.ts";

export function invitationHandlers(
  room: Room,
): Pick<IdentityHandlers, "invitation.create" | "invitation.inspect" | "invitation.accept"> {
  return {
    "invitation.create": async (call, { userId }) => {
      const identity = requireDevice(call);
      const person = await room.people.load(userId);
      if (person.status !== "invited" || person.email === undefined) throw new Problem("conflict");
      return call.write(async (tx) => {
        const { rows, invitation } = await newInvitation(room, tx, {
          userId,
          createdBy: identity.userId,
          now: call.now,
          lifetimeMs: invitationMs,
        });
        call.note({ action: "invitation.create", result: "ok", object: "user", objectIds: [userId], rows });
        return invitation;
      });
    },

    "invitation.inspect": async (call, { code }) => {
      const { thumbprint } = requireKey(call);
      const invitation = await findOpen(room, call, code, "invitation.inspect");
      const person = await room.people.load(invitation.userId);
      const email = person.email ?? "";
      const secret = newTotpSecret();
      room.strangerTotpSetups.set(`invitation ${invitation.id} ${thumbprint}`, sourceOfCall(call), secret, call.now);
      call.note({
        action: "invitation.inspect",
        result: "ok",
        object: "user",
        objectIds: [person.userId],
        fields: ["name", "email"],
      });
      return {
        name: person.name,
        email,
        company: person.company,
        expiresAt: invitation.expiresAt.toISOString(),
        totp: { secret: base32(secret), url: totpUrl(secret, person.company, email) },
      };
    },

    "invitation.accept": async (call, input) => {
      const key = requireKey(call);
      const invitation = await findOpen(room, call, input.code, "invitation.accept");
      const { userId } = invitation;
      const setup = `invitation ${invitation.id} ${key.thumbprint}`;
      const secret = room.strangerTotpSetups.get(setup, call.now);
      if (secret === undefined) throw new Problem("handle_expired");
      const step = matchTotp(secret, { code: input.totpCode }, call.now, -1);
      if (step === undefined) throw new Problem("credentials_wrong");
      const person = await room.people.load(userId);
      await room.policy.require(input.password, [person.company, person.name, person.email ?? ""]);
      const password = await room.hasher.hash(input.password);
      return call.write(async (tx) => {
        // Throws `conflict` when the same link was accepted meanwhile.
        const used = await room.tables.invitation.update(tx, invitation, { usedAt: call.now });
        await room.people.activate(tx, userId);
        const rows = [
          used.change,
          await room.credentials.put(tx, userId, "password", password, call.now),
          await room.credentials.put(tx, userId, "totp", { secret: secret.toString("base64") }, call.now, step),
        ];
        const bound = await room.binding.bind(tx, {
          userId,
          key,
          assurance: "invitation",
          confirmedBy: "invitation",
          keepOthers: input.keepOthers ?? false,
          now: call.now,
          ip: call.ip,
          userAgent: call.userAgent,
        });
        call.note({
          action: "invitation.accept",
          by: { personId: userId, deviceId: bound.signedIn.deviceId },
          result: "ok",
          object: "user",
          objectIds: [userId],
          rows: [...rows, ...bound.rows],
        });
        tx.afterCommit(() => room.strangerTotpSetups.delete(setup));
        return bound.signedIn;
      });
    },
  };
}

/**
 * Throws Problem `code_invalid` for an unknown, used, revoked or expired code, and one of a person who has joined, and
 * `invitation_void` for one whose maker could not make it any more.
 */
async function findOpen(room: Room, call: IdentityCall, code: string, action: string): Promise<Stored<InvitationRow>> {
  const right = chargeCode(room, call);
  const [invitation] = await room.db.tx(systemScope("identity"), (tx) =>
    room.tables.invitation.find(tx, "code_hash = $1", [codeHash(room, "invitation", code)]),
  );
  if (
    invitation === undefined ||
    invitation.usedAt !== null ||
    invitation.revokedAt !== null ||
    invitation.expiresAt <= call.now
  ) {
    if (invitation !== undefined) right();
    call.note({ action, result: "refused", problem: "code_invalid" });
    await room.limits.save();
    throw new Problem("code_invalid");
  }
  right();
  const { status } = await room.people.load(invitation.userId);
  if (status !== "invited") throw new Problem("code_invalid");
  if (!room.people.upholdsInvitation(invitation.createdBy, invitation.userId)) throw new Problem("invitation_void");
  return invitation;
}
