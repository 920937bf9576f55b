// The identity room as the vault uses it: who signed a request, the handlers of its verbs, and what ends a person's
// sessions. Only what `authenticate` returns says who is calling.
import { deviceKeySchema } from "../../contract/identity-shapes.ts";
import { jwkThumbprint } from "../../contract/http-signature.ts";
import { Problem } from "../../contract/problem.ts";
import type { Asked } from "../../contract/step-up.ts";
import { type Database, systemScope, type Tx } from "../db/database.ts";
import { isUuid } from "../db/uuid.ts";
import type { Keyring } from "../keys/keyring.ts";
import { p256PublicKey } from "../keys/signature.ts";
import type { RowChange } from "../ledger/entry.ts";
import { sourceOf } from "../ledger/refusals.ts";
import { Acts, type ActRequest, type Approval, demandStepUp } from "./acts.ts";
import { Binding } from "./binding.ts";
import { Credentials } from "./credentials.ts";
import { EnrolmentCode } from "./enrolment-code.ts";
import { type Envelope, type Freshness, parseEnvelope, type ParsedEnvelope, verifyEnvelope } from "./envelope.ts";
import { GuessLimits } from "./guess-limits.ts";
import { handlersOf, type IdentityHandlers } from "./handlers.ts";
import type { AuthenticatedAs, DeviceIdentity, IdentityCall, KeyIdentity } from "./identity-call.ts";
import { type Invitation, revokeInvitations } from "./invitations.ts";
import { type LiveDevice, LiveDevices } from "./live-devices.ts";
import { MemoryMap } from "./memory-map.ts";
import { NonceStore } from "./nonce-store.ts";
import { PasswordHasher } from "./password-hash.ts";
import { PasswordPolicy } from "./password-policy.ts";
import { Passkeys } from "./passkeys.ts";
import type { People } from "./people.ts";
import { Presences } from "./presence.ts";
import type { Room } from "./room.ts";
import {
  attemptMs,
  authorities,
  confirmationMs,
  defaultIdleLockSeconds,
  expensiveRate,
  type IdentitySettings,
  strangerRate,
} from "./settings.ts";
import { demandCode } from "./setup-verbs.ts";
import { SourceRate } from "./source-rate.ts";
import { type DeviceRow, openTables } from "./tables.ts";
import { confirmShown, endPerson, endRestored, type Reset, resetPerson } from "./way-back.ts";
import { signatureWindowSeconds } from "../../contract/http-signature.ts";

export interface IdentityDeps {
  readonly db: Database;
  readonly keyring: Pick<Keyring, "tag" | "verifyTag" | "lookup" | "derive">;
  readonly people: People;
  readonly settings: IdentitySettings;
  /** Told when presence or guess counts could not be written; they are tried again a minute later. */
  readonly saveFailed: (error: unknown) => void;
  /** ms since 1970; for tests. */
  readonly clock?: () => number;
  /** How many entries the stores in memory hold; less for tests. */
  readonly memory?: { readonly nonces: number; readonly halfDone: number };
}

const saveEveryMs = 60_000;
/** About 40 MB of nonces for devices and as much for strangers. */
const usualMemory = { nonces: 400_000, halfDone: 20_000 };

export class Identity {
  readonly handlers: IdentityHandlers;
  readonly #room: Room;
  readonly #clock: () => number;
  readonly #notBeforeSeconds: number;
  /** Apart, so that no stranger takes the place of a device's nonce. */
  readonly #nonces: { readonly device: NonceStore; readonly key: NonceStore };
  readonly #authorities: ReadonlySet<string>;
  readonly #timer: NodeJS.Timeout;

  private constructor(room: Room, clock: () => number, nonces: number, saveFailed: IdentityDeps["saveFailed"]) {
    this.#room = room;
    this.#clock = clock;
    this.handlers = handlersOf(room);
    this.#authorities = authorities(room.settings);
    // Dates of signatures are whole seconds: the second in which we start may hold nonces of an earlier life.
    this.#notBeforeSeconds = Math.ceil(clock() / 1000);
    const bounds = { lifetimeMs: 2 * signatureWindowSeconds * 1000, limit: nonces };
    this.#nonces = { device: new NonceStore(bounds), key: new NonceStore(bounds) };
    this.#timer = setInterval(() => void this.save().catch(saveFailed), saveEveryMs).unref();
  }

  /** Throws TagBroken when today's guess counts were edited. */
  static async open(deps: IdentityDeps): Promise<Identity> {
    const { db, keyring, people, settings, memory = usualMemory } = deps;
    const clock = deps.clock ?? Date.now;
    const tables = openTables(keyring);
    const presences = new Presences(db, keyring);
    const live = new LiveDevices(db, tables, presences);
    const codeKey = keyring.derive("one-time codes");
    const room: Room = {
      db,
      keyring,
      people,
      settings,
      idleLockSeconds: settings.idleLockSeconds ?? defaultIdleLockSeconds,
      tables,
      presences,
      live,
      limits: await GuessLimits.open(db, keyring, new Date(clock())),
      hasher: new PasswordHasher(keyring.derive("pepper")),
      policy: new PasswordPolicy(),
      credentials: new Credentials(keyring, tables),
      passkeys: new Passkeys(settings, memory.halfDone),
      acts: new Acts(memory.halfDone),
      binding: new Binding(tables, live, presences),
      enrolment: new EnrolmentCode(codeKey),
      rate: new SourceRate(expensiveRate),
      strangerRate: new SourceRate(strangerRate),
      attempts: new MemoryMap({ lifetimeMs: attemptMs, limit: memory.halfDone }),
      totpSetups: new MemoryMap({ lifetimeMs: attemptMs, limit: memory.halfDone }),
      strangerTotpSetups: new MemoryMap({ lifetimeMs: attemptMs, limit: memory.halfDone }),
      codeKey,
    };
    return new Identity(room, clock, memory.nonces, deps.saveFailed);
  }

  /**
   * Who signed this request. `device`: a bound device with a session; `key`: whoever holds the key in the body.
   * `whileLocked` lets a locked session through, `passive` keeps none awake (the endpoint's own flags). About 0.15 ms for
   * a known device.
   * Throws Problem `signature_missing`, `signature_invalid`, `signature_replayed`, `clock_skew`, `device_unknown`,
   * `session_ended`, `session_locked`, `too_many`, `malformed`; TagBroken for rows the vault did not write.
   */
  async authenticate(
    envelope: Envelope,
    auth: "device" | "key",
    options: { whileLocked?: boolean; passive?: boolean } = {},
  ): Promise<AuthenticatedAs> {
    const parsed = parseEnvelope(envelope);
    const authority = envelope.authority.toLowerCase();
    // A page elsewhere that relays our answers signs for its own host.
    if (!this.#authorities.has(authority)) throw new Problem("signature_invalid");
    return auth === "key"
      ? this.#asKey(envelope, parsed, authority)
      : this.#asDevice(envelope, parsed, authority, options);
  }

  /** Holds a request against what its verb asks of the person, and uses the approval up. Throws as `demandStepUp`. */
  stepUp(asked: Asked, identity: DeviceIdentity, request: ActRequest): Approval | undefined {
    return demandStepUp(this.#room.acts, asked, identity, request, new Date(this.#clock()));
  }

  /** The code for the console, while there is no owner; a new one each time, the one before is void. */
  async enrolmentCode(): Promise<string | undefined> {
    const setUp = await this.#room.db.tx(systemScope("identity"), (tx) => this.#room.credentials.any(tx));
    return setUp ? undefined : this.#room.enrolment.make();
  }

  /** Throws Problem `code_invalid` for another code than the console's, and whenever there is an owner. */
  demandEnrolmentCode(call: IdentityCall, code: string, action: string): void {
    demandCode(this.#room, call, code, action);
  }

  /** Whether the person has ever accepted an invitation or enrolled. */
  async hasJoined(userId: string): Promise<boolean> {
    const { password } = await this.#room.db.tx(systemScope("identity"), (tx) =>
      this.#room.credentials.load(tx, userId),
    );
    return password !== undefined;
  }

  /** Ends all sessions and devices of a person (disabled, left) in the caller's transaction. Effective at its commit. */
  endPerson(tx: Tx, userId: string, now: Date): Promise<RowChange[]> {
    return endPerson(this.#room, tx, userId, now, "person_disabled");
  }

  /** Ends the open invitations to a person, in the caller's transaction. */
  revokeInvitations(tx: Tx, userId: string, now: Date): Promise<RowChange[]> {
    return revokeInvitations(this.#room, tx, { userId }, now);
  }

  /** Ends what a backup that was put back believes to be open, in the caller's transaction. */
  endRestored(tx: Tx, now: Date): Promise<RowChange[]> {
    return endRestored(this.#room, tx, now);
  }

  /** Takes all ways in from a person and gives a new invitation, in the caller's transaction. */
  resetPerson(tx: Tx, userId: string, reset: Reset): Promise<{ rows: RowChange[]; invitation: Invitation }> {
    return resetPerson(this.#room, tx, userId, reset);
  }

  /** Confirms the device of one of these people that shows this code. Throws Problem `code_invalid` when none does. */
  confirmShown(tx: Tx, code: string, userIds: readonly string[]): Promise<{ device: DeviceRow; row: RowChange }> {
    return confirmShown(this.#room, tx, code, userIds);
  }

  /** Reads all devices and sessions anew: some rows were found not to be what the vault wrote. */
  rowsDistrusted(): void {
    this.#room.live.forgetAll();
  }

  /** Whether a device was revoked; one that its person has replaced by another was not. Throws TagBroken. */
  async deviceRevoked(deviceId: string): Promise<boolean> {
    const [device] = await this.#room.db.tx(systemScope("identity"), (tx) =>
      this.#room.tables.device.find(tx, "id = $1", [deviceId]),
    );
    return device !== undefined && device.revokedAt !== null && device.replacedBy === null;
  }

  /** Writes what is kept in memory for a while: presence and guess counts. */
  async save(): Promise<void> {
    await this.#room.presences.save(this.#clock());
    await this.#room.limits.save();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#room.policy.close();
    await this.save();
  }

  async #asKey(envelope: Envelope, parsed: ParsedEnvelope, authority: string): Promise<KeyIdentity> {
    const source = sourceOf(envelope.ip) ?? "unknown";
    this.#room.strangerRate.take(source, new Date(this.#clock()));
    const jwk = deviceKeySchema.safeParse(deviceKeyOf(envelope.body)).data;
    if (jwk === undefined) throw new Problem("malformed");
    const thumbprint = await jwkThumbprint(jwk);
    if (parsed.keyId !== thumbprint) throw new Problem("signature_invalid");
    this.#verify(parsed, keyObject(jwk), { nonces: this.#nonces.key, share: source });
    return { kind: "key", thumbprint, jwk, authority };
  }

  async #asDevice(
    envelope: Envelope,
    parsed: ParsedEnvelope,
    authority: string,
    { whileLocked = false, passive = false }: { whileLocked?: boolean; passive?: boolean },
  ): Promise<DeviceIdentity> {
    if (!isUuid(parsed.keyId)) throw new Problem("device_unknown");
    const live = await this.#room.live.find(parsed.keyId);
    if (live === undefined) throw new Problem("device_unknown");
    this.#verify(parsed, live.key, { nonces: this.#nonces.device, share: live.device.id });
    const now = this.#clock();
    const identity = this.#identityOf(live, authority, now);
    if (identity === undefined) throw new Problem("session_ended");
    // A locked session is woken by proof alone: what comes meanwhile does not count as the person's doing.
    const active = !identity.locked && !passive;
    this.#room.presences.note(live.device.id, now, envelope.ip, active);
    if (identity.locked && !whileLocked) throw new Problem("session_locked");
    return identity;
  }

  #identityOf({ device, session }: LiveDevice, authority: string, now: number): DeviceIdentity | undefined {
    if (session === undefined || session.expiresAt.getTime() <= now) return undefined;
    const activeAt = Math.max(this.#room.presences.get(device.id)?.activeAt ?? 0, session.mfaAt.getTime());
    return {
      kind: "device",
      userId: device.userId,
      device: { id: device.id, family: device.family, thumbprint: device.thumbprint },
      session: {
        id: session.id,
        assurance: session.assurance,
        startedAt: session.startedAt,
        expiresAt: session.expiresAt,
      },
      confirmed: device.confirmedHow !== null,
      mfaAt: session.mfaAt,
      mfaUntil: new Date(session.mfaAt.getTime() + confirmationMs),
      locked: session.lockedAt !== null || now - activeAt > this.#room.idleLockSeconds * 1000,
      authority,
    };
  }

  #verify(
    parsed: ParsedEnvelope,
    key: ReturnType<typeof p256PublicKey>,
    burning: Pick<Freshness, "nonces" | "share">,
  ): void {
    verifyEnvelope(parsed, key, { ...burning, notBeforeSeconds: this.#notBeforeSeconds, now: this.#clock() });
  }
}

/** Throws Problem `signature_invalid` when the point is not on the curve. */
function keyObject(jwk: unknown): ReturnType<typeof p256PublicKey> {
  try {
    return p256PublicKey(jwk);
  } catch (error) {
    if (error instanceof TypeError) throw new Problem("signature_invalid");
    throw error;
  }
}

/** The one member of a body that is read before the signature is known to hold. */
function deviceKeyOf(body: Buffer): unknown {
  try {
    const parsed: unknown = JSON.parse(body.toString("utf8"));
    return typeof parsed === "object" && parsed !== null && "deviceKey" in parsed ? parsed.deviceKey : undefined;
  } catch {
    return undefined;
  }
}
