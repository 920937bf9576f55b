// The session of a bound device: what it is, keeping it awake, locking and unlocking, ending it, and proving once more
// that it is the person (step-up).
import type { Proof } from "../../contract/identity-shapes.ts";
import { Problem } from "../../contract/problem.ts";
import type { Tx } from "../db/database.ts";
import { systemScope } from "../db/database.ts";
import type { RowChange } from "../ledger/entry.ts";
import type { IdentityHandlers } from "./handlers.ts";
import type { DeviceIdentity, IdentityCall } from "./identity-call.ts";
import { proveOnDevice } from "./proofs.ts";
import { confirmCode, demandMayEnd, requireDevice, type Room } from "./room.ts";
import { confirmationMs, newsMs } from "./settings.ts";
import type { SessionRow } from "./tables.ts";
import type { Stored } from "./tagged-table.ts";

type Session = Pick<
  IdentityHandlers,
  | "session.me"
  | "session.touch"
  | "session.lock"
  | "session.unlock"
  | "session.list"
  | "session.revoke"
  | "session.signOut"
  | "stepUp.prove"
  | "stepUp.passkeyOptions"
>;

const done = { done: true } as const;

export function sessionHandlers(room: Room): Session {
  return {
    "session.me": async (call) => {
      const identity = requireDevice(call);
      const { device, session } = identity;
      return {
        userId: identity.userId,
        deviceId: device.id,
        sessionId: session.id,
        confirmed: identity.confirmed,
        ...(!identity.confirmed && { confirmCode: confirmCode(room, device.id, device.thumbprint) }),
        assurance: session.assurance,
        startedAt: session.startedAt.toISOString(),
        expiresAt: session.expiresAt.toISOString(),
        locked: identity.locked,
        idleLockSeconds: room.idleLockSeconds,
        mfaAt: identity.mfaAt.toISOString(),
        mfaUntil: identity.mfaUntil.toISOString(),
        serverTime: call.now.toISOString(),
        news: await news(room, call, identity),
      };
    },

    // That the request came is enough: every request but session.me counts as the person's doing.
    "session.touch": async (call) => {
      requireDevice(call);
      return done;
    },

    "session.lock": async (call) => {
      const identity = requireDevice(call);
      await changeSession(room, call, identity, "session.lock", async () => [], { lockedAt: call.now });
      return done;
    },

    "session.unlock": async (call, proof) => {
      const { mfaUntil } = await prove(room, call, proof, "session.unlock");
      return { mfaUntil };
    },

    "stepUp.prove": (call, proof) => prove(room, call, proof, "step_up"),

    "stepUp.passkeyOptions": async (call) => {
      const identity = requireDevice(call);
      room.passkeys.requirePossible(identity.authority);
      const { passkeys } = await room.db.tx(systemScope("identity"), (tx) =>
        room.credentials.load(tx, identity.userId),
      );
      if (passkeys.length === 0) throw new Problem("not_found");
      return room.passkeys.request(`device:${identity.device.id}`, "step_up", call.now, passkeys);
    },

    "session.list": async (call) => {
      const identity = requireDevice(call);
      return room.db.tx(systemScope("identity"), async (tx) => {
        const sessions = await room.tables.session.find(
          tx,
          "user_id = $1 and ended_at is null and expires_at > $2 order by started_at desc",
          [identity.userId, call.now],
        );
        const ids = sessions.map((session) => session.deviceId);
        const devices = new Map(
          (await room.tables.device.find(tx, "id = any($1)", [ids])).map((device) => [device.id, device]),
        );
        const presences = await room.presences.load(tx, ids);
        return {
          sessions: sessions.map((session) => {
            const presence = presences.get(session.deviceId);
            const activeAt = Math.max(presence?.activeAt ?? 0, session.mfaAt.getTime());
            return {
              id: session.id,
              deviceId: session.deviceId,
              family: devices.get(session.deviceId)?.family ?? "",
              current: session.id === identity.session.id,
              assurance: session.assurance,
              startedAt: session.startedAt.toISOString(),
              expiresAt: session.expiresAt.toISOString(),
              lastActive: new Date(activeAt).toISOString(),
              locked: session.lockedAt !== null || call.now.getTime() - activeAt > room.idleLockSeconds * 1000,
            };
          }),
        };
      });
    },

    "session.revoke": async (call, { sessionId }) => {
      const identity = requireDevice(call);
      await call.write(async (tx) => {
        const [session] = await room.tables.session.find(
          tx,
          "id = $1 and user_id = $2 and ended_at is null for update",
          [sessionId, identity.userId],
        );
        if (session === undefined) throw new Problem("not_found");
        const [device] = await room.tables.device.find(tx, "id = $1", [session.deviceId]);
        demandMayEnd(identity, device);
        const change = await room.binding.endSession(tx, session, "revoked", call.now);
        call.note({
          action: "session.revoke",
          result: "ok",
          object: "session",
          objectIds: [sessionId],
          rows: [change],
        });
      });
      return done;
    },

    "session.signOut": async (call) => {
      const identity = requireDevice(call);
      await call.write(async (tx) => {
        const session = await currentSession(room, tx, identity);
        const change = await room.binding.endSession(tx, session, "signed_out", call.now);
        call.note({
          action: "session.sign_out",
          result: "ok",
          object: "session",
          objectIds: [session.id],
          rows: [change],
        });
      });
      return done;
    },
  };
}

/** Other devices of the person that were bound or replaced lately: whoever sees this and wonders can act. */
async function news(room: Room, call: IdentityCall, identity: DeviceIdentity) {
  const since = new Date(call.now.getTime() - newsMs);
  const condition =
    "user_id = $1 and id <> $2 and (created_at > $3 and revoked_at is null or revoked_at > $3 and replaced_by is not null) order by created_at desc limit 20";
  const devices = await room.db.tx(systemScope("identity"), (tx) =>
    room.tables.device.find(tx, condition, [identity.userId, identity.device.id, since]),
  );
  return devices.map((device) => ({
    kind: device.replacedBy === null ? ("device_bound" as const) : ("device_replaced" as const),
    deviceId: device.id,
    family: device.family,
    at: (device.revokedAt ?? device.createdAt).toISOString(),
  }));
}

/** Unlocks and refreshes the confirmation; a passkey shown on an unconfirmed device confirms it. */
async function prove(room: Room, call: IdentityCall, proof: Proof, action: "session.unlock" | "step_up") {
  const identity = requireDevice(call);
  const useUp = await proveOnDevice(room, call, identity, proof).catch((error: unknown) => {
    if (error instanceof Problem)
      call.note({
        action,
        result: "refused",
        problem: error.code,
        purpose: proof.with,
        object: "session",
        objectIds: [identity.session.id],
      });
    throw error;
  });
  const confirms = proof.with === "passkey" && !identity.confirmed;
  const work = async (tx: Tx): Promise<RowChange[]> => {
    const rows = await useUp(tx);
    if (!confirms) return rows;
    const [device] = await room.tables.device.find(tx, "id = $1 and revoked_at is null for update", [
      identity.device.id,
    ]);
    if (device === undefined) throw new Problem("device_unknown");
    return [...rows, (await room.tables.device.update(tx, device, { confirmedHow: "passkey" })).change];
  };
  await changeSession(room, call, identity, action, work, { lockedAt: null, mfaAt: call.now }, { purpose: proof.with });
  return {
    mfaUntil: new Date(call.now.getTime() + confirmationMs).toISOString(),
    confirmed: identity.confirmed || confirms,
  };
}

export async function changeSession(
  room: Room,
  call: IdentityCall,
  identity: DeviceIdentity,
  action: string,
  work: (tx: Tx) => Promise<RowChange[]>,
  patch: Partial<Pick<SessionRow, "lockedAt" | "mfaAt">>,
  /** What the entry says besides: by what it was proved, and what for. */
  noted: { readonly purpose?: string; readonly fields?: readonly string[] } = {},
): Promise<void> {
  await call.write(async (tx) => {
    const session = await currentSession(room, tx, identity);
    const rows = await work(tx);
    const { change } = await room.tables.session.update(tx, session, patch);
    call.note({
      action,
      result: "ok",
      object: "session",
      objectIds: [session.id],
      rows: [...rows, change],
      ...noted,
    });
    tx.afterCommit(() => {
      room.live.forget(identity.device.id);
      if (patch.lockedAt === null) room.presences.note(identity.device.id, call.now.getTime(), call.ip, true);
    });
  });
}

async function currentSession(room: Room, tx: Tx, identity: DeviceIdentity): Promise<Stored<SessionRow>> {
  const [session] = await room.tables.session.find(tx, "id = $1 and ended_at is null for update", [
    identity.session.id,
  ]);
  if (session === undefined) throw new Problem("session_ended");
  return session;
}
