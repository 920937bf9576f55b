// People as identity needs them, over the records of `user`: who has this e-mail, is he active, and the first owner.
import { Problem } from "../../contract/problem.ts";
import { upholdsInvitation } from "../access/authority.ts";
import { writeShippedRoles } from "../access/shipped-roles.ts";
import { type Tx, systemScope } from "../db/database.ts";
import { uuidv7 } from "../db/uuid.ts";
import type { NewOwner, People, Person, PersonStatus } from "../identity/people.ts";
import type { NotedEntry } from "../call.ts";
import { lookupKind } from "./masks.ts";
import type { Records } from "./deps.ts";
import { createFirstPipeline } from "./first-pipeline.ts";
import { columnValues, openClass } from "./row.ts";
import { normaliseForLookup } from "./values.ts";
import { anyVersion } from "./placement.ts";
import { type Writer, createRecord, updateRecord } from "./write.ts";
import { readRows } from "./read-rows.ts";

export class RecordPeople implements People {
  readonly #records: Records;

  constructor(records: Records) {
    this.#records = records;
  }

  async createOwner(tx: Tx, owner: NewOwner): Promise<{ userId: string }> {
    const records = this.#records;
    await tx.rescope(systemScope("setup"));
    await tx.query("select pg_advisory_xact_lock(hashtextextended('setup', 0))");
    const found = await tx.query("select id from vault.record_user limit 1");
    if (found.length > 0) throw new Problem("already_set_up");
    const now = new Date();
    const notes: NotedEntry[] = [];
    const userId = uuidv7();
    const writer: Writer = { access: undefined, by: null, now, note: (entry) => notes.push(entry) };
    const department = await createRecord(records, tx, writer, records.schema.load("department"), {
      name: owner.company,
    });
    await createRecord(
      records,
      tx,
      writer,
      records.schema.load("user"),
      { name: owner.name, email: owner.email, status: "active" },
      userId,
    );
    await this.#settle(records, tx, writer, userId, department.id);
    await createFirstPipeline(records, tx, writer, owner.locale === "en" ? "en" : "zh");
    await tx.rescope(systemScope("setup"));
    const rows = [
      ...(await writeShippedRoles(records, tx)),
      await records.directory.writeMember(tx, userId, ["owner"], null, now),
    ];
    notes.push({ action: "role.assign", object: "user", objectIds: [userId], fields: ["roles"], result: "ok", rows });
    await records.ledger.insert(
      tx,
      notes.map((note) => ({ ...note, at: now, actor: { kind: "system" } })),
    );
    return { userId };
  }

  /** The owner belongs to the topmost department; it is not in the directory before the commit, so no check by name. */
  async #settle(records: Records, tx: Tx, writer: Writer, userId: string, departmentId: string): Promise<void> {
    await records.directory.trust(departmentId, async () => {
      await updateRecord(records, tx, writer, records.schema.load("user"), userId, 1, { department: departmentId });
    });
  }

  async findByEmail(email: string): Promise<{ userId: string; status: PersonStatus } | undefined> {
    const records = this.#records;
    const object = records.schema.load("user");
    const field = object.fields.find((one) => one.key === "email");
    const normalised = field && normaliseForLookup(field, email);
    if (!field || normalised === undefined) return undefined;
    const tag = records.keyring.lookup(lookupKind(field), normalised);
    const [row] = await readRows(
      records.keyring,
      records.db.reads(systemScope("people")),
      object,
      "place",
      "join vault.record_lookup l on l.record_id = r.id where l.object = 'user' and l.field = 'email' and l.tag = $1 and r.deleted_at is null",
      [tag],
    );
    if (!row) return undefined;
    const person = await this.load(row.id);
    // A lookup row moved to another person would sign him in as someone else: the sealed address decides.
    if (normaliseForLookup(field, person.email ?? null) !== normalised) return undefined;
    return { userId: row.id, status: person.status };
  }

  async load(userId: string): Promise<Person> {
    const records = this.#records;
    const object = records.schema.load("user");
    return records.db.tx(systemScope("people"), async (tx) => {
      const rest = "where id = $1 and deleted_at is null";
      const [row] = await readRows(records.keyring, tx, object, "all", rest, [userId]);
      if (!row) throw new Problem("not_found");
      const keys = (await records.keyring.subjects(tx, [row.subject_id])).get(row.subject_id);
      if (!keys) throw new Problem("not_found");
      const status = columnValues(
        object.fields.filter((field) => field.key === "status"),
        row,
      )["status"];
      const name = openClass(object, row, keys, 2)["name"];
      const email = openClass(object, row, keys, 3)["email"];
      return {
        userId,
        status: status === "active" || status === "disabled" ? status : "invited",
        name: typeof name === "string" ? name : "",
        email: typeof email === "string" ? email : undefined,
        company: records.directory.company,
      };
    });
  }

  upholdsInvitation(createdBy: string, userId: string): boolean {
    return upholdsInvitation(this.#records, createdBy, userId);
  }

  async activate(tx: Tx, userId: string): Promise<void> {
    await this.setStatus(tx, userId, "active", null);
  }

  /** Sets the status and lays the entry of it in the same transaction. */
  async setStatus(
    tx: Tx,
    userId: string,
    status: PersonStatus,
    by: string | null,
    note?: (entry: NotedEntry) => void,
  ): Promise<void> {
    const records = this.#records;
    const now = new Date();
    const notes: NotedEntry[] = [];
    const writer: Writer = { access: undefined, by, now, note: note ?? ((entry) => notes.push(entry)) };
    await updateRecord(records, tx, writer, records.schema.load("user"), userId, anyVersion, { status });
    await tx.rescope(systemScope("people"));
    await records.ledger.insert(
      tx,
      notes.map((one) => ({ ...one, at: now, actor: { kind: "system" } })),
    );
  }
}
