// What the directory holds in memory.
import type { RoleDefinition } from "../../contract/roles.ts";
import type { MemberRow } from "./role-rows.ts";

export interface DirectoryPerson {
  readonly id: string;
  readonly name: string;
  readonly department: string | null;
  readonly status: string;
  readonly manager: string | null;
  readonly deleted: boolean;
}

export interface DirectoryDepartment {
  readonly id: string;
  readonly name: string;
  readonly parent: string | null;
  readonly leader: string | null;
  readonly deleted: boolean;
}

export interface Loaded {
  readonly people: ReadonlyMap<string, DirectoryPerson>;
  readonly departments: ReadonlyMap<string, DirectoryDepartment>;
  readonly children: ReadonlyMap<string, readonly string[]>;
  readonly roles: ReadonlyMap<string, RoleDefinition>;
  readonly members: ReadonlyMap<string, MemberRow>;
}

export const empty: Loaded = {
  people: new Map(),
  departments: new Map(),
  children: new Map(),
  roles: new Map(),
  members: new Map(),
};

export function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

export function textOrNull(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
