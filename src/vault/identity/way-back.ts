// Taking a person's ways in away, and the ways back for someone who has lost them. All of it in the caller's transaction,
// which judges who may ask for it and lays the entry.
import { Problem } from "../../contract/problem.ts";
import type { Tx } from "../db/database.ts";
import type { RowChange } from "../ledger/entry.ts";
import { type Invitation, newInvitation, revokeInvitations } from "./invitations.ts";
import { type Room, showsCode } from "./room.ts";
import { invitationMs } from "./settings.ts";
import type { DeviceRow, SessionEnd } from "./tables.ts";

export interface Reset {
  readonly by: string;
  readonly now: Date;
  /** How long the new invitation holds. */
  readonly lifetimeMs?: number;
}

/** Ends all devices and sessions of a person, and the open invitations to him and by him. */
export async function endPerson(room: Room, tx: Tx, userId: string, now: Date, why: SessionEnd): Promise<RowChange[]> {
  const rows: RowChange[] = [];
  for (const device of await room.tables.device.find(tx, "user_id = $1 and revoked_at is null for update", [userId]))
    rows.push(...(await room.binding.endDevice(tx, device, why, now)));
  rows.push(...(await revokeInvitations(room, tx, { userId }, now)));
  return [...rows, ...(await revokeInvitations(room, tx, { createdBy: userId }, now))];
}

/**
 * Besides devices and sessions empties password, authenticator, passkeys and recovery codes; the person comes back by the
 * new invitation alone.
 */
export async function resetPerson(
  room: Room,
  tx: Tx,
  userId: string,
  { by, now, lifetimeMs = invitationMs }: Reset,
): Promise<{ rows: RowChange[]; invitation: Invitation }> {
  const ended = await endPerson(room, tx, userId, now, "sign_in_reset");
  const emptied = await room.credentials.removeAll(tx, userId, now);
  const { rows, invitation } = await newInvitation(room, tx, { userId, createdBy: by, now, lifetimeMs });
  return { rows: [...ended, ...emptied, ...rows], invitation };
}

/**
 * After a backup was put back: all sessions and open invitations of then end, since some may have ended in between, and
 * nobody here knows which. Devices stay bound; what was lost is said in docs/operations/recovery.md.
 */
export async function endRestored(room: Room, tx: Tx, now: Date): Promise<RowChange[]> {
  const rows: RowChange[] = [];
  for (const session of await room.tables.session.find(tx, "ended_at is null for update", []))
    rows.push(await room.binding.endSession(tx, session, "restored", now));
  for (const open of await room.tables.invitation.find(tx, "used_at is null and revoked_at is null for update", []))
    rows.push((await room.tables.invitation.update(tx, open, { revokedAt: now })).change);
  tx.afterCommit(() => room.live.forgetAll());
  return rows;
}

/** The server's console confirms an unconfirmed device of one of these people, by the code that it shows. */
export async function confirmShown(
  room: Room,
  tx: Tx,
  code: string,
  userIds: readonly string[],
): Promise<{ device: DeviceRow; row: RowChange }> {
  const waiting = await room.tables.device.find(
    tx,
    "user_id = any ($1) and confirmed_how is null and revoked_at is null for update",
    [userIds],
  );
  const device = waiting.find((one) => showsCode(room, one, code));
  if (device === undefined) throw new Problem("code_invalid");
  const { change } = await room.tables.device.update(tx, device, { confirmedHow: "console" });
  tx.afterCommit(() => room.live.forget(device.id));
  return { device, row: change };
}
