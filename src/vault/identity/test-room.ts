// The identity room over a real database, keyring and ledger for tests, and browsers that sign every request to it.
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { z } from "zod";
import { testDatabase, type TestDatabase } from "../../../test/harness/postgres.ts";
import { identityEndpoints } from "../../contract/identity-endpoints.ts";
import { type IdentityVerbs, identityVerbs } from "../../contract/identity-verbs.ts";
import { type ActProof, type SignedIn } from "../../contract/identity-shapes.ts";
import { type EcPublicJwk, exportDeviceKey, jwkThumbprint, signRequest } from "../../contract/http-signature.ts";
import { Problem } from "../../contract/problem.ts";
import { askedBy } from "../../contract/step-up.ts";
import { systemScope } from "../db/database.ts";
import { Keyring } from "../keys/keyring.ts";
import { complete, type EntryDraft } from "../ledger/entry.ts";
import { Ledger } from "../ledger/ledger.ts";
import { actRequestOf } from "./acts.ts";
import type { Envelope } from "./envelope.ts";
import { Identity, type IdentityDeps } from "./identity.ts";
import type { IdentityCall } from "./identity-call.ts";
import { approveAct, givePasskey, type Question, questionOf } from "./test-acts.ts";
import { inputOf } from "./test-input.ts";
import { PeopleOfTest } from "./test-people.ts";
import { totpAt } from "./test-totp.ts";

export const origin = "http://localhost:8080";

export interface TestRoom {
  readonly base: TestDatabase;
  readonly keyring: Keyring;
  readonly ledger: Ledger;
  readonly people: PeopleOfTest;
  readonly clock: { now: number };
  readonly saveErrors: unknown[];
  /** The entries of all calls, newest last. */
  readonly entries: EntryDraft[];
  identity: Identity;
  /** Another vault over the same database. */
  restart(settings?: Partial<IdentityDeps["settings"]>): Promise<void>;
  browser(options?: { userAgent?: string; ip?: string }): Promise<Browser>;
  close(): Promise<void>;
}

export async function testRoom(
  origins: readonly [string, ...string[]] = [origin, "http://127.0.0.1:8080"],
  more: Pick<IdentityDeps, "memory"> = {},
): Promise<TestRoom> {
  const base = await testDatabase();
  const folder = mkdtempSync(join(tmpdir(), "strongroom-identity-"));
  const keyring = await Keyring.open({ rootKey: randomBytes(32), keystoreDir: join(folder, "keystore"), db: base.db });
  const ledger = await Ledger.open({ db: base.db, keyring });
  const people = new PeopleOfTest();
  const clock = { now: Date.parse("2026-11-23T10:00:00Z") };
  const settings = { version: "0.1.0", origins } as const;
  const open = (part: Partial<IdentityDeps["settings"]> = {}) =>
    Identity.open({
      db: base.db,
      keyring,
      people,
      settings: { ...settings, ...part },
      saveFailed: (error) => room.saveErrors.push(error),
      clock: () => clock.now,
      ...more,
    });
  const room: TestRoom = {
    base,
    keyring,
    ledger,
    people,
    clock,
    saveErrors: [],
    entries: [],
    identity: await open(),
    restart: async (part) => {
      await room.identity.close();
      room.identity = await open(part);
    },
    browser: (options = {}) => Browser.create(room, options),
    close: async () => {
      await room.identity.close();
      await ledger.stop();
      await base.close();
      keyring.close();
      rmSync(folder, { recursive: true });
    },
  };
  return room;
}

type EndpointName = keyof typeof identityEndpoints;
type VerbName = keyof IdentityVerbs;
export type Output<V extends VerbName> = z.infer<IdentityVerbs[V]["output"]>;

export class Browser {
  readonly room: TestRoom;
  readonly jwk: EcPublicJwk;
  readonly thumbprint: string;
  readonly origin = origin;
  readonly userAgent: string;
  ip: string;
  signedIn: SignedIn | undefined;
  /** Signs the acts of this browser's person, where a test does not do it itself. */
  approver: ((question: Question) => ActProof | Promise<ActProof>) | undefined;
  readonly #key: CryptoKey;

  private constructor(
    room: TestRoom,
    key: CryptoKey,
    jwk: EcPublicJwk,
    thumbprint: string,
    userAgent: string,
    ip: string,
  ) {
    this.room = room;
    this.#key = key;
    this.jwk = jwk;
    this.thumbprint = thumbprint;
    this.userAgent = userAgent;
    this.ip = ip;
  }

  static async create(room: TestRoom, options: { userAgent?: string; ip?: string }): Promise<Browser> {
    const keys = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
    const jwk = await exportDeviceKey(keys.publicKey);
    return new Browser(
      room,
      keys.privateKey,
      jwk,
      await jwkThumbprint(jwk),
      options.userAgent ?? "Chrome/140 (Windows)",
      options.ip ?? "192.0.2.10",
    );
  }

  /** The signed request of an endpoint, as the office would hand it to the vault. */
  async envelope(
    name: EndpointName,
    body: Record<string, unknown> = {},
    path: Record<string, string> = {},
    keyId?: string,
  ): Promise<Envelope> {
    const { method, auth, path: pattern } = identityEndpoints[name];
    const target = pattern.replaceAll(/:(\w+)/gu, (_, key: string) => path[key] ?? "");
    const json = auth === "key" ? { ...body, deviceKey: this.jwk } : body;
    const bytes = method === "GET" ? undefined : new TextEncoder().encode(JSON.stringify(json));
    const signer = keyId ?? (auth === "key" ? this.thumbprint : (this.signedIn?.deviceId ?? this.thumbprint));
    const request = { method, url: `${origin}${target}`, ...(bytes && { body: bytes }) };
    const headers = await signRequest(this.#key, signer, request, { offsetMs: this.room.clock.now - Date.now() });
    return {
      method,
      path: target,
      query: "",
      authority: "localhost:8080",
      headers,
      body: Buffer.from(bytes ?? []),
      ip: this.ip,
      userAgent: this.userAgent,
    };
  }

  /** One request from signature to answer. */
  async call<V extends VerbName>(
    name: EndpointName,
    body: Record<string, unknown> = {},
    path: Record<string, string> = {},
  ): Promise<Output<V>> {
    const [verb] = Object.keys(identityEndpoints[name].verbs);
    // Each row of identity names one verb of identity.
    if (this.approver && identityVerbs[verb as VerbName].stepUp === "act") {
      const question = await questionOf(this, await this.envelope(name, body, path));
      await approveAct(this, question, await this.approver(question));
    }
    // The caller names the verb that the endpoint is bound to.
    return (await serve(this.room, await this.envelope(name, body, path))) as Output<V>;
  }

  async code(secret: string, stepsAhead = 0): Promise<string> {
    return totpAt(secret, new Date(this.room.clock.now + stepsAhead * 30_000));
  }

  async signIn(
    email: string,
    password: string,
    secret: string,
    extra: Record<string, unknown> = {},
  ): Promise<SignedIn> {
    await this.call<"signIn.password">("signInPassword", { email, password });
    return (this.signedIn = await this.call<"signIn.totp">("signInTotp", { code: await this.code(secret), ...extra }));
  }
}

/** Answers an envelope as office and vault do together; the verb's input is put together as its endpoint row says. */
export async function serve(room: TestRoom, envelope: Envelope): Promise<unknown> {
  for (const row of Object.values(identityEndpoints)) {
    const pattern = row.path.replaceAll(/:(\w+)/gu, "(?<$1>[^/]+)");
    const found = row.method === envelope.method ? new RegExp(`^${pattern}$`, "u").exec(envelope.path) : null;
    if (found === null) continue;
    const flags = { whileLocked: "whileLocked" in row, passive: "passive" in row };
    const identity = await room.identity.authenticate(envelope, row.auth, flags);
    const body: unknown = "body" in row ? row.body.parse(JSON.parse(envelope.body.toString())) : {};
    const [[name, bindings] = ["", ""]] = Object.entries<string | Record<string, string>>(row.verbs);
    const verb = name as VerbName; // the rows' verbs are those of identity
    const input = identityVerbs[verb].input.parse(inputOf(bindings, { body, path: found.groups ?? {} }));
    if (identity.kind === "device") {
      const request = actRequestOf(envelope.method, envelope.path, envelope.headers["content-digest"]);
      room.identity.stepUp(askedBy(identityVerbs[verb].stepUp, input), identity, request);
    }
    const handler = room.identity.handlers[verb] as (call: IdentityCall, input: unknown) => Promise<unknown>;
    return identityVerbs[verb].output.parse(await handled(room, identity, envelope, (call) => handler(call, input)));
  }
  throw new Problem("not_found");
}

/** What the vault does around a handler: entries of refusals last, entries of writes go in with them. */
async function handled<T>(
  room: TestRoom,
  identity: IdentityCall["identity"],
  envelope: Envelope,
  work: (call: IdentityCall) => Promise<T>,
): Promise<T> {
  const now = new Date(room.clock.now);
  const device =
    identity.kind === "device"
      ? {
          kind: "person" as const,
          personId: identity.userId,
          deviceId: identity.device.id,
          sessionId: identity.session.id,
        }
      : { kind: "anonymous" as const };
  const noted: EntryDraft[] = [];
  const take = (): EntryDraft[] => {
    const entries = noted.splice(0);
    room.entries.push(...entries);
    return entries;
  };
  const call: IdentityCall = {
    now,
    ip: envelope.ip,
    userAgent: envelope.userAgent,
    identity,
    note: (draft) =>
      noted.push(complete(draft, now, { ...device, ...(envelope.ip !== undefined && { ip: envelope.ip }) })),
    write: (writing) =>
      room.base.db.tx(systemScope("identity"), async (tx) => {
        const result = await writing(tx);
        await room.ledger.insert(tx, take());
        return result;
      }),
  };
  try {
    return await work(call);
  } finally {
    await room.ledger.append(take());
  }
}

export interface TestPerson {
  readonly browser: Browser;
  readonly userId: string;
  readonly email: string;
  readonly password: string;
  readonly secret: string;
}

export const ownerPassword = "correct horse battery staple";

/** The first person, enrolled by the console code; acts are signed by a passkey, but for `passkey: false`. */
export async function enrolOwner(room: TestRoom, options: { ip?: string; passkey?: false } = {}): Promise<TestPerson> {
  const browser = await room.browser(options);
  const code = (await room.identity.enrolmentCode()) ?? "";
  const email = "owner@example.com";
  const { totp } = await browser.call<"enrolment.begin">("beginEnrolment", { code, email });
  const totpCode = await browser.code(totp.secret);
  const who = { company: "华信科技有限公司", name: "王芳", locale: "zh-CN", email, password: ownerPassword };
  browser.signedIn = await browser.call<"enrolment.complete">("completeEnrolment", { ...who, code, totpCode });
  if (options.passkey !== false) await givePasskey(browser);
  return { browser, userId: browser.signedIn.userId, email, password: ownerPassword, secret: totp.secret };
}

/** Invited by the owner. */
export async function invite(
  room: TestRoom,
  owner: TestPerson,
  name: string,
  email: string,
  options: { ip?: string } = {},
): Promise<TestPerson> {
  const userId = room.people.add(name, email);
  const { code } = await owner.browser.call<"invitation.create">("createInvitation", { userId });
  const browser = await room.browser(options);
  const { totp } = await browser.call<"invitation.inspect">("inspectInvitation", { code });
  const password = "lunar-Teapot orbit 7";
  const totpCode = await browser.code(totp.secret);
  browser.signedIn = await browser.call<"invitation.accept">("acceptInvitation", { code, password, totpCode });
  return { browser, userId, email, password, secret: totp.secret };
}
