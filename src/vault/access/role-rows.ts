// Rows of roles and their members, and what their keyed tags cover.
import { type RoleDefinition } from "../../contract/roles.ts";
import { canonical } from "../records/schema.ts";

export interface MemberRow {
  readonly id: string;
  readonly roles: readonly string[];
  readonly granted_by: string | null;
  readonly granted_at: Date;
  readonly version: number;
  readonly tag: Buffer;
}

export interface RoleRow {
  readonly id: string;
  readonly key: string;
  readonly definition: RoleDefinition;
  readonly version: number;
  readonly tag: Buffer;
}

export function roleTag(row: Pick<RoleRow, "id" | "key" | "definition" | "version">) {
  return [row.id, row.key, canonical(row.definition), row.version] as const;
}

export function memberTag(row: Omit<MemberRow, "tag">) {
  return [row.id, row.roles.join(","), row.granted_by, row.granted_at.getTime(), row.version] as const;
}
