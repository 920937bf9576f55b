// How a program has an act approved: it asks the vault for a nonce, lets its person answer by passkey or code, and shows
// the answer before it sends the request that was meant.
import type { z } from "zod";
import { actChallenge, actCommitment } from "../contract/act.ts";
import { type Verbs, endpoints, stepUpsOf } from "../contract/endpoints.ts";
import { contentDigest } from "../contract/http-signature.ts";
import type { ActProof } from "../contract/identity-shapes.ts";
import type { passkeyRequest } from "../contract/passkey-shapes.ts";
import { matchEndpoint } from "../contract/router.ts";
import { needsSignature } from "../contract/step-up.ts";

/** What a person is asked. `passkey`: options with the challenge that belongs to this request and to no other. */
export interface ActQuestion {
  readonly method: string;
  readonly path: string;
  readonly ways: readonly ActProof["with"][];
  readonly nextCodeNeeded: boolean;
  readonly passkey: z.infer<typeof passkeyRequest> | undefined;
}

export type Approver = (question: ActQuestion) => ActProof | Promise<ActProof>;

type Begun = z.infer<Verbs["act.begin"]["output"]>;

export interface ActClient {
  readonly deviceId: string | undefined;
  request<T>(method: string, path: string, body: unknown): Promise<T>;
}

/** Whether the contract says that this request is refused without a signature over it. */
export function isAct(method: string, path: string, body: unknown): boolean {
  const match = matchEndpoint(method, path);
  return match !== undefined && needsSignature(stepUpsOf(match.endpoint), match.params, body);
}

/** One question after the other: a person answers one at a time, and a passkey counts its answers. */
export class Approvals {
  readonly #client: ActClient;
  #last: Promise<unknown> = Promise.resolve();

  constructor(client: ActClient) {
    this.#client = client;
  }

  /** Has one request approved to the byte. Throws RequestRefused where the answer is not accepted. */
  async ask(approver: Approver, method: string, path: string, bytes?: Uint8Array<ArrayBuffer>): Promise<void> {
    const mine = this.#last.then(() => this.#ask(approver, method, path, bytes));
    this.#last = mine.catch(() => undefined);
    await mine;
  }

  async #ask(approver: Approver, method: string, path: string, bytes?: Uint8Array<ArrayBuffer>): Promise<void> {
    const digest = bytes === undefined ? null : await contentDigest(bytes);
    const { beginAct, approveAct } = endpoints;
    const begun = await this.#client.request<Begun>("POST", beginAct.path, {});
    const { nonce, ways, nextCodeNeeded } = begun;
    const act = { device: this.#client.deviceId ?? "", method, path, commitment: await actCommitment(nonce, digest) };
    const passkey = begun.passkey && { ...begun.passkey, challenge: await actChallenge(act) };
    const proof = await approver({ method, path, ways, nextCodeNeeded, passkey });
    await this.#client.request("POST", approveAct.path, { nonce, method, path, digest, proof });
  }
}
