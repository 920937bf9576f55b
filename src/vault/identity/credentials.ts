// A person's credentials, sealed with a key of the vault's own and bound to their row: password hash, TOTP secret,
// passkeys, recovery codes. What a row holds never leaves this room.
import type { Queryable, Tx } from "../db/database.ts";
import { uuidv7 } from "../db/uuid.ts";
import type { Keyring } from "../keys/keyring.ts";
import { openValue, sealValue } from "../keys/seal.ts";
import type { RowChange } from "../ledger/entry.ts";
import type { PasswordHash } from "./password-hash.ts";
import type { CredentialKind, CredentialRow, Tables } from "./tables.ts";
import type { Stored } from "./tagged-table.ts";

export interface PasskeySecret {
  /** base64url */
  readonly credentialId: string;
  /** COSE key, base64 */
  readonly publicKey: string;
  readonly counter: number;
  readonly transports: readonly string[];
  /** Kept by a provider on several devices. */
  readonly synced: boolean;
  readonly family: string;
}

interface Secrets {
  readonly password: PasswordHash;
  /** 20 bytes, base64 */
  readonly totp: { readonly secret: string };
  readonly passkey: PasskeySecret;
  /** Keyed hashes of the codes not used yet, base64. */
  readonly recovery: { readonly hashes: readonly string[] };
}

export interface Credential<Kind extends CredentialKind> {
  readonly row: Stored<CredentialRow>;
  readonly secret: Secrets[Kind];
}

export interface CredentialSet {
  readonly password: Credential<"password"> | undefined;
  readonly totp: Credential<"totp"> | undefined;
  readonly recovery: Credential<"recovery"> | undefined;
  readonly passkeys: readonly Credential<"passkey">[];
}

export class Credentials {
  readonly #keyring: Pick<Keyring, "derive" | "lookup">;
  readonly #table: Tables["credential"];
  readonly #key: Buffer;

  constructor(keyring: Pick<Keyring, "derive" | "lookup">, tables: Tables) {
    this.#keyring = keyring;
    this.#table = tables.credential;
    this.#key = keyring.derive("credential");
  }

  /** Throws TagBroken or SealBroken for rows that the vault did not write there. */
  async load(queryable: Queryable, userId: string): Promise<CredentialSet> {
    const rows = await this.#table.find(queryable, "user_id = $1 and removed_at is null order by created_at", [userId]);
    const one = <Kind extends CredentialKind>(kind: Kind): Credential<Kind> | undefined => {
      const row = rows.find((candidate) => candidate.kind === kind);
      return row && this.#open(row, kind);
    };
    const passkeys = rows.filter((row) => row.kind === "passkey").map((row) => this.#open(row, "passkey"));
    return { password: one("password"), totp: one("totp"), recovery: one("recovery"), passkeys };
  }

  async findPasskey(queryable: Queryable, credentialId: string): Promise<Credential<"passkey"> | undefined> {
    const [row] = await this.#table.find(queryable, "lookup = $1 and removed_at is null", [
      this.#keyring.lookup("passkey", credentialId),
    ]);
    return row && this.#open(row, "passkey");
  }

  /** True once anybody can sign in. */
  async any(queryable: Queryable): Promise<boolean> {
    return (await queryable.query("select from vault.person_credential limit 1")).length > 0;
  }

  /** Sets the one credential of a kind, or replaces it. */
  async put<Kind extends Exclude<CredentialKind, "passkey">>(
    tx: Tx,
    userId: string,
    kind: Kind,
    secret: Secrets[Kind],
    now: Date,
    step: number | null = null,
  ): Promise<RowChange> {
    const [old] = await this.#table.find(tx, "user_id = $1 and kind = $2 and removed_at is null for update", [
      userId,
      kind,
    ]);
    if (old === undefined) return (await this.#insert(tx, userId, kind, null, secret, now, step)).change;
    const sealed = this.#seal(old.id, old.version + 1, secret);
    return (await this.#table.update(tx, old, { secret: sealed, createdAt: now, lastUsedAt: null, lastTotpStep: step }))
      .change;
  }

  async addPasskey(
    tx: Tx,
    userId: string,
    secret: PasskeySecret,
    now: Date,
  ): Promise<{ id: string; change: RowChange }> {
    const { row, change } = await this.#insert(
      tx,
      userId,
      "passkey",
      this.#keyring.lookup("passkey", secret.credentialId),
      secret,
      now,
      null,
    );
    return { id: row.id, change };
  }

  /** Notes a use and what it changed. Throws Problem `conflict` when the same credential was used meanwhile. */
  async used<Kind extends CredentialKind>(
    tx: Tx,
    credential: Credential<Kind>,
    now: Date,
    changed: { secret?: Secrets[Kind]; step?: number } = {},
  ): Promise<RowChange> {
    const { row } = credential;
    const secret = this.#seal(row.id, row.version + 1, changed.secret ?? credential.secret);
    const patch = { secret, lastUsedAt: now, ...(changed.step !== undefined && { lastTotpStep: changed.step }) };
    return (await this.#table.update(tx, row, patch)).change;
  }

  /** Empties a credential for good; its row stays so that the ledger's account of rows holds. */
  async remove(tx: Tx, credential: Credential<CredentialKind>, now: Date): Promise<RowChange> {
    const { row } = credential;
    return (await this.#table.update(tx, row, { secret: this.#seal(row.id, row.version + 1, null), removedAt: now }))
      .change;
  }

  /** Empties all credentials of a person. */
  async removeAll(tx: Tx, userId: string, now: Date): Promise<RowChange[]> {
    const { password, totp, recovery, passkeys } = await this.load(tx, userId);
    const rows: RowChange[] = [];
    for (const one of [password, totp, recovery, ...passkeys]) if (one) rows.push(await this.remove(tx, one, now));
    return rows;
  }

  async #insert(
    tx: Tx,
    userId: string,
    kind: CredentialKind,
    lookup: Buffer | null,
    secret: unknown,
    now: Date,
    step: number | null,
  ) {
    const id = uuidv7();
    const sealed = this.#seal(id, 1, secret);
    return this.#table.insert(tx, {
      id,
      userId,
      kind,
      lookup,
      secret: sealed,
      createdAt: now,
      lastUsedAt: null,
      lastTotpStep: step,
      removedAt: null,
    });
  }

  #seal(id: string, version: number, secret: unknown): Buffer {
    return sealValue(this.#key, { object: "person_credential", recordId: id, class: 3, sealVersion: version }, secret);
  }

  #open<Kind extends CredentialKind>(row: Stored<CredentialRow>, _kind: Kind): Credential<Kind> {
    const value = openValue(
      this.#key,
      { object: "person_credential", recordId: row.id, class: 3, sealVersion: row.version },
      row.secret,
    );
    // Sealed by this class for a row of this kind, and the tag covers the kind.
    return { row, secret: value as Secrets[Kind] };
  }
}
