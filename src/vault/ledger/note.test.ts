/** Signed notes and checkpoints: the example of the C2SP specification, our own round trip, and every bent byte refused. */
import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import { test } from "node:test";
import { openCheckpoint, parseCheckpoint, signCheckpoint } from "./checkpoint.ts";
import { formatVerifier, NoteBroken, openNote, parseVerifier, signNote, splitNote, type NoteSigner } from "./note.ts";

/** Note and key of the Go checksum database, golang.org/x/mod/sumdb/note, example_test.go. */
const gopherKey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const gopherNote = `If you think cryptography is the answer to your problem,
then you don't know what your problem is.

— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
`;

function newSigner(name: string): NoteSigner {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  return {
    name,
    publicKey: publicKey.export({ format: "der", type: "spki" }).subarray(-32),
    sign: (data) => sign(null, data, privateKey),
  };
}

test("a note signed by another implementation opens, and only unchanged", () => {
  const verifier = parseVerifier(gopherKey);
  assert.equal(formatVerifier(verifier), gopherKey);
  assert.match(openNote(gopherNote, verifier), /^If you think[^]*is\.\n$/);
  assert.throws(() => openNote(gopherNote.replace("answer", "Answer"), verifier), NoteBroken);
});

test("a checkpoint comes back, and no changed character passes", () => {
  const signer = newSigner("strongroom.ledger/test");
  const checkpoint = { origin: signer.name, size: 20852163, root: Buffer.alloc(32, 7), rowRoot: Buffer.alloc(32, 9) };
  const note = signCheckpoint(checkpoint, signer);
  assert.deepEqual(openCheckpoint(note, signer), checkpoint);
  let looked = 0;
  for (let i = 0; i < note.length; i++) {
    const bent = note.slice(0, i) + (note[i] === "A" ? "B" : "A") + note.slice(i + 1);
    assert.throws(() => openCheckpoint(bent, signer), NoteBroken, `character ${i}`);
    looked++;
  }
  assert.ok(looked > 200);
  assert.throws(() => openCheckpoint(note, newSigner(signer.name)), /not signed by/);
});

test("other signatures are ignored, a wrong one of the known key is not", () => {
  const [log, witness] = [newSigner("log"), newSigner("witness")];
  const [own, other] = [signNote("text\n", log), signNote("text\n", witness)];
  const both = own + other.slice(other.indexOf("—"));
  assert.equal(openNote(both, log), "text\n");
  assert.equal(openNote(both, witness), "text\n");
  const { signatures } = splitNote(both);
  assert.equal(signatures.length, 2);
  const wrong = signNote("texts\n", log);
  assert.throws(() => openNote(own + wrong.slice(wrong.indexOf("—")), log), NoteBroken);
});

test("malformed notes, names, keys and checkpoints are refused", () => {
  const signer = newSigner("log");
  for (const text of ["no newline", "tab\t\n", "\ud800\n"]) assert.throws(() => signNote(text, signer), NoteBroken);
  for (const name of ["", "a b", "a+b", "a\u00a0b"])
    assert.throws(() => signNote("text\n", { ...signer, name }), NoteBroken);
  for (const note of [
    "",
    "text\n",
    "text\n\n",
    "text\n\n— log \n",
    "text\n\n- log AAAAAAA=\n",
    `text\n\n— log AAAAAAB=`,
  ]) {
    assert.throws(() => splitNote(note), NoteBroken);
  }
  for (const key of ["", "a+00000000+AAAA", gopherKey.replace("c74f", "c74e")])
    assert.throws(() => parseVerifier(key), NoteBroken);
  const hash = Buffer.alloc(32).toString("base64");
  for (const text of [
    `o\n01\n${hash}\nrows ${hash}\n`,
    `o\n1\n${hash}\n`,
    `\n1\n${hash}\nrows ${hash}\n`,
    `o\n1\n${hash}\nrows ${hash}\nmore\n`,
    `o\n1\nAAAA\nrows ${hash}\n`,
  ]) {
    assert.throws(() => parseCheckpoint(text), NoteBroken);
  }
});
