// The approval of one act as it stands in a ledger entry's body, for anybody to check (verify-acts.ts).

/** The person's approval of the one request that an entry is about (contract/act.ts). What stands here tells nothing of the request's body. */
export interface ActRecord {
  by: string;
  method: string;
  path: string;
  commitment: string;
  /** The assertion, with the public key (base64 SubjectPublicKeyInfo) that it is checked by; the rest is base64url. */
  passkey?: { credential: string; key: string; authenticatorData: string; clientData: string; signature: string };
}

const base64Pattern = /^[A-Za-z0-9+/_=-]{1,8192}$/;
const pathPattern = /^(?:\/[A-Za-z0-9._-]{1,100}){1,12}$/;

/** Only what it says it is, in its one order. Throws TypeError for anything that is not code, path or base64. */
export function checkedAct({ by, method, path, commitment, passkey }: ActRecord): ActRecord {
  if (!pathPattern.test(path)) throw new TypeError("the path of an act is a plain path");
  const encoded = (text: string): string => {
    if (!base64Pattern.test(text)) throw new TypeError("a part of an act's signature is base64");
    return text;
  };
  if (![by, method].every((text) => /^[A-Za-z]{1,20}$/.test(text))) throw new TypeError("way and method are codes");
  const act = { by, method, path, commitment: encoded(commitment) };
  if (passkey === undefined) return act;
  const { credential, key, authenticatorData, clientData, signature } = passkey;
  return {
    ...act,
    passkey: {
      credential: encoded(credential),
      key: encoded(key),
      authenticatorData: encoded(authenticatorData),
      clientData: encoded(clientData),
      signature: encoded(signature),
    },
  };
}
