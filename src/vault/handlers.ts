// Every verb of the contract with its handler; a missing one does not compile.
import { assignRoles, explainAccess, listMembers, listRoles, resetSignIn, setStatus } from "./admin/role-verbs.ts";
import { waysIn } from "./admin/ways-in.ts";
import { type Call, type EndPerson, byPerson } from "./call.ts";
import { backupHandlers } from "./backups/backup-verbs.ts";
import type { Backups } from "./backups/backups.ts";
import { type RestoreOptions, restoreHandlers } from "./backups/restore-verbs.ts";
import type { Identity } from "./identity/identity.ts";
import { type RecoveryKitPlace, readKit } from "./admin/kit-verb.ts";
import { listLedger, readCheckpoint } from "./admin/ledger-verbs.ts";
import { changeField } from "./records/change-field.ts";
import { commitRecords } from "./records/commit.ts";
import type { Records } from "./records/deps.ts";
import { defineField, readSchema } from "./records/fields.ts";
import type { RecordPeople } from "./records/people.ts";
import { searchEverything, suggestRecords } from "./records/find.ts";
import { readHistory, readLookers } from "./records/history.ts";
import { listRecords, openRecord, revealValue } from "./records/read.ts";
import { listViews, removeView, saveView } from "./records/views.ts";
import type { DiskSearches } from "./thief/disk-search.ts";
import { sampleHandlers } from "./sample/sample-verbs.ts";
import { thiefHandlers } from "./thief/thief-verbs.ts";
import type { Handlers, ImportHandlers } from "./verbs.ts";

export interface VerbDeps {
  readonly records: Records;
  readonly people: RecordPeople;
  readonly identity: Identity;
  readonly imports: { readonly handlers: ImportHandlers; readonly endPerson: EndPerson };
  readonly kit: RecoveryKitPlace;
  readonly backups: Backups;
  /** A folder on the disk that holds the data. */
  readonly dataDir: string;
  readonly diskSearches: DiskSearches;
  readonly restore: RestoreOptions;
}

export function handlersOf({
  records,
  people,
  identity,
  imports,
  kit,
  backups,
  dataDir,
  diskSearches,
  restore,
}: VerbDeps): Handlers {
  const one = async (call: Call, operation: Parameters<typeof commitRecords>[2]["operations"][number]) => {
    const { written } = await commitRecords(records, byPerson(call), { operations: [operation], guards: [] });
    const [first] = written;
    if (!first) throw new Error("a commit of one wrote none");
    return first;
  };
  const endPerson: EndPerson = async (tx, personId, now) => [
    ...(await identity.endPerson(tx, personId, now)),
    ...(await imports.endPerson(tx, personId, now)),
  ];
  const leaving = { hasJoined: (id: string) => identity.hasJoined(id), endPerson };
  return {
    ...identity.handlers,
    ...imports.handlers,
    ...waysIn(records, identity),
    ...backupHandlers(backups, dataDir),
    ...thiefHandlers(records, diskSearches),
    ...restoreHandlers(restore),
    ...sampleHandlers(records),
    "schema.read": (call) => readSchema(records, byPerson(call)),
    "record.list": (call, input) => listRecords(records, byPerson(call), input),
    "record.open": (call, input) => openRecord(records, byPerson(call), input),
    "record.create": (call, { object, id, values }) =>
      one(call, { op: "create", object, values, ...(id !== undefined && { id }) }),
    "record.update": (call, input) => one(call, { op: "update", ...input }),
    "record.delete": (call, input) => one(call, { op: "delete", ...input }),
    "record.restore": (call, input) => one(call, { op: "restore", ...input }),
    "record.commit": (call, input) => commitRecords(records, byPerson(call), input),
    "record.reveal": (call, input) => revealValue(records, byPerson(call), input),
    "record.history": (call, input) => readHistory(records, byPerson(call), input),
    "record.lookers": (call, input) => readLookers(records, byPerson(call), input),
    "record.suggest": (call, input) => suggestRecords(records, byPerson(call), input),
    "search.everything": (call, input) => searchEverything(records, byPerson(call), input),
    "field.define": (call, input) => defineField(records, byPerson(call), input),
    "field.change": (call, input) => changeField(records, byPerson(call), input),
    "view.list": (call, input) => listViews(records, byPerson(call), input),
    "view.save": (call, input) => saveView(records, byPerson(call), input),
    "view.remove": (call, input) => removeView(records, byPerson(call), input),
    "role.list": () => listRoles(records),
    "role.members": () => listMembers(records),
    "role.assign": (call, input) => assignRoles(records, identity, byPerson(call), input),
    "person.setStatus": (call, input) => setStatus(records, people, leaving, byPerson(call), input),
    "person.resetSignIn": (call, input) => resetSignIn(records, people, identity, byPerson(call), input),
    "access.explain": (call, input) => explainAccess(records, byPerson(call), input),
    "installation.recoveryKit": () => readKit(records, kit),
    "ledger.list": (call, input) => listLedger(records, byPerson(call), input),
    "ledger.checkpoint": (call) => readCheckpoint(records, byPerson(call)),
  };
}
