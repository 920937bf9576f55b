// Changing what opens an account. The contract asks for a signature over each change (stepUp); here stands what is done.
// A phished password and code can never plant a passkey, as their device is not confirmed.
import { Problem } from "../../contract/problem.ts";
import { systemScope } from "../db/database.ts";
import type { CredentialSet } from "./credentials.ts";
import type { IdentityHandlers } from "./handlers.ts";
import { codeHash, requireConfirmed, requireDevice, type Room } from "./room.ts";
import { newSecretCode } from "./secret-code.ts";
import { base32, matchTotp, newTotpSecret, totpUrl } from "./totp.ts";

type CredentialVerbs = Pick<
  IdentityHandlers,
  | "credential.state"
  | "credential.changePassword"
  | "credential.totpBegin"
  | "credential.totpConfirm"
  | "credential.passkeyOptions"
  | "credential.passkeyAdd"
  | "credential.passkeyRemove"
  | "credential.recoveryCodes"
>;

const done = { done: true } as const;
const recoveryCodes = 10;
const maxPasskeys = 20;

export function credentialHandlers(room: Room): CredentialVerbs {
  const load = (userId: string): Promise<CredentialSet> =>
    room.db.tx(systemScope("identity"), (tx) => room.credentials.load(tx, userId));
  return {
    "credential.state": async (call) => {
      const { password, totp, recovery, passkeys } = await load(requireDevice(call).userId);
      return {
        ...(password !== undefined && { passwordChangedAt: password.row.createdAt.toISOString() }),
        ...(totp !== undefined && { totpSince: totp.row.createdAt.toISOString() }),
        recoveryCodesLeft: recovery?.secret.hashes.length ?? 0,
        passkeys: passkeys.map(({ row, secret }) => ({
          id: row.id,
          family: secret.family,
          synced: secret.synced,
          createdAt: row.createdAt.toISOString(),
          ...(row.lastUsedAt !== null && { lastUsed: row.lastUsedAt.toISOString() }),
        })),
      };
    },

    "credential.changePassword": async (call, { password }) => {
      const identity = requireDevice(call);
      const { userId } = identity;
      const person = await room.people.load(userId);
      await room.policy.require(password, [person.company, person.name, person.email ?? ""]);
      const hash = await room.hasher.hash(password);
      await call.write(async (tx) => {
        const rows = [await room.credentials.put(tx, userId, "password", hash, call.now)];
        // Whoever knew the old one is out everywhere.
        const others = await room.tables.session.find(tx, "user_id = $1 and id <> $2 and ended_at is null for update", [
          userId,
          identity.session.id,
        ]);
        for (const session of others)
          rows.push(await room.binding.endSession(tx, session, "password_changed", call.now));
        call.note({ action: "credential.password", result: "ok", object: "user", objectIds: [userId], rows });
      });
      return done;
    },

    "credential.totpBegin": async (call) => {
      const { userId } = requireConfirmed(call);
      const person = await room.people.load(userId);
      const secret = newTotpSecret();
      room.totpSetups.set(`user ${userId}`, userId, secret, call.now);
      return { secret: base32(secret), url: totpUrl(secret, person.company, person.email ?? person.name) };
    },

    "credential.totpConfirm": async (call, { code }) => {
      const { userId } = requireDevice(call);
      const secret = room.totpSetups.get(`user ${userId}`, call.now);
      if (secret === undefined) throw new Problem("handle_expired");
      const step = matchTotp(secret, { code }, call.now, -1);
      if (step === undefined) throw new Problem("credentials_wrong");
      await call.write(async (tx) => {
        const rows = [
          await room.credentials.put(tx, userId, "totp", { secret: secret.toString("base64") }, call.now, step),
        ];
        call.note({ action: "credential.totp", result: "ok", object: "user", objectIds: [userId], rows });
        tx.afterCommit(() => room.totpSetups.delete(`user ${userId}`));
      });
      return done;
    },

    "credential.passkeyOptions": async (call) => {
      const identity = requireConfirmed(call);
      room.passkeys.requirePossible(identity.authority);
      const person = await room.people.load(identity.userId);
      const { passkeys } = await load(identity.userId);
      if (passkeys.length >= maxPasskeys) throw new Problem("limit_reached");
      const user = {
        userId: person.userId,
        name: person.name,
        email: person.email ?? person.name,
        company: person.company,
      };
      return room.passkeys.creation(`device:${identity.device.id}`, user, call.now, passkeys);
    },

    "credential.passkeyAdd": async (call, { response }) => {
      const { userId, device } = requireDevice(call);
      const secret = await room.passkeys.verifyCreation(`device:${device.id}`, response, device.family, call.now);
      const id = await call.write(async (tx) => {
        if ((await room.credentials.findPasskey(tx, secret.credentialId)) !== undefined) throw new Problem("duplicate");
        const added = await room.credentials.addPasskey(tx, userId, secret, call.now);
        call.note({
          action: "credential.passkey_add",
          result: "ok",
          object: "user",
          objectIds: [userId],
          rows: [added.change],
        });
        return added.id;
      });
      return { id, family: secret.family, synced: secret.synced, createdAt: call.now.toISOString() };
    },

    "credential.passkeyRemove": async (call, { passkeyId }) => {
      const { userId } = requireDevice(call);
      await call.write(async (tx) => {
        const { passkeys } = await room.credentials.load(tx, userId);
        const passkey = passkeys.find(({ row }) => row.id === passkeyId);
        if (passkey === undefined) throw new Problem("not_found");
        const change = await room.credentials.remove(tx, passkey, call.now);
        call.note({
          action: "credential.passkey_remove",
          result: "ok",
          object: "user",
          objectIds: [userId],
          rows: [change],
        });
      });
      return done;
    },

    "credential.recoveryCodes": async (call) => {
      const { userId } = requireDevice(call);
      const codes = Array.from({ length: recoveryCodes }, () => newSecretCode(4)); // 80 bits each
      const hashes = codes.map((code) => codeHash(room, "recovery", code).toString("base64"));
      await call.write(async (tx) => {
        const rows = [await room.credentials.put(tx, userId, "recovery", { hashes }, call.now)];
        call.note({ action: "credential.recovery_codes", result: "ok", object: "user", objectIds: [userId], rows });
      });
      return { codes };
    },
  };
}
