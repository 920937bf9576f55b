/**
 * Signed notes with Ed25519 keys, as C2SP signed-note specifies them (c2sp.org/signed-note).
 * A text is only ever returned after a signature of the expected key over exactly these bytes was verified.
 */
import { hash } from "node:crypto";
import { ed25519Verify } from "../keys/signature.ts";

export interface NoteVerifier {
  /** Key name: not empty, no spaces, no plus sign. */
  readonly name: string;
  /** Raw Ed25519 public key, 32 bytes. */
  readonly publicKey: Buffer;
}

export interface NoteSigner extends NoteVerifier {
  /** Ed25519 (RFC 8032) over the bytes given; returns 64 bytes. */
  sign(data: Buffer): Buffer;
}

export interface NoteSignature {
  readonly name: string;
  readonly keyId: Buffer;
  readonly signature: Buffer;
}

/** The note is malformed, not signed by the expected key, or its signature is wrong. */
export class NoteBroken extends Error {}

const ED25519 = 0x01;
const MAX_SIGNATURES = 64;

function checkName(name: string): void {
  if (!/^[^\s+\p{Zs}\p{Cc}]+$/u.test(name)) throw new NoteBroken("a key name has no spaces and no plus sign");
}

/** SHA-256(name || 0x0A || 0x01 || public key)[:4]. */
export function keyId(name: string, publicKey: Buffer): Buffer {
  const input = Buffer.concat([Buffer.from(`${name}\n`), Buffer.from([ED25519]), publicKey]);
  return hash("sha256", input, "buffer").subarray(0, 4);
}

/** The key in the one-line form that people keep: name+id+base64(0x01 || public key). */
export function formatVerifier(verifier: NoteVerifier): string {
  const key = Buffer.concat([Buffer.from([ED25519]), verifier.publicKey]).toString("base64");
  return `${verifier.name}+${keyId(verifier.name, verifier.publicKey).toString("hex")}+${key}`;
}

/** Reads `formatVerifier`. Throws NoteBroken when it is malformed or its id is not that of the key. */
export function parseVerifier(text: string): NoteVerifier {
  const match = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/.exec(text.trim());
  const [, name = "", id = "", encoded = ""] = match ?? [];
  const key = Buffer.from(encoded, "base64");
  if (match === null || key.length !== 33 || key[0] !== ED25519) throw new NoteBroken("not an Ed25519 verifier key");
  checkName(name);
  const publicKey = key.subarray(1);
  if (keyId(name, publicKey).toString("hex") !== id)
    throw new NoteBroken("the id of the verifier key is not that of the key");
  return { name, publicKey };
}

function checkCharacters(text: string): void {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x20 && code !== 0x0a) throw new NoteBroken("a note has no control characters but newlines");
  }
  if (!text.isWellFormed()) throw new NoteBroken("a note is valid UTF-8");
}

/** Signs a text, which must end in a newline. */
export function signNote(text: string, signer: NoteSigner): string {
  checkCharacters(text);
  checkName(signer.name);
  if (!text.endsWith("\n")) throw new NoteBroken("the text of a note ends in a newline");
  const signature = Buffer.concat([keyId(signer.name, signer.publicKey), signer.sign(Buffer.from(text, "utf8"))]);
  return `${text}\n— ${signer.name} ${signature.toString("base64")}\n`;
}

/** Splits a note without verifying anything: the text MUST NOT be believed. Throws NoteBroken when malformed. */
export function splitNote(note: string): { text: string; signatures: NoteSignature[] } {
  checkCharacters(note);
  const cut = note.lastIndexOf("\n\n");
  if (cut < 0 || !note.endsWith("\n")) throw new NoteBroken("a note is a text, an empty line and signatures");
  const lines = note.slice(cut + 2, -1).split("\n");
  if (lines.length > MAX_SIGNATURES) throw new NoteBroken("a note with too many signatures");
  const signatures = lines.map((line): NoteSignature => {
    const match = /^— ([^\s+\p{Zs}]+) ([A-Za-z0-9+/]+=*)$/u.exec(line);
    const [, name = "", encoded = ""] = match ?? [];
    const bytes = Buffer.from(encoded, "base64");
    if (match === null || bytes.length < 5 || bytes.toString("base64") !== encoded)
      throw new NoteBroken("a malformed signature line");
    return { name, keyId: bytes.subarray(0, 4), signature: bytes.subarray(4) };
  });
  return { text: note.slice(0, cut + 1), signatures };
}

/** The text of a note signed by this key. Signatures of other keys are ignored. Throws NoteBroken. */
export function openNote(note: string, verifier: NoteVerifier): string {
  const { text, signatures } = splitNote(note);
  const id = keyId(verifier.name, verifier.publicKey);
  const own = signatures.filter((s) => s.name === verifier.name && s.keyId.equals(id));
  if (own.length === 0) throw new NoteBroken(`not signed by ${verifier.name}+${id.toString("hex")}`);
  const data = Buffer.from(text, "utf8");
  for (const { signature } of own) {
    if (!ed25519Verify(verifier.publicKey, data, signature))
      throw new NoteBroken(`the signature of ${verifier.name} is wrong`);
  }
  return text;
}
