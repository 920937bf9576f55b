// A new invitation of a person: a link with a one-time code. The link before it dies; only the code's hash is kept.
import type { z } from "zod";
import type { invitation } from "../../contract/identity-shapes.ts";
import type { Tx } from "../db/database.ts";
import { uuidv7 } from "../db/uuid.ts";
import type { RowChange } from "../ledger/entry.ts";
import { codeHash, type Room } from "./room.ts";
import { newSecretCode } from "./secret-code.ts";

export type Invitation = z.infer<typeof invitation>;

interface NewInvitation {
  readonly userId: string;
  readonly createdBy: string;
  readonly now: Date;
  readonly lifetimeMs: number;
}

export async function newInvitation(
  room: Room,
  tx: Tx,
  { userId, createdBy, now, lifetimeMs }: NewInvitation,
): Promise<{ rows: RowChange[]; invitation: Invitation }> {
  const rows = await revokeInvitations(room, tx, { userId }, now);
  const code = newSecretCode(7); // 140 bits
  const id = uuidv7();
  const expiresAt = new Date(now.getTime() + lifetimeMs);
  const { change } = await room.tables.invitation.insert(tx, {
    id,
    userId,
    codeHash: codeHash(room, "invitation", code),
    createdBy,
    createdAt: now,
    expiresAt,
    usedAt: null,
    revokedAt: null,
  });
  // The code stands in the fragment, which browsers send to nobody.
  const url = `${room.settings.origins[0]}/invite#${code}`;
  return { rows: [...rows, change], invitation: { invitationId: id, code, url, expiresAt: expiresAt.toISOString() } };
}

/** Ends the open invitations of a person, or those that a person has made. */
export async function revokeInvitations(
  room: Room,
  tx: Tx,
  of: { readonly userId: string } | { readonly createdBy: string },
  now: Date,
): Promise<RowChange[]> {
  const [column, id] = "userId" in of ? ["user_id", of.userId] : ["created_by", of.createdBy];
  const open = await room.tables.invitation.find(
    tx,
    `${column} = $1 and used_at is null and revoked_at is null for update`,
    [id],
  );
  const rows: RowChange[] = [];
  for (const old of open) rows.push((await room.tables.invitation.update(tx, old, { revokedAt: now })).change);
  return rows;
}
