// Gives a person of a test a passkey of his own and lets it answer whenever an act asks for a signature.
import type { ActQuestion } from "../../src/cli/act-approval.ts";
import type { DeviceClient } from "../../src/cli/device-client.ts";
import type { Verbs } from "../../src/contract/endpoints.ts";
import type { ActProof } from "../../src/contract/identity-shapes.ts";
import type { z } from "zod";
import { type Behaviour, SoftwareAuthenticator } from "../../src/vault/identity/test-authenticator.ts";

type Creation = z.infer<Verbs["credential.passkeyOptions"]["output"]>;

/** Soon after joining, when no signature is asked for yet. */
export async function givePasskey(client: DeviceClient): Promise<SoftwareAuthenticator> {
  const authenticator = new SoftwareAuthenticator(client.origin);
  const options = await client.request<Creation>("POST", "/api/credentials/passkeys/options", {});
  await client.request("POST", "/api/credentials/passkeys", { response: authenticator.create(options) });
  answerWith(client, authenticator);
  return authenticator;
}

/** Whenever an act of this client asks for a signature. */
export function answerWith(client: DeviceClient, authenticator: SoftwareAuthenticator): void {
  client.approver = (question) => signedBy(authenticator, question);
}

export function signedBy(
  authenticator: SoftwareAuthenticator,
  { passkey }: ActQuestion,
  behaviour: Behaviour = {},
): ActProof {
  if (passkey === undefined) throw new Error("the vault does not ask for a passkey");
  return { with: "passkey", response: authenticator.get(passkey, behaviour) };
}
