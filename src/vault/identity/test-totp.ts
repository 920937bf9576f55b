// What an authenticator app shows, for tests.
import { fromBase32, hotp, timeStep } from "./totp.ts";

export function totpAt(secret: string, now: Date): string {
  return hotp(fromBase32(secret), timeStep(now));
}
