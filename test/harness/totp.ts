// The authenticator app of a test's person.
import { totpAt } from "../../src/vault/identity/test-totp.ts";

/** The code now, or `ahead` steps of 30 s later. A step counts once. */
export function totpOf(secret: string): (ahead?: number) => string {
  return (ahead = 0) => totpAt(secret, new Date(Date.now() + ahead * 30_000));
}
