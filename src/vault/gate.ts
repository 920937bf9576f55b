// The gate: every act of the outside world passes here. A signed request becomes a handle for exactly the verbs of its
// endpoint's row; a verb's arguments are read from the signed bytes; rights are judged; the entry of the ledger is
// durable before the answer leaves.
import type { EnvelopeHead } from "../contract/channel.ts";
import { type VerbName, verbs } from "../contract/endpoints.ts";
import { Problem } from "../contract/problem.ts";
import { type Match, matchEndpoint } from "../contract/router.ts";
import type { Permission } from "../contract/verb.ts";
import type { Access } from "./access/access.ts";
import type { Call, NotedEntry } from "./call.ts";
import { systemScope } from "./db/database.ts";
import type { AuthenticatedAs } from "./identity/identity-call.ts";
import type { Identity } from "./identity/identity.ts";
import type { ActorRef, EntryDraft } from "./ledger/entry.ts";
import type { Records } from "./records/deps.ts";
import { problemOf } from "./database-problem.ts";
import type { Handlers } from "./verbs.ts";
import { bind, parseBody, parseInput } from "./signed-input.ts";

const handleMs = 30_000;

/** Verbs whose answers bear nobody's values but state of the installation or of the caller himself: no entry each time. */
const quiet: ReadonlySet<string> = new Set<VerbName>([
  "installation.status",
  "password.check",
  "session.me",
  "session.touch",
  "schema.read",
  "import.status",
  "role.list",
]);

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
        { whileLocked: match.endpoint.whileLocked === true },
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
        await this.#refuse(match ? `request.${match.name}` : "request.unknown", problem, envelope, requestId, identity);
      throw problem ?? error;
    }
  }

  /** Runs one verb of the handle's row, once. Throws Problems. */
  async call(handle: Handle, verb: string, computed: Readonly<Record<string, unknown>>): Promise<unknown> {
    const drafts: NotedEntry[] = [];
    const now = new Date();
    const actor = actorOf(handle);
    try {
      const bindings = Object.hasOwn(handle.match.endpoint.verbs, verb) ? handle.match.endpoint.verbs[verb] : undefined;
      if (bindings === undefined || handle.used.has(verb) || !isVerb(verb)) throw new Problem("not_bound");
      if (now.getTime() - handle.begunAt > handleMs) throw new Problem("handle_expired");
      handle.used.add(verb);
      await this.#records.directory.ready();
      const access = this.#accessOf(handle.identity);
      const input = parseInput(verbs[verb].input, bind(bindings, handle.signed, computed));
      judge(verbs[verb].permission, access, objectOf(input));
      if (handle.identity.kind === "device" && !handle.identity.confirmed && changesThings(verb))
        throw new Problem("device_unconfirmed");
      const output = await this.#run(verb, this.#callFor(handle, access, now, drafts, actor), input);
      if (drafts.length === 0 && !handle.used.has(written) && !quiet.has(verb))
        drafts.push({ action: verb, result: "ok" });
      await this.#settle(drafts, now, actor);
      return output;
    } catch (error) {
      const problem = problemOf(error);
      // What a handler noted as refused names whom it was about; what it noted as done did not happen.
      const refusals = drafts.filter((draft) => draft.result === "refused");
      if (problem && refusals.length > 0) await this.#settle(refusals, now, actor);
      else if (problem)
        await this.#refuse(
          isVerb(verb) ? verb : "verb.unknown",
          problem,
          handle.envelope,
          handle.requestId,
          handle.identity,
        );
      throw problem ?? error;
    } finally {
      this.#records.meter.release(now);
    }
  }

  #run<V extends VerbName>(verb: V, call: Call, input: unknown): Promise<unknown> {
    // The input was parsed by this very verb's schema.
    const handler = this.#handlers[verb] as (call: Call, input: unknown) => Promise<unknown>;
    return handler(call, input);
  }

  #callFor(handle: Handle, access: Access | undefined, now: Date, drafts: NotedEntry[], actor: ActorRef): Call {
    return {
      identity: handle.identity,
      requestId: handle.requestId,
      endpoint: handle.match.name,
      access,
      now,
      ip: handle.envelope.ip,
      userAgent: handle.envelope.userAgent,
      note: (draft) => {
        drafts.push(draft);
      },
      write: (work) =>
        this.#records.db.tx(
          access ? { actor: access.userId, all: false, owners: [], departments: [] } : systemScope("identity"),
          async (tx) => {
            const before = drafts.length;
            const result = await work(tx);
            // Entries noted so far belong to this transaction or to reads before it: all become durable with it.
            const own = drafts.splice(0);
            if (own.length === 0 && before === 0) return result;
            await tx.rescope(systemScope("ledger"));
            await this.#records.ledger.insert(tx, complete(own, now, actor));
            handle.used.add(written);
            tx.afterCommit(() => {
              this.#count(own, actor, now);
            });
            return result;
          },
        ),
    };
  }

  async #settle(drafts: readonly NotedEntry[], now: Date, actor: ActorRef): Promise<void> {
    if (drafts.length === 0) return;
    await this.#records.ledger.append(complete(drafts, now, actor));
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
    envelope: EnvelopeHead,
    requestId: string,
    identity: AuthenticatedAs | undefined,
  ): Promise<void> {
    const actor: ActorRef =
      identity?.kind === "device"
        ? personRef(identity, envelope, requestId)
        : { kind: "anonymous", ip: envelope.ip, userAgent: envelope.userAgent, requestId };
    await this.#records.ledger.append([{ action, at: new Date(), actor, result: "refused", problem: problem.code }]);
  }
}

/** Marks in `used` that a transaction of this handle carried entries; no verb has this name. */
const written = "(written)";

function isVerb(verb: string): verb is VerbName {
  return Object.hasOwn(verbs, verb);
}

function complete(drafts: readonly NotedEntry[], at: Date, actor: ActorRef): EntryDraft[] {
  return drafts.map((draft) => ({ ...draft, at, actor }));
}

function personRef(
  identity: AuthenticatedAs & { kind: "device" },
  envelope: EnvelopeHead,
  requestId: string,
): ActorRef {
  return {
    kind: "person",
    personId: identity.userId,
    deviceId: identity.device.id,
    sessionId: identity.session.id,
    ip: envelope.ip,
    userAgent: envelope.userAgent,
    requestId,
  };
}

function actorOf(handle: Handle): ActorRef {
  const { identity, envelope, requestId } = handle;
  return identity.kind === "device"
    ? personRef(identity, envelope, requestId)
    : { kind: "anonymous", ip: envelope.ip, userAgent: envelope.userAgent, requestId };
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

/** What a device bound by phishable factors alone may not do before it is confirmed: all but reading and its own way in. */
function changesThings(verb: VerbName): boolean {
  const { permission, meter }: { permission: Permission; meter: string } = verbs[verb];
  if (meter === "written") return true;
  if (typeof permission === "string") return false;
  return "may" in permission ? permission.may !== "audit.view" : permission.record !== "view";
}

function objectOf(input: unknown): string | undefined {
  return typeof input === "object" && input !== null && "object" in input && typeof input.object === "string"
    ? input.object
    : undefined;
}
