// The rows of identity and the tables they lie in.
import type { Keyring } from "../keys/keyring.ts";
import { type BaseRow, TaggedTable } from "./tagged-table.ts";

export type CredentialKind = "password" | "totp" | "passkey" | "recovery";
export type Confirmation = "enrolment" | "invitation" | "passkey" | "device" | "manager" | "console";
export type Assurance = "enrolment" | "invitation" | "passkey" | "password_totp" | "password_recovery";
export type SessionEnd =
  | "signed_out"
  | "signed_in_again"
  | "other_person"
  | "revoked"
  | "device_revoked"
  | "device_replaced"
  | "password_changed"
  | "person_disabled"
  | "sign_in_reset"
  | "restored";

export interface CredentialRow extends BaseRow {
  readonly userId: string;
  readonly kind: CredentialKind;
  readonly lookup: Buffer | null;
  readonly secret: Buffer;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
  readonly lastTotpStep: number | null;
  readonly removedAt: Date | null;
}

export interface DeviceRow extends BaseRow {
  readonly userId: string;
  readonly keyX: string;
  readonly keyY: string;
  readonly thumbprint: string;
  readonly family: string;
  readonly confirmedHow: Confirmation | null;
  readonly confirmedBy: string | null;
  readonly createdAt: Date;
  readonly revokedAt: Date | null;
  readonly replacedBy: string | null;
}

export interface SessionRow extends BaseRow {
  readonly deviceId: string;
  readonly userId: string;
  readonly assurance: Assurance;
  readonly startedAt: Date;
  readonly expiresAt: Date;
  readonly lockedAt: Date | null;
  readonly mfaAt: Date;
  readonly endedAt: Date | null;
  readonly endedWhy: SessionEnd | null;
}

export interface InvitationRow extends BaseRow {
  readonly userId: string;
  readonly codeHash: Buffer;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly usedAt: Date | null;
  readonly revokedAt: Date | null;
}

export interface Tables {
  readonly credential: TaggedTable<CredentialRow>;
  readonly device: TaggedTable<DeviceRow>;
  readonly session: TaggedTable<SessionRow>;
  readonly invitation: TaggedTable<InvitationRow>;
}

export function openTables(keyring: Pick<Keyring, "tag" | "verifyTag">): Tables {
  return {
    credential: new TaggedTable<CredentialRow>(keyring, "person_credential", {
      userId: "user_id",
      kind: "kind",
      lookup: "lookup",
      secret: "secret",
      createdAt: "created_at",
      lastUsedAt: "last_used_at",
      lastTotpStep: "last_totp_step",
      removedAt: "removed_at",
    }),
    device: new TaggedTable<DeviceRow>(keyring, "device", {
      userId: "user_id",
      keyX: "key_x",
      keyY: "key_y",
      thumbprint: "thumbprint",
      family: "family",
      confirmedHow: "confirmed_how",
      confirmedBy: "confirmed_by",
      createdAt: "created_at",
      revokedAt: "revoked_at",
      replacedBy: "replaced_by",
    }),
    session: new TaggedTable<SessionRow>(keyring, "session", {
      deviceId: "device_id",
      userId: "user_id",
      assurance: "assurance",
      startedAt: "started_at",
      expiresAt: "expires_at",
      lockedAt: "locked_at",
      mfaAt: "mfa_at",
      endedAt: "ended_at",
      endedWhy: "ended_why",
    }),
    invitation: new TaggedTable<InvitationRow>(keyring, "invitation", {
      userId: "user_id",
      codeHash: "code_hash",
      createdBy: "created_by",
      createdAt: "created_at",
      expiresAt: "expires_at",
      usedAt: "used_at",
      revokedAt: "revoked_at",
    }),
  };
}
