// Binding a device key to a person and opening a session on it. A browser that lost its key is bound again in the same
// step: its old entry is marked replaced and ends at once, but what a phisher could show (password and code) never ends
// a confirmed device.
import type { EcPublicJwk } from "../../contract/http-signature.ts";
import type { SignedIn } from "../../contract/identity-shapes.ts";
import type { Tx } from "../db/database.ts";
import { uuidv7 } from "../db/uuid.ts";
import type { RowChange } from "../ledger/entry.ts";
import { sourceOf } from "../ledger/refusals.ts";
import type { LiveDevices } from "./live-devices.ts";
import type { Presences } from "./presence.ts";
import { sessionMs } from "./settings.ts";
import type { Assurance, Confirmation, DeviceRow, SessionEnd, SessionRow, Tables } from "./tables.ts";
import type { Stored } from "./tagged-table.ts";
import { userAgentFamily } from "./user-agent.ts";

export interface Bound {
  readonly signedIn: SignedIn;
  readonly rows: readonly RowChange[];
  /** False when this key was bound to this person before. */
  readonly newDevice: boolean;
}

export interface BindRequest {
  readonly userId: string;
  readonly key: { readonly jwk: EcPublicJwk; readonly thumbprint: string };
  readonly assurance: Assurance;
  /** How the device becomes confirmed by this; undefined: it stays as it is, a new one unconfirmed. */
  readonly confirmedBy: Confirmation | undefined;
  readonly keepOthers: boolean;
  readonly now: Date;
  readonly ip: string | undefined;
  readonly userAgent: string | undefined;
}

export class Binding {
  readonly #tables: Tables;
  readonly #live: LiveDevices;
  readonly #presences: Presences;

  constructor(tables: Tables, live: LiveDevices, presences: Presences) {
    this.#tables = tables;
    this.#live = live;
    this.#presences = presences;
  }

  /** The living device of this person with this key. */
  async findDevice(tx: Tx, userId: string, thumbprint: string): Promise<Stored<DeviceRow> | undefined> {
    const [device] = await this.#tables.device.find(tx, "user_id = $1 and thumbprint = $2 and revoked_at is null", [
      userId,
      thumbprint,
    ]);
    return device;
  }

  /** Binds the key, ends whatever else ran on it, and opens a session of 30 days. */
  async bind(tx: Tx, request: BindRequest): Promise<Bound> {
    const rows: RowChange[] = [];
    const known = await this.findDevice(tx, request.userId, request.key.thumbprint);
    const device =
      known === undefined
        ? await this.#newDevice(tx, request, rows)
        : await this.#confirm(tx, known, request.confirmedBy, rows);
    const replaced =
      known === undefined && !request.keepOthers ? await this.#replace(tx, device, request, rows) : undefined;
    await this.#endOthers(tx, device, request.now, rows);

    const expiresAt = new Date(request.now.getTime() + sessionMs);
    const session = await this.#tables.session.insert(tx, {
      id: uuidv7(),
      deviceId: device.id,
      userId: request.userId,
      assurance: request.assurance,
      startedAt: request.now,
      expiresAt,
      lockedAt: null,
      mfaAt: request.now,
      endedAt: null,
      endedWhy: null,
    });
    rows.push(session.change);
    tx.afterCommit(() => {
      this.#live.forget(device.id);
      this.#presences.note(device.id, request.now.getTime(), request.ip, true);
    });
    const signedIn: SignedIn = {
      userId: request.userId,
      deviceId: device.id,
      sessionId: session.row.id,
      confirmed: device.confirmedHow !== null,
      expiresAt: expiresAt.toISOString(),
      ...(replaced !== undefined && { replacedDeviceId: replaced }),
    };
    return { signedIn, rows, newDevice: known === undefined };
  }

  async endSession(tx: Tx, session: Stored<SessionRow>, why: SessionEnd, now: Date): Promise<RowChange> {
    tx.afterCommit(() => this.#live.forget(session.deviceId));
    return (await this.#tables.session.update(tx, session, { endedAt: now, endedWhy: why })).change;
  }

  /** Ends a device and its session; nothing it signs counts from the commit on. */
  async endDevice(
    tx: Tx,
    device: Stored<DeviceRow>,
    why: SessionEnd,
    now: Date,
    replacedBy: string | null = null,
  ): Promise<RowChange[]> {
    tx.afterCommit(() => this.#live.forget(device.id));
    const rows = [(await this.#tables.device.update(tx, device, { revokedAt: now, replacedBy })).change];
    for (const session of await this.#tables.session.find(tx, "device_id = $1 and ended_at is null for update", [
      device.id,
    ])) {
      rows.push(await this.endSession(tx, session, why, now));
    }
    return rows;
  }

  async #newDevice(tx: Tx, request: BindRequest, rows: RowChange[]): Promise<Stored<DeviceRow>> {
    const { jwk, thumbprint } = request.key;
    const { row, change } = await this.#tables.device.insert(tx, {
      id: uuidv7(),
      userId: request.userId,
      keyX: jwk.x,
      keyY: jwk.y,
      thumbprint,
      family: userAgentFamily(request.userAgent),
      confirmedHow: request.confirmedBy ?? null,
      confirmedBy: null,
      createdAt: request.now,
      revokedAt: null,
      replacedBy: null,
    });
    rows.push(change);
    return row;
  }

  async #confirm(
    tx: Tx,
    device: Stored<DeviceRow>,
    how: Confirmation | undefined,
    rows: RowChange[],
  ): Promise<Stored<DeviceRow>> {
    if (how === undefined || device.confirmedHow !== null) return device;
    const { row, change } = await this.#tables.device.update(tx, device, { confirmedHow: how });
    rows.push(change);
    return row;
  }

  /**
   * The entry this browser most likely had before it lost its key: same family, last seen from the same source. A
   * confirmed one gives way only to a device that is confirmed by the same step.
   */
  async #replace(
    tx: Tx,
    device: Stored<DeviceRow>,
    request: BindRequest,
    rows: RowChange[],
  ): Promise<string | undefined> {
    const others = await this.#tables.device.find(
      tx,
      "user_id = $1 and family = $2 and id <> $3 and (confirmed_how is null or $4) and revoked_at is null for update",
      [request.userId, device.family, device.id, request.confirmedBy !== undefined],
    );
    const presences = await this.#presences.load(
      tx,
      others.map((other) => other.id),
    );
    const source = sourceOf(request.ip);
    const seen = (id: string): number => presences.get(id)?.seenAt ?? 0;
    const [old] = others
      .filter((other) => sourceOf(presences.get(other.id)?.ip) === source)
      .sort((a, b) => seen(b.id) - seen(a.id));
    if (old === undefined) return undefined;
    rows.push(...(await this.endDevice(tx, old, "device_replaced", request.now, device.id)));
    return old.id;
  }

  /** One session per key: the same person's earlier one ends, and so does another person's in a shared browser. */
  async #endOthers(tx: Tx, device: Stored<DeviceRow>, now: Date, rows: RowChange[]): Promise<void> {
    const condition =
      "ended_at is null and device_id in (select id from vault.device where thumbprint = $1 and revoked_at is null) for update";
    for (const session of await this.#tables.session.find(tx, condition, [device.thumbprint])) {
      rows.push(
        await this.endSession(tx, session, session.deviceId === device.id ? "signed_in_again" : "other_person", now),
      );
    }
  }
}
