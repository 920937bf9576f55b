// What one person may do, computed from his roles and his place in the tree. Rights only add up; nothing named is nothing
// granted. Everything in the vault that depends on who asks goes through this class.
import { type ObjectDefinition, type StoredField, isFoundWhole, isServed, systemFields } from "../../contract/field.ts";
import { Problem } from "../../contract/problem.ts";
import { type Level, type ObjectGrant, type RoleDefinition, type Scope, levels, scopes } from "../../contract/roles.ts";
import type { Capability, RecordAction } from "../../contract/verb.ts";
import type { RowScope } from "../db/database.ts";

/** The part of a row that decides about it. */
export interface RowPlace {
  readonly owner: string | null;
  readonly department: string | null;
}

export interface ResolvedScope {
  readonly all: boolean;
  readonly owners: readonly string[];
  readonly departments: readonly string[];
}

export interface Subject {
  readonly userId: string;
  readonly department: string | null;
  /** The department and all below it. */
  readonly subtree: readonly string[];
  readonly roles: readonly RoleDefinition[];
  /** Devices not yet confirmed see masks only: readable class 2 and 3 values shrink to their masks. */
  readonly confirmed: boolean;
}

const nothing: ResolvedScope = { all: false, owners: [], departments: [] };

function rank(level: Level): number {
  return levels.indexOf(level);
}

function highest(among: readonly Level[]): Level {
  return levels[Math.max(0, ...among.map(rank))] ?? "hidden";
}

export class Access {
  readonly subject: Subject;

  constructor(subject: Subject) {
    this.subject = subject;
  }

  get userId(): string {
    return this.subject.userId;
  }

  may(capability: Capability): boolean {
    return this.subject.roles.some((role) => role.capabilities.includes(capability));
  }

  /** The widest scope by name, for explanations and the schema. */
  scopeName(object: string, action: RecordAction): Scope {
    let widest = 0;
    for (const role of this.subject.roles)
      widest = Math.max(widest, scopes.indexOf(grantOf(role, object)?.actions[action] ?? "none"));
    return scopes[widest] ?? "none";
  }

  /** Whether there are any rows at all for this action; the coarse check before a verb runs. */
  can(object: string, action: RecordAction): boolean {
    return this.scopeName(object, action) !== "none";
  }

  /** All rows this person may do the action on: the union over his roles. */
  scope(object: string, action: RecordAction): ResolvedScope {
    const parts = this.subject.roles.map((role) => this.#resolve(grantOf(role, object)?.actions[action] ?? "none"));
    return {
      all: parts.some((part) => part.all),
      owners: [...new Set(parts.flatMap((part) => part.owners))],
      departments: [...new Set(parts.flatMap((part) => part.departments))],
    };
  }

  /** Whether a record is among those the person owns or serves: his own, those of his department and of all below it. */
  serves({ owner, department }: RowPlace): boolean {
    const { userId, subtree } = this.subject;
    return owner === userId || (department !== null && subtree.includes(department));
  }

  /** Deleted rows this person sees and takes back: those he could delete, others' only with `recycle.manage`. */
  bin(object: ObjectDefinition): ResolvedScope {
    const scope = this.scope(object.key, "delete");
    if (!isServed(object) || this.may("recycle.manage")) return scope;
    return inScope(scope, { owner: this.userId, department: null }) ? this.#resolve("own") : nothing;
  }

  covers(object: string, action: RecordAction, place: RowPlace): boolean {
    return inScope(this.scope(object, action), place);
  }

  /** For row-level security: the same rows as `scope`, as the database's second lock. */
  rowScope(object: string, action: RecordAction): RowScope {
    return { actor: this.userId, ...this.scope(object, action) };
  }

  /** The level of a field in a row: the best of the roles whose view covers the row. */
  level(object: ObjectDefinition, field: StoredField, place: RowPlace): Level {
    const level = this.#best(object, field, ({ view }) => inScope(this.#resolve(view ?? "none"), place));
    return this.onDevice(field, level);
  }

  /** The best level a field has in any row: decides which fields exist for this person at all. */
  bestLevel(object: ObjectDefinition, field: StoredField): Level {
    return this.onDevice(
      field,
      this.#best(object, field, ({ view }) => (view ?? "none") !== "none"),
    );
  }

  /** Level a field has for writing a new row: by the roles that may create. */
  createLevel(object: ObjectDefinition, field: StoredField): Level {
    return this.#best(
      object,
      field,
      (actions) => (actions.create ?? "none") !== "none" || (actions.import ?? "none") !== "none",
    );
  }

  /**
   * What a query may use: fields readable in every row of the view scope, and, where roles differ, those readable in the
   * rows of the most knowing role. Owner and department may be hidden as any field of class 1.
   */
  query(object: ObjectDefinition): {
    scope: ResolvedScope;
    readable: Set<string>;
    own: { scope: ResolvedScope; readable: Set<string> } | undefined;
    exact: Set<string>;
    hiddenSystem: Set<string>;
  } {
    const grants = this.subject.roles.flatMap((role) => {
      const grant = grantOf(role, object.key);
      const scope = this.#resolve(grant?.actions.view ?? "none");
      return grant && (scope.all || scope.owners.length > 0 || scope.departments.length > 0) ? [{ grant, scope }] : [];
    });
    const readableOf = (grant: ObjectGrant): string[] =>
      object.fields
        .filter(
          (field) => field.class < 3 && rank(this.onDevice(field, grantedLevel(grant, object, field))) >= rank("read"),
        )
        .map((field) => field.key);
    const sets = grants.map(({ grant, scope }) => ({ scope, keys: new Set(readableOf(grant)) }));
    const readable = new Set(sets[0] ? [...sets[0].keys].filter((key) => sets.every((set) => set.keys.has(key))) : []);
    const most = sets.toSorted((a, b) => b.keys.size - a.keys.size)[0];
    const exact = new Set(
      object.fields
        .filter(
          (field) =>
            field.class === 3 &&
            isFoundWhole(field) &&
            grants.length > 0 &&
            grants.every(({ grant }) => rank(this.onDevice(field, grantedLevel(grant, object, field))) >= rank("read")),
        )
        .map((field) => field.key),
    );
    const hiddenSystem = new Set(
      systemFields
        .filter((field) => grants.some(({ grant }) => rank(grantedLevel(grant, object, field)) < rank("read")))
        .map((field) => field.key),
    );
    return {
      scope: this.scope(object.key, "view"),
      readable,
      hiddenSystem,
      own: most && most.keys.size > readable.size ? { scope: most.scope, readable: most.keys } : undefined,
      exact,
    };
  }

  /** Throws Problem `not_allowed` unless the action exists for this person, `not_found` for objects he may not even view. */
  demand(object: string, action: RecordAction): void {
    if (this.can(object, action)) return;
    throw new Problem(this.can(object, "view") ? "not_allowed" : "not_found");
  }

  demandCapability(capability: Capability): void {
    if (!this.may(capability)) throw new Problem("not_allowed");
  }

  /** The best level among the roles whose actions on the object reach. */
  #best(object: ObjectDefinition, field: StoredField, reach: (actions: ObjectGrant["actions"]) => boolean): Level {
    const grants = this.subject.roles.flatMap((role) => grantOf(role, object.key) ?? []);
    return highest(grants.filter(({ actions }) => reach(actions)).map((grant) => grantedLevel(grant, object, field)));
  }

  #resolve(scope: Scope): ResolvedScope {
    const { userId, department, subtree } = this.subject;
    switch (scope) {
      case "all":
        return { all: true, owners: [], departments: [] };
      case "own":
        return { all: false, owners: [userId], departments: [] };
      case "department":
        return { all: false, owners: [userId], departments: department === null ? [] : [department] };
      case "department_and_below":
        return { all: false, owners: [userId], departments: subtree };
      case "none":
        return nothing;
    }
  }

  /** What the device leaves of a level that the roles give. */
  onDevice(field: StoredField, level: Level): Level {
    return this.subject.confirmed || field.class < 2 || rank(level) <= rank("masked") ? level : "masked";
  }
}

export function inScope(scope: ResolvedScope, place: RowPlace): boolean {
  return (
    scope.all ||
    (place.owner !== null && scope.owners.includes(place.owner)) ||
    (place.department !== null && scope.departments.includes(place.department))
  );
}

/** System fields follow the record: whoever sees the row sees when and by whom it was made; the owner is written like class 1. */
export function grantedLevel(grant: ObjectGrant, object: ObjectDefinition, field: StoredField): Level {
  if (!object.fields.includes(field))
    return field.key === "owner" || field.key === "department" ? (grant.classes[1] ?? "hidden") : "read";
  const exception = grant.fields && Object.hasOwn(grant.fields, field.key) ? grant.fields[field.key] : undefined;
  return exception ?? grant.classes[field.class] ?? "hidden";
}

/** A role's grant for an object; a name such as `constructor` is no object, though every JavaScript object has one. */
export function grantOf(role: RoleDefinition, object: string): ObjectGrant | undefined {
  return Object.hasOwn(role.objects, object) ? role.objects[object] : undefined;
}
