/**
 * Checkpoints as C2SP tlog-checkpoint specifies them: origin, tree size and root hash in a signed note, and one
 * extension line, `rows`, with the row root. One text has one meaning: parsing refuses every other spelling.
 */
import { HASH_BYTES } from "./merkle.ts";
import { NoteBroken, openNote, signNote, splitNote, type NoteSigner, type NoteVerifier } from "./note.ts";

export interface Checkpoint {
  readonly origin: string;
  /** Entries in the tree. */
  readonly size: number;
  /** RFC 6962 root hash, 32 bytes. */
  readonly root: Buffer;
  /** SHA-256 of the LtHash state over all tagged rows, 32 bytes. */
  readonly rowRoot: Buffer;
}

export function formatCheckpoint(checkpoint: Checkpoint): string {
  const { origin, size, root, rowRoot } = checkpoint;
  return `${origin}\n${size}\n${root.toString("base64")}\nrows ${rowRoot.toString("base64")}\n`;
}

function parseHash(text: string): Buffer {
  const bytes = Buffer.from(text, "base64");
  if (bytes.length !== HASH_BYTES || bytes.toString("base64") !== text)
    throw new NoteBroken("a checkpoint hash is the base64 of 32 bytes");
  return bytes;
}

/** Reads the text of a checkpoint. Throws NoteBroken when it is not exactly what `formatCheckpoint` writes. */
export function parseCheckpoint(text: string): Checkpoint {
  const [origin = "", digits = "", root = "", rows = "", ...rest] = text.split("\n");
  if (
    origin === "" ||
    !/^(0|[1-9][0-9]{0,15})$/.test(digits) ||
    !rows.startsWith("rows ") ||
    rest.length !== 1 ||
    rest[0] !== ""
  ) {
    throw new NoteBroken("not a checkpoint of this ledger");
  }
  const size = Number(digits);
  if (!Number.isSafeInteger(size)) throw new NoteBroken("a checkpoint size out of range");
  return { origin, size, root: parseHash(root), rowRoot: parseHash(rows.slice(5)) };
}

export function signCheckpoint(checkpoint: Checkpoint, signer: NoteSigner): string {
  return signNote(formatCheckpoint(checkpoint), signer);
}

/** A checkpoint whose signature holds and whose origin is the key's name. Throws NoteBroken. */
export function openCheckpoint(note: string, verifier: NoteVerifier): Checkpoint {
  const checkpoint = parseCheckpoint(openNote(note, verifier));
  if (checkpoint.origin !== verifier.name) throw new NoteBroken("a checkpoint of another ledger");
  return checkpoint;
}

/** What a note claims, unverified: only for a file that the reader of it already trusts, and for looking up its origin. Throws NoteBroken. */
export function readUnverifiedCheckpoint(note: string): Checkpoint {
  return parseCheckpoint(splitNote(note).text);
}
