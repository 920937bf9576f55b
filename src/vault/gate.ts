// The gate: every act of the outside world passes here. A signed request becomes a handle for exactly the verbs of its
// endpoint's row; a verb's arguments are read from the signed bytes; rights are judged; the entry of the ledger is
// durable before the answer leaves.
import type { EnvelopeHead } from "../contract/channel.ts";
import { type VerbName, verbs } from "../contract/endpoints.ts";
import { Problem } from "../contract/problem.ts";
import { type Match, matchEndpoint } from "../contract/router.ts";
import type { Permission, VerbDefinition } from "../contract/verb.ts";
import type { Access } from "./access/access.ts";
import type { Call } from "./call.ts";
import { systemScope } from "./db/database.ts";
import { isUuid } from "./db/uuid.ts";
import { type Approved, stepUp, unasked } from "./approved.ts";
import type { AuthenticatedAs } from "./identity/identity-call.ts";
import type { Identity } from "./identity/identity.ts";
import { type ActorRef, complete, type NotedEntry } from "./ledger/entry.ts";
import { type Asked, actorOf } from "./actor.ts";
import type { Records } from "./records/deps.ts";
import { problemOf } from "./database-problem.ts";
import type { Handlers } from "./verbs.ts";
import type { MeterHold } from "./watch/meter.ts";
import { bind, parseBody, parseInput } from "./signed-input.ts";

const handleMs = 30_000;

/** What one call has noted so far. */
interface Noted {
  /** Entries that are in no transaction yet. */
  readonly drafts: NotedEntry[];
  /** Kinds that its entries count, be it none of them. */
  readonly counted: Set<string>;
  approved: Approved;
  /** A transaction of the call carried entries. */
  written: boolean;
}

export interface Handle {
  readonly match: Match;
  readonly identity: AuthenticatedAs;
  readonly envelope: EnvelopeHead;
  readonly requestId: string;
  readonly begunAt: number;
  /** Path parameters and parsed body: all that was signed. */
  readonly signed: { readonly path: Readonly<Record<string, string>>; readonly body: unknown };
  readonly used: Set<string>;
}

export class Gate {
  readonly #records: Records;
  readonly #identity: Identity;
  readonly #handlers: Handlers;

  constructor(options: { records: Records; identity: Identity; handlers: Handlers }) {
    this.#records = options.records;
    this.#identity = options.identity;
    this.#handlers = options.handlers;
  }

  /** Verifies the signed request and opens a handle for it. Throws Problems; each refusal is in the ledger. */
  async begin(envelope: EnvelopeHead, body: Uint8Array, requestId: string): Promise<Handle> {
    const mark = envelope.target.indexOf("?");
    const path = mark < 0 ? envelope.target : envelope.target.slice(0, mark);
    const match = matchEndpoint(envelope.method, path);
    let identity: AuthenticatedAs | undefined;
    try {
      if (!match) throw new Problem("not_found");
      if (mark >= 0) throw new Problem("malformed");
      identity = await this.#identity.authenticate(
        {
          method: envelope.method,
          path,
          query: "",
          authority: envelope.authority,
          headers: envelope.headers,
          body: Buffer.from(body.buffer, body.byteOffset, body.byteLength),
          ip: envelope.ip,
          userAgent: envelope.userAgent,
        },
        match.endpoint.auth,
        { whileLocked: match.endpoint.whileLocked === true, passive: match.endpoint.passive === true },
      );
      const parsed = parseBody(match.endpoint, body);
      const handle: Handle = {
        match,
        identity,
        envelope,
        requestId,
        begunAt: Date.now(),
        signed: { path: match.params, body: parsed },
        used: new Set(),
      };
      await this.#records.directory.ready();
      judge(match.endpoint.permission, this.#accessOf(identity), match.params["object"]);
      return handle;
    } catch (error) {
      const problem = problemOf(error);
      if (problem)
        await this.#refuse(
          match ? `request.${match.name}` : "request.unknown",
          problem,
          { envelope, requestId, identity },
          match?.params,
        );
      throw problem ?? error;
    }
  }

  /** Runs one verb of the handle's row, once. Throws Problems. */
  async call(handle: Handle, verb: string, computed: Readonly<Record<string, unknown>>): Promise<unknown> {
    const noted: Noted = { drafts: [], counted: new Set(), approved: unasked, written: false };
    const { drafts } = noted;
    const now = new Date();
    const actor = actorOf(handle);
    const hold = actor.personId === undefined ? undefined : this.#records.meter.begin(actor.personId, now);
    try {
      const bindings = Object.hasOwn(handle.match.endpoint.verbs, verb) ? handle.match.endpoint.verbs[verb] : undefined;
      if (bindings === undefined || handle.used.has(verb) || !isVerb(verb)) throw new Problem("not_bound");
      if (now.getTime() - handle.begunAt > handleMs) throw new Problem("handle_expired");
      handle.used.add(verb);
      const row: VerbDefinition = verbs[verb];
      await this.#records.directory.ready();
      const access = this.#accessOf(handle.identity);
      const input = parseInput(row.input, bind(bindings, handle.signed, computed));
      judge(row.permission, access, objectOf(input));
      if (handle.identity.kind === "device" && !handle.identity.confirmed && needsConfirmedDevice(row))
        throw new Problem("device_unconfirmed");
      if (row.meter !== "none") hold?.demand(row.meter, 1);
      noted.approved = stepUp(this.#identity, handle, row, input);
      const given = await this.#run(verb, this.#callFor(handle, access, now, noted, actor, hold), input);
      if (row.meter !== "none" && !noted.counted.has(row.meter)) throw new Error(`${verb} counted no ${row.meter}`);
      const output = cutOutput(verb, row, given);
      if (drafts.length === 0 && !noted.written && row.logged !== false) drafts.push({ action: verb, result: "ok" });
      await this.#settle(noted.approved.into(drafts), now, actor);
      return output;
    } catch (error) {
      const problem = problemOf(error);
      // What a handler noted as refused names whom it was about; what it noted as done did not happen, but for exact
      // matches: how a call fails can tell as much as an answer.
      const refused = drafts.some((draft) => draft.result === "refused");
      const kept = drafts.filter((draft) => draft.result === "refused" || draft.counts?.matched !== undefined);
      await this.#settle(kept, now, actor);
      if (problem && !refused)
        await this.#refuse(isVerb(verb) ? verb : "verb.unknown", problem, handle, handle.match.params);
      throw problem ?? error;
    } finally {
      hold?.release();
    }
  }

  #run<V extends VerbName>(verb: V, call: Call, input: unknown): Promise<unknown> {
    // The input was parsed by this very verb's schema.
    const handler = this.#handlers[verb] as (call: Call, input: unknown) => Promise<unknown>;
    return handler(call, input);
  }

  #callFor(
    handle: Handle,
    access: Access | undefined,
    now: Date,
    noted: Noted,
    actor: ActorRef,
    meter: MeterHold | undefined,
  ): Call {
    const { drafts } = noted;
    return {
      identity: handle.identity,
      meter,
      requestId: handle.requestId,
      endpoint: handle.match.name,
      access,
      now,
      ip: handle.envelope.ip,
      userAgent: handle.envelope.userAgent,
      note: (draft) => {
        drafts.push(draft);
        if (draft.result === "ok") for (const kind of Object.keys(draft.counts ?? {})) noted.counted.add(kind);
      },
      write: (work) =>
        this.#records.db.tx(
          access ? { actor: access.userId, all: false, owners: [], departments: [] } : systemScope("identity"),
          async (tx) => {
            const result = await work(tx);
            // Entries noted so far belong to this transaction or to reads before it: all become durable with it.
            const own = noted.approved.into([...drafts]);
            if (own.length === 0) return result;
            await tx.rescope(systemScope("ledger"));
            await this.#records.ledger.insert(
              tx,
              own.map((draft) => complete(draft, now, actor)),
            );
            noted.written = true;
            tx.afterCommit(() => {
              drafts.splice(0, own.length);
              this.#count(own, actor, now);
            });
            return result;
          },
        ),
    };
  }

  async #settle(drafts: readonly NotedEntry[], now: Date, actor: ActorRef): Promise<void> {
    if (drafts.length === 0) return;
    await this.#records.ledger.append(drafts.map((draft) => complete(draft, now, actor)));
    this.#count(drafts, actor, now);
  }

  #count(drafts: readonly NotedEntry[], actor: ActorRef, now: Date): void {
    if (actor.personId === undefined) return;
    for (const draft of drafts) if (draft.counts) this.#records.meter.add(actor.personId, draft.counts, now);
  }

  #accessOf(identity: AuthenticatedAs): Access | undefined {
    if (identity.kind !== "device") return undefined;
    const access = this.#records.directory.access(identity.userId, identity.confirmed);
    // Disabled or removed since.
    if (!access) throw new Problem("session_ended");
    return access;
  }

  async #refuse(
    action: string,
    problem: Problem,
    asked: Asked,
    path: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    // What a person asked for stands in the entry's body alone: in the index by record, refusals could push out looks.
    const known = asked.identity?.kind === "device" ? this.#records.schema.find(path["object"] ?? "") : undefined;
    const id = known ? path["id"] : undefined;
    const draft: NotedEntry = {
      action,
      result: "refused",
      problem: problem.code,
      ...(known && { object: known.key }),
      ...(isUuid(id) && { listedIds: [id] }),
    };
    await this.#records.ledger.append([complete(draft, new Date(), actorOf(asked))]);
  }
}

function isVerb(verb: string): verb is VerbName {
  return Object.hasOwn(verbs, verb);
}

/** Throws Problem unless the permission holds: the coarse check, before the handler judges rows and fields. */
function judge(permission: Permission, access: Access | undefined, object: string | undefined): void {
  if (permission === "anonymous") return;
  if (!access) throw new Problem("device_unknown");
  if (permission === "self") return;
  if ("may" in permission) access.demandCapability(permission.may);
  else if (object === undefined) throw new Problem("not_found");
  else access.demand(object, permission.record);
}

/** What a device bound by phishable factors alone may not do before it is confirmed: all but looking and its own way in. */
function needsConfirmedDevice({ effect, permission }: VerbDefinition): boolean {
  if (effect === "write") return true;
  if (typeof permission === "string") return false;
  return "may" in permission ? permission.may !== "audit.view" : permission.record !== "view";
}

/** The answer as the verb's row promises it: nothing that a handler gave by mistake leaves the vault. */
function cutOutput(verb: string, row: VerbDefinition, given: unknown): unknown {
  const parsed = row.output.safeParse(given);
  if (parsed.success) return parsed.data;
  const places = parsed.error.issues.map(({ path, code }) => `${path.map(String).join(".")} (${code})`);
  throw new Error(`${verb} answers otherwise than its row says: ${places.join(", ").slice(0, 200)}`);
}

function objectOf(input: unknown): string | undefined {
  return typeof input === "object" && input !== null && "object" in input && typeof input.object === "string"
    ? input.object
    : undefined;
}
