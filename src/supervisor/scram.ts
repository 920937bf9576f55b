// Database role secrets and their SCRAM-SHA-256 verifiers (RFC 5802, RFC 7677). Only the verifier is ever written
// into SQL, so that a secret cannot reach a statement log, a catalogue row or a dump.
import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";

const iterations = 4096;

/** A fresh role secret: 256 bits, base64url, so that SASLprep leaves it as it is. */
export function newRoleSecret(): string {
  return randomBytes(32).toString("base64url");
}

/** The text PostgreSQL keeps in pg_authid.rolpassword for this secret (RFC 5803 layout, base64 parts). */
export function scramVerifier(secret: string, salt: Uint8Array = randomBytes(16)): string {
  const salted = pbkdf2Sync(secret, salt, iterations, 32, "sha256");
  const clientKey = createHmac("sha256", salted).update("Client Key").digest();
  const storedKey = createHash("sha256").update(clientKey).digest("base64");
  const serverKey = createHmac("sha256", salted).update("Server Key").digest("base64");
  return `SCRAM-SHA-256$${iterations}:${Buffer.from(salt).toString("base64")}$${storedKey}:${serverKey}`;
}
