// People, departments and roles as the vault decides by them: loaded whole with every tag checked, kept in memory, and
// loaded anew after each commit that touched them. A request waits for a load under way, so a changed right holds at once.
import type { RoleDefinition } from "../../contract/roles.ts";
import { type Database, type Tx, systemScope } from "../db/database.ts";
import { SealBroken, TagBroken } from "../keys/broken.ts";
import type { Keyring } from "../keys/keyring.ts";
import type { RowChange } from "../ledger/entry.ts";
import { type RecordRow, columnValues, openClass, verifyFacts, verifyRow } from "../records/row.ts";
import { type Schema } from "../records/schema.ts";
import { Access } from "./access.ts";
import {
  type DirectoryDepartment,
  type DirectoryPerson,
  type Loaded,
  empty,
  text,
  textOrNull,
} from "./directory-loaded.ts";
import { type MemberRow, type RoleRow, memberTag, roleTag } from "./role-rows.ts";
import { selectOf } from "../records/read-rows.ts";

const scope = systemScope("directory");

export class Directory {
  readonly #db: Database;
  readonly #keyring: Keyring;
  readonly #schema: Schema;
  readonly #tell: (table: string, id: string) => void;
  #loaded: Loaded = empty;
  #loading: Promise<void> | undefined;
  /** Changes told of so far, and how many of them are in memory: after a failed load some are not. */
  #changes = 0;
  #known = 0;
  #trusted: string | undefined;
  readonly #held = new WeakSet<Tx>();

  /**
   * `broken` is told of every row that the vault did not write. `db` has a connection for this alone: whoever holds one
   * of the others may wait for a load.
   */
  constructor(options: {
    db: Database;
    keyring: Keyring;
    schema: Schema;
    broken: (table: string, id: string) => void;
  }) {
    this.#tell = options.broken;
    this.#db = options.db;
    this.#keyring = options.keyring;
    this.#schema = options.schema;
  }

  /** To be called right after a commit that touched people, departments or roles. */
  changed(): void {
    this.#changes += 1;
    // Begun at once, so that the next request finds it done. Whoever waits in ready() gets the error.
    this.ready().catch(() => undefined);
  }

  /** Resolves when what is in memory is what was last committed. Rejects while the database cannot be read. */
  async ready(): Promise<void> {
    while (this.#known < this.#changes) {
      this.#loading ??= this.#load(this.#changes).finally(() => {
        this.#loading = undefined;
      });
      await this.#loading;
    }
  }

  /**
   * From here to its end the transaction alone changes what rights follow from, and what is in memory is what the one
   * before it left: read anew, since a commit lets the next one go before its own process hears of it.
   */
  async hold(tx: Tx): Promise<void> {
    if (this.#held.has(tx)) return;
    await tx.query("select pg_advisory_xact_lock(hashtextextended('rights', 0))");
    this.#held.add(tx);
    this.changed();
    await this.ready();
  }

  async open(): Promise<void> {
    this.changed();
    await this.ready();
  }

  person(id: string): DirectoryPerson | undefined {
    return this.#loaded.people.get(id);
  }

  get people(): Iterable<DirectoryPerson> {
    return this.#loaded.people.values();
  }

  department(id: string): DirectoryDepartment | undefined {
    return this.#loaded.departments.get(id);
  }

  get departments(): Iterable<DirectoryDepartment> {
    return this.#loaded.departments.values();
  }

  get roles(): readonly RoleDefinition[] {
    return [...this.#loaded.roles.values()];
  }

  /** Runs `work` while a department that its own transaction is making counts as known. */
  async trust<T>(departmentId: string, work: () => Promise<T>): Promise<T> {
    this.#trusted = departmentId;
    try {
      return await work();
    } finally {
      this.#trusted = undefined;
    }
  }

  /** Whether someone may be put into this department. */
  hasDepartment(id: string): boolean {
    return this.#trusted === id || this.#loaded.departments.get(id)?.deleted === false;
  }

  /** The company's name: that of the topmost department. */
  get company(): string {
    for (const one of this.#loaded.departments.values()) if (one.parent === null && !one.deleted) return one.name;
    return "";
  }

  rootDepartment(): string | undefined {
    for (const one of this.#loaded.departments.values()) if (one.parent === null && !one.deleted) return one.id;
    return undefined;
  }

  rolesOf(userId: string): readonly string[] {
    return this.#loaded.members.get(userId)?.roles ?? [];
  }

  get members(): Iterable<{ readonly id: string; readonly roles: readonly string[] }> {
    return this.#loaded.members.values();
  }

  /** The department and all below it; a damaged tree cannot make it run in circles. */
  subtree(departmentId: string): readonly string[] {
    const found = new Set([departmentId]);
    for (const id of found) for (const child of this.#loaded.children.get(id) ?? []) found.add(child);
    return [...found];
  }

  /** Rights of an active person; undefined for everybody else. */
  access(userId: string, confirmed: boolean): Access | undefined {
    const person = this.#loaded.people.get(userId);
    if (!person || person.deleted || person.status !== "active") return undefined;
    const roles = this.rolesOf(userId).flatMap((key) => this.#loaded.roles.get(key) ?? []);
    return new Access({
      userId,
      department: person.department,
      subtree: person.department === null ? [] : this.subtree(person.department),
      roles,
      confirmed,
    });
  }

  /** Sets all roles of a person under one tag. The caller has decided that it may be. */
  async writeMember(
    tx: Tx,
    userId: string,
    roles: readonly string[],
    by: string | null,
    now: Date,
  ): Promise<RowChange> {
    const [old] = await tx.query<MemberRow>(
      "select id, roles, granted_by, granted_at, version, tag from vault.role_member where id = $1 for update",
      [userId],
    );
    if (old) this.#keyring.verifyTag("role_member", memberTag(old), old.tag);
    const row = { id: userId, roles, granted_by: by, granted_at: now, version: (old?.version ?? 0) + 1 };
    const tag = this.#keyring.tag("role_member", memberTag(row));
    await tx.query(
      `insert into vault.role_member (id, roles, granted_by, granted_at, version, tag) values ($1, $2, $3, $4, $5, $6)
       on conflict (id) do update set roles = excluded.roles, granted_by = excluded.granted_by, granted_at = excluded.granted_at, version = excluded.version, tag = excluded.tag`,
      [userId, [...roles], by, now, row.version, tag],
    );
    tx.afterCommit(() => {
      this.changed();
    });
    return {
      table: "role_member",
      id: userId,
      version: row.version,
      tag,
      ...(old && { oldVersion: old.version, oldTag: old.tag }),
    };
  }

  async #load(changes: number): Promise<void> {
    this.#loaded = await this.#db.tx(scope, async (tx) => {
      const people = new Map<string, DirectoryPerson>();
      for (const { row, values } of await this.#rows(tx, "user")) {
        people.set(row.id, {
          id: row.id,
          name: text(values["name"]),
          department: row.department_id,
          status: text(values["status"]),
          manager: textOrNull(values["manager"]),
          deleted: row.deleted_at !== null,
        });
      }
      const departments = new Map<string, DirectoryDepartment>();
      const children = new Map<string, string[]>();
      for (const { row, values } of await this.#rows(tx, "department")) {
        const parent = textOrNull(values["parent"]);
        departments.set(row.id, {
          id: row.id,
          name: text(values["name"]),
          parent,
          leader: textOrNull(values["leader"]),
          deleted: row.deleted_at !== null,
        });
        if (parent !== null) children.set(parent, [...(children.get(parent) ?? []), row.id]);
      }
      const roles = new Map<string, RoleDefinition>();
      for (const row of await tx.query<RoleRow>(
        "select id, key, definition, version, tag from vault.role order by id",
      )) {
        if (this.#holds("role", row.id, () => this.#keyring.verifyTag("role", roleTag(row), row.tag)))
          roles.set(row.key, row.definition);
      }
      const members = new Map<string, MemberRow>();
      for (const row of await tx.query<MemberRow>(
        "select id, roles, granted_by, granted_at, version, tag from vault.role_member",
      )) {
        if (this.#holds("role_member", row.id, () => this.#keyring.verifyTag("role_member", memberTag(row), row.tag)))
          members.set(row.id, row);
      }
      return { people, departments, children, roles, members };
    });
    this.#known = changes;
  }

  async #rows(tx: Tx, key: "user" | "department"): Promise<{ row: RecordRow; values: Record<string, unknown> }[]> {
    const object = this.#schema.load(key);
    const rows = await tx.query<RecordRow>(`${selectOf(object, "all")} order by id`);
    const keys = await this.#keyring.subjects(
      tx,
      rows.map((row) => row.subject_id),
    );
    return rows.flatMap((row) => {
      const own = keys.get(row.subject_id);
      const whole = this.#holds(key, row.id, () => {
        verifyRow(this.#keyring, object, row);
        verifyFacts(object, row);
        if (own) openClass(object, row, own, 2);
      });
      return !whole
        ? []
        : [{ row, values: { ...columnValues(object.fields, row), ...(own && openClass(object, row, own, 2)) } }];
    });
  }

  /** A row that the vault did not write counts as not there: it gives nobody a right, and is told of. */
  #holds(table: string, id: string, check: () => void): boolean {
    try {
      check();
      return true;
    } catch (error) {
      if (!(error instanceof TagBroken) && !(error instanceof SealBroken)) throw error;
      this.#tell(table, id);
      return false;
    }
  }
}
