/**
 * What a ledger entry says, and its one canonical form: the body, JSON with keys in fixed order, whose bytes are the
 * Merkle leaf. A body holds ids, codes, numbers, IP and user agent, never a value that a person typed about a customer:
 * such detail is sealed with its subject's key, and the body carries only the SHA-256 of the sealed bytes.
 */
import { hash } from "node:crypto";
import { isIP } from "node:net";
import { type ActRecord, checkedAct } from "./act-record.ts";
import { isUuid } from "../db/uuid.ts";
import { leafHash } from "./merkle.ts";

/** The change of one tagged row. No `old…`: the row is new. `deleted`: the row is physically gone (a row in the recycle bin is still a row). */
export interface RowChange {
  /** Name of the table as given to `Keyring.tag`. */
  table: string;
  id: string;
  version: number;
  tag: Buffer;
  oldVersion?: number;
  oldTag?: Buffer;
  deleted?: boolean;
}

export interface ActorRef {
  kind: "person" | "system" | "anonymous";
  personId?: string;
  deviceId?: string;
  sessionId?: string;
  ip?: string;
  userAgent?: string;
  requestId?: string;
  mandateId?: string;
}

export interface EntryCounts {
  listed?: number;
  opened?: number;
  /** Of the opened ones: records outside what the person owns or serves. */
  outside?: number;
  revealed?: number;
  exported?: number;
  written?: number;
  /** Restricted values that a request looked for exactly, whether they were found or not. */
  matched?: number;
  /** Restricted values of a file that were compared with those of records. */
  compared?: number;
  refused?: number;
}

export interface EntryDraft {
  /** Code of what was done, such as `record.read`. */
  action: string;
  at: Date;
  actor: ActorRef;
  /** Key of the object, such as `account`. */
  object?: string;
  /** Records that were opened, revealed, written or exported: each gets an index row. */
  objectIds?: readonly string[];
  /** Records that stood in a list: in the body only. */
  listedIds?: readonly string[];
  fields?: readonly string[];
  /** A code; words that a person typed belong in `detail`. */
  purpose?: string;
  result: "ok" | "refused";
  problem?: string;
  counts?: EntryCounts;
  rows?: readonly RowChange[];
  act?: ActRecord;
  /** Sealed with the subject's class 2 key; any JSON value, usually { before, after }. */
  detail?: { subjectId: string; value: unknown };
}

/** An entry as what is done notes it: time and actor are those of its call. */
export interface NotedEntry extends Omit<EntryDraft, "at" | "actor"> {
  /** Who did it, where that is known only by what was done: signing in and joining, which a mere key signs. */
  by?: Pick<ActorRef, "personId" | "deviceId">;
}

export function complete({ by, ...draft }: NotedEntry, at: Date, actor: ActorRef): EntryDraft {
  return { ...draft, at, actor: by === undefined ? actor : { ...actor, ...by, kind: "person" } };
}

/** A row change in a body: [table, id, old version, old tag, version, tag]; the old pair is null for a new row, the new pair for one that is gone. */
export type BodyRow = readonly [string, string, number | null, string | null, number | null, string | null];

/** The body as parsed; the keys stand in this order in the text. */
export interface EntryBody {
  readonly act?: Readonly<ActRecord>;
  readonly action: string;
  readonly actor: {
    readonly device?: string;
    readonly ip?: string;
    readonly kind: ActorRef["kind"];
    readonly mandate?: string;
    readonly person?: string;
    readonly request?: string;
    readonly session?: string;
    readonly ua?: string;
  };
  readonly at: string;
  readonly counts?: EntryCounts;
  readonly fields?: readonly string[];
  readonly id: string;
  /** Only in the first entry of a ledger: the key that signs its checkpoints (C2SP verifier key). */
  readonly key?: string;
  readonly listed?: readonly string[];
  readonly object?: string;
  readonly objects?: readonly string[];
  readonly problem?: string;
  readonly purpose?: string;
  readonly result: "ok" | "refused";
  readonly rows?: readonly BodyRow[];
  readonly sealed?: { readonly hash: string; readonly subject: string };
  readonly v: 1;
}

/** An entry ready to be stored. */
export interface PreparedEntry {
  readonly id: string;
  readonly body: string;
  /** The Merkle leaf of the body. */
  readonly leaf: Buffer;
  readonly sealed: Buffer | undefined;
}

/** The first entry of every ledger; it names the signing key, so whoever knows any checkpoint knows the key. */
export const GENESIS_ACTION = "ledger.start";

const MAX_USER_AGENT = 256;
const codePattern = /^[A-Za-z0-9_][A-Za-z0-9_.:@-]{0,127}$/;

function code(text: string, what: string): string {
  if (!codePattern.test(text))
    throw new TypeError(`${what} of a ledger entry is a code of at most 128 characters, not free text`);
  return text;
}

function uuid(text: string, what: string): string {
  if (!isUuid(text)) throw new TypeError(`${what} of a ledger entry is a UUID in lower case`);
  return text;
}

function list<T>(items: readonly T[] | undefined, check: (item: T) => T): T[] | undefined {
  return items === undefined || items.length === 0 ? undefined : items.map(check);
}

/** An address without the parts that vary per connection: IPv4-mapped as IPv4, no zone. Undefined when it is not an address or network. */
export function normalIp(ip: string | undefined): string | undefined {
  if (ip === undefined) return undefined;
  const bare = ip.replace(/%.*$/, "").replace(/^::ffff:(?=\d+\.)/i, "");
  return isIP(bare.replace(/\/64$/, "")) === 0 ? undefined : bare.toLowerCase();
}

function bodyRow(row: RowChange): BodyRow {
  if (!/^[a-z][a-z0-9_.]{0,126}$/.test(row.table)) throw new TypeError("the table of a row change is a plain name");
  uuid(row.id, "the row id");
  if ((row.oldVersion === undefined) !== (row.oldTag === undefined))
    throw new TypeError("a row change has an old version and an old tag, or neither");
  if (row.deleted === true && row.oldTag === undefined) throw new TypeError("only a known row can be deleted");
  const gone = row.deleted === true;
  return [
    row.table,
    row.id,
    row.oldVersion ?? null,
    row.oldTag?.toString("base64") ?? null,
    gone ? null : row.version,
    gone ? null : row.tag.toString("base64"),
  ];
}

/** Values that are left out are not in the text: JSON.stringify drops undefined. */
type Loose<T> = { [K in keyof T]?: T[K] | undefined };

/**
 * The canonical body. `sealed` are the bytes of the detail when there is one. Throws TypeError when a code is free
 * text or an id is not a UUID: nothing reaches the database half checked.
 */
export function prepareEntry(id: string, draft: EntryDraft, sealed?: Buffer, key?: string): PreparedEntry {
  const { actor, counts } = draft;
  const optional = (text: string | undefined, what: string): string | undefined =>
    text === undefined ? undefined : uuid(text, what);
  const body: Loose<EntryBody> = {
    act: draft.act === undefined ? undefined : checkedAct(draft.act),
    action: code(draft.action, "the action"),
    actor: {
      device: optional(actor.deviceId, "the device"),
      ip: normalIp(actor.ip),
      kind: actor.kind,
      mandate: optional(actor.mandateId, "the mandate"),
      person: optional(actor.personId, "the person"),
      request: actor.requestId === undefined ? undefined : code(actor.requestId, "the request"),
      session: optional(actor.sessionId, "the session"),
      ua: actor.userAgent?.slice(0, MAX_USER_AGENT),
    } as EntryBody["actor"], // the undefined ones vanish in JSON
    at: draft.at.toISOString(),
    counts:
      counts === undefined
        ? undefined
        : ({
            compared: counts.compared,
            exported: counts.exported,
            listed: counts.listed,
            matched: counts.matched,
            opened: counts.opened,
            outside: counts.outside,
            refused: counts.refused,
            revealed: counts.revealed,
            written: counts.written,
          } as EntryCounts), // as above
    fields: list(draft.fields, (field) => code(field, "a field")),
    id: uuid(id, "the id"),
    key,
    listed: list(draft.listedIds, (item) => uuid(item, "a listed id")),
    object: draft.object === undefined ? undefined : code(draft.object, "the object"),
    objects:
      draft.objectIds === undefined
        ? undefined
        : list([...new Set(draft.objectIds)], (item) => uuid(item, "an object id")),
    problem: draft.problem === undefined ? undefined : code(draft.problem, "the problem"),
    purpose: draft.purpose === undefined ? undefined : code(draft.purpose, "the purpose"),
    result: draft.result,
    rows: draft.rows === undefined || draft.rows.length === 0 ? undefined : draft.rows.map(bodyRow),
    sealed:
      sealed === undefined || draft.detail === undefined
        ? undefined
        : { hash: hash("sha256", sealed, "base64"), subject: uuid(draft.detail.subjectId, "the subject") },
    v: 1,
  };
  const text = JSON.stringify(body);
  return { id, body: text, leaf: leafHash(text), sealed };
}

/** Parses a body that is already believed (its leaf or tag was checked). Throws SyntaxError or TypeError when it is none. */
export function parseBody(text: string): EntryBody {
  const body = JSON.parse(text) as EntryBody | null; // checked below as far as the ledger relies on it
  if (
    typeof body !== "object" ||
    body === null ||
    body.v !== 1 ||
    !isUuid(body.id) ||
    typeof body.actor !== "object" ||
    body.actor === null
  ) {
    throw new TypeError("not the body of a ledger entry");
  }
  return body;
}
