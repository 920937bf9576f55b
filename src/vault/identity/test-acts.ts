// Signing acts in tests of the identity room: the question with its challenge, answers by a software passkey.
import type { z } from "zod";
import { actChallenge, actCommitment } from "../../contract/act.ts";
import type { IdentityVerbs } from "../../contract/identity-verbs.ts";
import type { ActProof, SignedIn } from "../../contract/identity-shapes.ts";
import type { ActRequest } from "./acts.ts";
import type { Envelope } from "./envelope.ts";
import { type Behaviour, SoftwareAuthenticator } from "./test-authenticator.ts";

type Output<V extends keyof IdentityVerbs> = z.infer<IdentityVerbs[V]["output"]>;

/** What is used of a browser here. */
interface Signer {
  readonly signedIn: SignedIn | undefined;
  readonly origin: string;
  approver: ((question: Question) => ActProof | Promise<ActProof>) | undefined;
  call<V extends keyof IdentityVerbs>(
    name: "beginAct" | "approveAct" | "passkeyOptions" | "addPasskey",
    body?: Record<string, unknown>,
  ): Promise<Output<V>>;
}

export interface Question extends Output<"act.begin"> {
  readonly request: ActRequest;
  readonly challenge: string;
}

export function passkeyProof(
  authenticator: SoftwareAuthenticator,
  { passkey, challenge }: Question,
  behaviour: Behaviour = {},
): ActProof {
  if (passkey === undefined) throw new Error("no passkey was asked for");
  return { with: "passkey", response: authenticator.get({ ...passkey, challenge }, behaviour) };
}

/** A first passkey, which signs the person's acts from then on. */
export async function givePasskey(browser: Signer): Promise<SoftwareAuthenticator> {
  const authenticator = new SoftwareAuthenticator(browser.origin);
  const options = await browser.call<"credential.passkeyOptions">("passkeyOptions");
  await browser.call("addPasskey", { response: authenticator.create(options) });
  signWith(browser, authenticator);
  return authenticator;
}

/** What the vault asks, with the challenge of exactly this envelope. */
export async function questionOf(
  browser: Signer,
  { method, path, headers }: Pick<Envelope, "method" | "path" | "headers">,
): Promise<Question> {
  const begun = await browser.call<"act.begin">("beginAct");
  const digest = headers["content-digest"] ?? null;
  const commitment = await actCommitment(begun.nonce, digest);
  const challenge = await actChallenge({ device: browser.signedIn?.deviceId ?? "", method, path, commitment });
  return { ...begun, request: { method, path, digest }, challenge };
}

export async function approveAct(
  browser: Signer,
  { nonce, request }: Pick<Question, "nonce" | "request">,
  proof: ActProof,
): Promise<string> {
  return (await browser.call<"act.approve">("approveAct", { nonce, ...request, proof })).until;
}

/** This passkey signs the person's acts from now on. */
export function signWith(browser: Signer, authenticator: SoftwareAuthenticator): void {
  browser.approver = (question) => passkeyProof(authenticator, question);
}
