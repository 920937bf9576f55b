// When each device was last seen, last used by its person, and from where. Kept in memory, written in batches at most
// once a minute: losing the last minute at a crash costs nothing but an earlier idle lock.
import type { Database, Queryable } from "../db/database.ts";
import { systemScope } from "../db/database.ts";
import type { Keyring } from "../keys/keyring.ts";

export interface Presence {
  /** Any request. */
  seenAt: number;
  /** A request that the person's own doing caused. */
  activeAt: number;
  ip: string | undefined;
}

const forgetAfterMs = 24 * 3_600_000;

interface Row {
  readonly device_id: string;
  readonly seen_at: Date;
  readonly active_at: Date;
  readonly ip: string | null;
  readonly tag: Buffer;
}

export class Presences {
  readonly #db: Database;
  readonly #keyring: Pick<Keyring, "tag" | "verifyTag">;
  readonly #known = new Map<string, Presence>();
  readonly #changed = new Set<string>();

  constructor(db: Database, keyring: Pick<Keyring, "tag" | "verifyTag">) {
    this.#db = db;
    this.#keyring = keyring;
  }

  note(deviceId: string, now: number, ip: string | undefined, active: boolean): void {
    const presence = this.#known.get(deviceId);
    if (presence === undefined) this.#known.set(deviceId, { seenAt: now, activeAt: active ? now : 0, ip });
    else {
      presence.seenAt = now;
      presence.ip = ip;
      if (active) presence.activeAt = now;
    }
    this.#changed.add(deviceId);
  }

  /** What memory knows; enough for a device that was loaded with {@link load}. */
  get(deviceId: string): Presence | undefined {
    return this.#known.get(deviceId);
  }

  /** Memory first, then the table. Throws TagBroken for a row that the vault did not write. */
  async load(queryable: Queryable, deviceIds: readonly string[]): Promise<Map<string, Presence>> {
    const missing = deviceIds.filter((id) => !this.#known.has(id));
    const rows =
      missing.length === 0
        ? []
        : await queryable.query<Row>(
            "select device_id, seen_at, active_at, ip, tag from vault.presence where device_id = any($1)",
            [missing],
          );
    for (const row of rows) {
      this.#keyring.verifyTag(
        "presence",
        [row.device_id, row.seen_at.toISOString(), row.active_at.toISOString(), row.ip],
        row.tag,
      );
      // Whoever noted it meanwhile knows better.
      if (this.#known.has(row.device_id)) continue;
      this.#known.set(row.device_id, {
        seenAt: row.seen_at.getTime(),
        activeAt: row.active_at.getTime(),
        ip: row.ip ?? undefined,
      });
    }
    return new Map(
      deviceIds.flatMap((id) => (this.#known.has(id) ? [[id, this.#known.get(id) as Presence] as const] : [])),
    ); // has() was asked
  }

  /** Writes what changed since the last call and forgets devices that are long silent. */
  async save(now: number): Promise<void> {
    const ids = [...this.#changed];
    this.#changed.clear();
    if (ids.length > 0) {
      await this.#write(ids).catch((error: unknown) => {
        // Not written: they are due again.
        for (const id of ids) this.#changed.add(id);
        throw error;
      });
    }
    for (const [id, presence] of this.#known)
      if (now - presence.seenAt > forgetAfterMs && !this.#changed.has(id)) this.#known.delete(id);
  }

  async #write(ids: readonly string[]): Promise<void> {
    const rows = ids.flatMap((id) => {
      const presence = this.#known.get(id);
      if (presence === undefined) return [];
      const seen = new Date(presence.seenAt).toISOString();
      const active = new Date(presence.activeAt).toISOString();
      const ip = presence.ip ?? null;
      return [{ id, seen, active, ip, tag: this.#keyring.tag("presence", [id, seen, active, ip]) }];
    });
    await this.#db.tx(systemScope("identity"), (tx) =>
      tx.query(
        `insert into vault.presence (device_id, seen_at, active_at, ip, tag)
         select * from unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[], $4::text[], $5::bytea[])
         on conflict (device_id) do update set seen_at = excluded.seen_at, active_at = excluded.active_at, ip = excluded.ip, tag = excluded.tag`,
        [
          rows.map((row) => row.id),
          rows.map((row) => row.seen),
          rows.map((row) => row.active),
          rows.map((row) => row.ip),
          rows.map((row) => row.tag),
        ],
      ),
    );
  }
}
