// Devices and their sessions as the vault uses them on every request: loaded once with their tags checked, kept in
// memory, and forgotten the moment a change commits, so that a revocation holds for the very next request.
import type { KeyObject } from "node:crypto";
import type { Database } from "../db/database.ts";
import { systemScope } from "../db/database.ts";
import { p256PublicKey } from "../keys/signature.ts";
import type { Presences } from "./presence.ts";
import type { DeviceRow, SessionRow, Tables } from "./tables.ts";
import type { Stored } from "./tagged-table.ts";

export interface LiveDevice {
  readonly device: Stored<DeviceRow>;
  readonly session: Stored<SessionRow> | undefined;
  readonly key: KeyObject;
}

const limit = 20_000;

export class LiveDevices {
  readonly #db: Database;
  readonly #tables: Tables;
  readonly #presences: Presences;
  readonly #known = new Map<string, LiveDevice>();
  readonly #changes = new Map<string, number>();
  #clock = 0;

  constructor(db: Database, tables: Tables, presences: Presences) {
    this.#db = db;
    this.#tables = tables;
    this.#presences = presences;
  }

  /** A device that is not revoked, with its session when one has not ended. Throws TagBroken for edited rows. */
  async find(deviceId: string): Promise<LiveDevice | undefined> {
    const known = this.#known.get(deviceId);
    if (known !== undefined) return known;
    this.#clock += 1;
    const asked = this.#clock;
    const live = await this.#load(deviceId);
    // A change that committed while we were reading is not in what we read.
    if (live !== undefined && (this.#changes.get(deviceId) ?? 0) < asked) this.#keep(deviceId, live);
    return live;
  }

  /** To be called after every commit that touched the device or its session. */
  forget(deviceId: string): void {
    this.#known.delete(deviceId);
    this.#clock += 1;
    this.#changes.delete(deviceId);
    this.#changes.set(deviceId, this.#clock);
    if (this.#changes.size > limit) this.#dropOldest(this.#changes);
  }

  /** To be called when rows turn out not to be what the vault wrote: all are read and judged anew. */
  forgetAll(): void {
    for (const deviceId of this.#known.keys()) this.forget(deviceId);
  }

  async #load(deviceId: string): Promise<LiveDevice | undefined> {
    return this.#db.tx(systemScope("identity"), async (tx) => {
      const [device] = await this.#tables.device.find(tx, "id = $1 and revoked_at is null", [deviceId]);
      if (device === undefined) return undefined;
      const [session] = await this.#tables.session.find(tx, "device_id = $1 and ended_at is null", [deviceId]);
      await this.#presences.load(tx, [deviceId]);
      return { device, session, key: p256PublicKey({ kty: "EC", crv: "P-256", x: device.keyX, y: device.keyY }) };
    });
  }

  #keep(deviceId: string, live: LiveDevice): void {
    this.#known.set(deviceId, live);
    if (this.#known.size > limit) this.#dropOldest(this.#known);
  }

  #dropOldest(map: Map<string, unknown>): void {
    for (const oldest of map.keys()) {
      map.delete(oldest);
      return;
    }
  }
}
