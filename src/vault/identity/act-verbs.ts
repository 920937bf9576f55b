// Signing one act: the vault gives a nonce, the person signs the request that his device is about to send, and the vault
// checks that before the request comes. Whoever has a passkey signs with it; a code is for who has none.
import { type Act, actChallenge, actCommitment } from "../../contract/act.ts";
import type { ActProof } from "../../contract/identity-shapes.ts";
import { Problem } from "../../contract/problem.ts";
import { matchEndpoint } from "../../contract/router.ts";
import { systemScope } from "../db/database.ts";
import type { ActRecord } from "../ledger/act-record.ts";
import type { CredentialSet } from "./credentials.ts";
import type { IdentityHandlers } from "./handlers.ts";
import type { DeviceIdentity, IdentityCall } from "./identity-call.ts";
import { nextCodeNeeded, proveOnDevice } from "./proofs.ts";
import { requireConfirmed, type Room } from "./room.ts";
import { changeSession } from "./session-verbs.ts";
import { passkeysAtHome, passkeyState } from "./settings.ts";
import { isProgram } from "./user-agent.ts";

export function actHandlers(room: Room): Pick<IdentityHandlers, "act.begin" | "act.approve"> {
  return {
    "act.begin": async (call) => {
      const identity = requireConfirmed(call);
      const credentials = await load(room, identity);
      const ways = waysOf(room, identity, credentials);
      const { nonce, expiresAt } = room.acts.begin(identity.device.id, call.now);
      return {
        nonce,
        expiresAt: expiresAt.toISOString(),
        ways,
        nextCodeNeeded: nextCodeNeeded(room, identity.userId, { deviceId: identity.device.id, source: "" }, call.now),
        ...(ways.includes("passkey") && { passkey: room.passkeys.question(credentials.passkeys) }),
      };
    },

    "act.approve": async (call, { nonce, method, path, digest, proof }) => {
      const identity = requireConfirmed(call);
      const device = identity.device.id;
      try {
        const credentials = await load(room, identity);
        if (!waysOf(room, identity, credentials).includes(proof.with)) throw new Problem("act_signature_invalid");
        room.acts.demandNonce(device, nonce, call.now);
        const act: Act = { device, method, path, commitment: await actCommitment(nonce, digest) };
        const useUp = await proveOnDevice(room, call, identity, proof, await actChallenge(act));
        // Only now: a mistyped code costs no new nonce, and of two right answers at once only one gets here.
        room.acts.takeNonce(device, nonce, call.now);
        const record = await recordOf(act, proof, credentials);
        let until = call.now;
        await changeSession(
          room,
          call,
          identity,
          "act.approve",
          async (tx) => {
            const rows = await useUp(tx);
            tx.afterCommit(() => {
              const approval = { record, opening: { nonce, digest } };
              until = room.acts.approve(device, { method, path, digest }, approval, call.now);
            });
            return rows;
          },
          { lockedAt: null, mfaAt: call.now },
          { purpose: proof.with, fields: approved(method, path) },
        );
        return { until: until.toISOString() };
      } catch (error) {
        throw refusal(call, identity, proof, error);
      }
    },
  };
}

function load(room: Room, identity: DeviceIdentity): Promise<CredentialSet> {
  return room.db.tx(systemScope("identity"), (tx) => room.credentials.load(tx, identity.userId));
}

/**
 * By what this person signs on this device. A passkey, once there is one; codes of the authenticator for who has none,
 * for an installation whose own address allows none, and on a command line, which has no browser. Who asks by another
 * name of this machine gets no code for that: whoever holds the device chooses the name. A recovery code always: it is
 * for the day on which the passkey is lost.
 */
function waysOf(room: Room, identity: DeviceIdentity, { passkeys, totp, recovery }: CredentialSet): ActProof["with"][] {
  const passkey = passkeys.length > 0 && passkeyState(room.settings, identity.authority) === "possible";
  const bound = passkeys.length > 0 && passkeysAtHome(room.settings);
  const code = totp !== undefined && (!bound || isProgram(identity.device.family));
  const spare = (recovery?.secret.hashes.length ?? 0) > 0;
  return [
    ...(passkey ? (["passkey"] as const) : []),
    ...(code ? (["totp"] as const) : []),
    ...(spare ? (["recovery"] as const) : []),
  ];
}

/** What the ledger keeps: with a passkey all that anybody needs to check the signature again. */
async function recordOf(act: Act, proof: ActProof, credentials: CredentialSet): Promise<ActRecord> {
  const { method, path, commitment } = act;
  const record = { by: proof.with, method, path, commitment };
  if (proof.with !== "passkey") return record;
  const { id, response } = proof.response;
  const passkey = credentials.passkeys.find(({ secret }) => secret.credentialId === id);
  if (passkey === undefined) throw new Problem("act_signature_invalid");
  const { publicKeyOf } = await import("./cose-key.ts");
  return {
    ...record,
    passkey: {
      credential: id,
      key: publicKeyOf(passkey.secret.publicKey),
      authenticatorData: response.authenticatorData,
      clientData: response.clientDataJSON,
      signature: response.signature,
    },
  };
}

/** The name of what was approved, as the log says it: that of the endpoint, which bears no value of the request. */
function approved(method: string, path: string): readonly string[] {
  const asked = matchEndpoint(method, path);
  return asked ? [asked.name] : [];
}

/** The refusal with its entry; a passkey that answered for something else is told as what it is. */
function refusal(call: IdentityCall, identity: DeviceIdentity, proof: ActProof, error: unknown): unknown {
  if (!(error instanceof Problem)) return error;
  const other = proof.with === "passkey" && error.code === "credentials_wrong";
  const problem = other ? new Problem("act_signature_invalid") : error;
  call.note({
    action: "act.approve",
    result: "refused",
    problem: problem.code,
    purpose: proof.with,
    object: "session",
    objectIds: [identity.session.id],
  });
  return problem;
}
