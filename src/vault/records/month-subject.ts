// The subject of what is about nobody: one for each month, found by the month alone and made when it is first needed.
import { systemScope, type Tx } from "../db/database.ts";
import type { SubjectKeys } from "../keys/key-material.ts";
import type { Keyring } from "../keys/keyring.ts";

/** The id, the same for a whole month (UTC): a UUIDv8 (RFC 9562, section 5.8) of a keyed tag. */
export function monthSubject(keyring: Pick<Keyring, "lookup">, now: Date): string {
  const tag = keyring.lookup("subject", `month ${now.toISOString().slice(0, 7)}`).toString("hex");
  const variant = (8 + (Number.parseInt(tag.charAt(16), 16) & 3)).toString(16);
  return `${tag.slice(0, 8)}-${tag.slice(8, 12)}-8${tag.slice(13, 16)}-${variant}${tag.slice(17, 20)}-${tag.slice(20, 32)}`;
}

/** Its keys. Whoever needs them first makes them; others wait for that transaction. Leaves the transaction in the system's scope. */
export async function monthKeys(keyring: Keyring, tx: Tx, id: string): Promise<SubjectKeys> {
  await tx.rescope(systemScope("records"));
  const known = (await keyring.subjects(tx, [id])).get(id);
  if (known) return known;
  await tx.query("select pg_advisory_xact_lock(hashtextextended($1, 0))", [`subject:${id}`]);
  return (await keyring.subjects(tx, [id])).get(id) ?? (await keyring.createSubject(tx, id));
}
