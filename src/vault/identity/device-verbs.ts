// Devices of a person: seen, confirmed and ended by himself, or by whoever manages people. A device that was bound by
// password and code alone shows masks until someone trusted confirms it.
import { Problem } from "../../contract/problem.ts";
import type { Tx } from "../db/database.ts";
import { systemScope } from "../db/database.ts";
import type { IdentityHandlers } from "./handlers.ts";
import type { IdentityCall } from "./identity-call.ts";
import { demandMayEnd, requireDevice, type Room, showsCode } from "./room.ts";
import type { Confirmation, DeviceRow } from "./tables.ts";
import type { Stored } from "./tagged-table.ts";

type Device = Pick<
  IdentityHandlers,
  "device.list" | "device.confirm" | "device.revoke" | "person.devices" | "person.confirmDevice" | "person.revokeDevice"
>;

const done = { done: true } as const;
const shown = 50;

export function deviceHandlers(room: Room): Device {
  return {
    "device.list": async (call) => ({
      devices: await listDevices(room, requireDevice(call).userId, requireDevice(call).device.id),
    }),

    "device.confirm": async (call, { deviceId, code }) => {
      const identity = requireDevice(call);
      await confirm(room, call, { userId: identity.userId, deviceId, code, how: "device" });
      return done;
    },

    "device.revoke": async (call, { deviceId }) => {
      await revoke(room, call, requireDevice(call).userId, deviceId);
      return done;
    },

    "person.devices": async (call, { userId }) => {
      await room.people.load(userId);
      return { devices: await listDevices(room, userId, requireDevice(call).device.id) };
    },

    "person.confirmDevice": async (call, { userId, deviceId, code }) => {
      const identity = requireDevice(call);
      // Nobody is his own manager: his other devices are confirmed by the code they show.
      if (identity.userId === userId) throw new Problem("not_allowed");
      await confirm(room, call, { userId, deviceId, code, how: "manager" });
      return done;
    },

    "person.revokeDevice": async (call, { userId, deviceId }) => {
      await revoke(room, call, userId, deviceId);
      return done;
    },
  };
}

async function listDevices(room: Room, userId: string, current: string) {
  return room.db.tx(systemScope("identity"), async (tx) => {
    const devices = await room.tables.device.find(
      tx,
      "user_id = $1 order by revoked_at is null desc, created_at desc limit $2",
      [userId, shown],
    );
    const presences = await room.presences.load(
      tx,
      devices.map((device) => device.id),
    );
    return devices.map((device) => {
      const presence = presences.get(device.id);
      return {
        id: device.id,
        family: device.family,
        current: device.id === current,
        confirmed: device.confirmedHow !== null,
        ...(device.confirmedHow !== null && { confirmedHow: device.confirmedHow }),
        createdAt: device.createdAt.toISOString(),
        lastSeen: new Date(presence?.seenAt ?? device.createdAt.getTime()).toISOString(),
        ...(presence?.ip !== undefined && { lastIp: presence.ip }),
        ...(device.revokedAt !== null && { endedAt: device.revokedAt.toISOString() }),
        replaced: device.replacedBy !== null,
      };
    });
  });
}

interface Confirming {
  readonly userId: string;
  readonly deviceId: string;
  readonly code: string;
  readonly how: Confirmation;
}

async function confirm(room: Room, call: IdentityCall, { userId, deviceId, code, how }: Confirming): Promise<void> {
  await call.write(async (tx) => {
    const device = await loadDevice(room, tx, userId, deviceId);
    if (!showsCode(room, device, code)) {
      call.note({
        action: "device.confirm",
        result: "refused",
        problem: "code_invalid",
        object: "device",
        objectIds: [deviceId],
        listedIds: [userId],
      });
      throw new Problem("code_invalid");
    }
    if (device.confirmedHow !== null) return;
    const { change } = await room.tables.device.update(tx, device, {
      confirmedHow: how,
      confirmedBy: requireDevice(call).userId,
    });
    call.note({
      action: "device.confirm",
      result: "ok",
      object: "device",
      objectIds: [deviceId],
      listedIds: [userId],
      purpose: how,
      rows: [change],
    });
    tx.afterCommit(() => room.live.forget(deviceId));
  });
}

async function revoke(room: Room, call: IdentityCall, userId: string, deviceId: string): Promise<void> {
  await call.write(async (tx) => {
    const device = await loadDevice(room, tx, userId, deviceId);
    demandMayEnd(requireDevice(call), device);
    const rows = await room.binding.endDevice(tx, device, "device_revoked", call.now);
    call.note({
      action: "device.revoke",
      result: "ok",
      object: "device",
      objectIds: [deviceId],
      listedIds: [userId],
      rows,
    });
  });
}

/** Throws Problem `not_found` for a device that is another person's or has ended. */
async function loadDevice(room: Room, tx: Tx, userId: string, deviceId: string): Promise<Stored<DeviceRow>> {
  const [device] = await room.tables.device.find(tx, "id = $1 and user_id = $2 and revoked_at is null for update", [
    deviceId,
    userId,
  ]);
  if (device === undefined) throw new Problem("not_found");
  return device;
}
