// The shipped roles as rows: written at set-up, and given the rights that a later version brings.
import { shippedRoles } from "../../contract/roles.ts";
import type { Tx } from "../db/database.ts";
import { uuidv7 } from "../db/uuid.ts";
import type { Keyring } from "../keys/keyring.ts";
import type { RowChange } from "../ledger/entry.ts";
import { type RoleRow, roleTag } from "./role-rows.ts";

interface Keys {
  readonly keyring: Pick<Keyring, "tag" | "verifyTag">;
}

/** Writes the shipped roles that are not there yet; at set-up. */
export async function writeShippedRoles({ keyring }: Keys, tx: Tx): Promise<RowChange[]> {
  const changes: RowChange[] = [];
  for (const role of shippedRoles) {
    const id = uuidv7();
    const tag = keyring.tag("role", roleTag({ id, key: role.key, definition: role, version: 1 }));
    const written = await tx.query(
      "insert into vault.role (id, key, definition, version, tag) values ($1, $2, $3, 1, $4) on conflict (key) do nothing returning id",
      [id, role.key, role, tag],
    );
    if (written.length > 0) changes.push({ table: "role", id, version: 1, tag });
  }
  return changes;
}

/** Gives the shipped roles their rights on objects, and capabilities, of which no role here has heard: those of a later version. */
export async function extendShippedRoles({ keyring }: Keys, tx: Tx): Promise<RowChange[]> {
  const rows = await tx.query<RoleRow>(
    "select id, key, definition, version, tag from vault.role order by id for update",
  );
  for (const row of rows) keyring.verifyTag("role", roleTag(row), row.tag);
  const known = new Set(rows.flatMap(({ definition }) => Object.keys(definition.objects)));
  const capable = new Set(rows.flatMap(({ definition }) => definition.capabilities));
  const changes: RowChange[] = [];
  for (const row of rows) {
    const shipped = shippedRoles.find(({ key }) => key === row.key);
    const added = Object.entries(shipped?.objects ?? {}).filter(([object]) => !known.has(object));
    const able = (shipped?.capabilities ?? []).filter((capability) => !capable.has(capability));
    if (!shipped || added.length + able.length === 0) continue;
    const objects = { ...row.definition.objects, ...Object.fromEntries(added) };
    const capabilities = [...row.definition.capabilities, ...able];
    const next = {
      ...row,
      definition: { ...row.definition, description: shipped.description, objects, capabilities },
      version: row.version + 1,
    };
    const tag = keyring.tag("role", roleTag(next));
    await tx.query("update vault.role set definition = $2, version = $3, tag = $4 where id = $1", [
      row.id,
      next.definition,
      next.version,
      tag,
    ]);
    changes.push({ table: "role", id: row.id, version: next.version, tag, oldVersion: row.version, oldTag: row.tag });
  }
  return changes;
}
