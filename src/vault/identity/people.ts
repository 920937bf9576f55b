// What identity needs to know about people. They are records: the records room implements this, identity keeps none of
// it and never writes it anywhere.
import type { Tx } from "../db/database.ts";

export type PersonStatus = "invited" | "active" | "disabled";

export interface Person {
  readonly userId: string;
  readonly status: PersonStatus;
  readonly name: string;
  /** Absent only for people who cannot sign in. */
  readonly email: string | undefined;
  /** The company's name, for authenticator apps and invitations. */
  readonly company: string;
}

export interface NewOwner {
  readonly company: string;
  readonly name: string;
  readonly email: string;
  readonly locale: "zh-CN" | "en";
}

export interface People {
  /** The first person, active, with the role of company owner. Throws Problem `already_set_up` when there is one. */
  createOwner(tx: Tx, owner: NewOwner): Promise<{ userId: string }>;
  /** By keyed tag of the normalised address. */
  findByEmail(email: string): Promise<{ userId: string; status: PersonStatus } | undefined>;
  /** Throws Problem `not_found`. */
  load(userId: string): Promise<Person>;
  /** Whether who invited this person could do so now. */
  upholdsInvitation(createdBy: string, userId: string): boolean;
  /** From invited to active. */
  activate(tx: Tx, userId: string): Promise<void>;
}
