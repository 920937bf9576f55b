// Key file, key store files and recovery kit: who may read them, what is refused, and that nothing is ever replaced.
import assert from "node:assert/strict";
import { randomBytes, randomUUID } from "node:crypto";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { KeysUnusable } from "./broken.ts";
import { newRootKey, readKeyFile, refuseKeyInside, writeKeyFile } from "./key-file.ts";
import { KeyStore } from "./key-store.ts";
import { recoveryKit, readRecoveryKit, RecoveryKitWrong, restoreKeyFile, type TypedKit } from "./recovery-kit.ts";
import { recoveryPage } from "./recovery-page.ts";

const folder = mkdtempSync(path.join(tmpdir(), "strongroom-keys-"));
after(() => rmSync(folder, { recursive: true }));
let count = 0;
const fresh = (): string => path.join(folder, `case-${(count += 1)}`, "root.key");

test("the key file is private, whole, and never replaced", () => {
  const [file, key] = [fresh(), newRootKey(randomUUID())];
  writeKeyFile(file, key);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.equal(statSync(path.dirname(file)).mode & 0o777, 0o700);
  assert.deepEqual(readKeyFile(file), key);
  writeKeyFile(file, key);
  assert.throws(() => writeKeyFile(file, newRootKey(key.installationId)), KeysUnusable);
  assert.throws(() => writeKeyFile(file, { ...key, installationId: randomUUID() }), KeysUnusable);
  assert.deepEqual(readKeyFile(file), key);
  assert.deepEqual(readdirSync(path.dirname(file)), ["root.key"]);
  assert.throws(() => writeKeyFile(fresh(), newRootKey("not a uuid")), RangeError);
  assert.throws(() => readKeyFile(fresh()), { code: "ENOENT" });
});

test("what a killed writer left behind does not stop the next", () => {
  const [file, key] = [fresh(), newRootKey(randomUUID())];
  mkdirSync(path.dirname(file), { mode: 0o700 });
  writeFileSync(`${file}.new`, "half");
  writeKeyFile(file, key);
  assert.deepEqual(readKeyFile(file), key);
});

test("a key file that others could read or write is refused", () => {
  const [file, key] = [fresh(), newRootKey(randomUUID())];
  writeKeyFile(file, key);
  for (const mode of [0o640, 0o604, 0o620, 0o602, 0o610, 0o644, 0o666]) {
    chmodSync(file, mode);
    assert.throws(() => readKeyFile(file), KeysUnusable, mode.toString(8));
  }
  for (const mode of [0o600, 0o400]) {
    chmodSync(file, mode);
    assert.deepEqual(readKeyFile(file), key);
  }
  chmodSync(path.dirname(file), 0o777);
  assert.throws(() => readKeyFile(file), KeysUnusable);
  chmodSync(path.dirname(file), 0o700);
  const folderAsFile = path.dirname(fresh());
  mkdirSync(folderAsFile);
  assert.throws(() => readKeyFile(folderAsFile), KeysUnusable);
});

test("a damaged key file is refused: every byte matters", () => {
  const [file, key] = [fresh(), newRootKey(randomUUID())];
  writeKeyFile(file, key);
  const content = readFileSync(file);
  for (let at = 0; at < content.length; at += 1) {
    const changed = Buffer.from(content);
    changed[at] = (changed[at] ?? 0) ^ 1;
    writeFileSync(file, changed);
    assert.throws(() => readKeyFile(file), KeysUnusable, `byte ${at}`);
  }
  writeFileSync(file, content.subarray(0, -1));
  assert.throws(() => readKeyFile(file), KeysUnusable);
});

test("a key file inside the data folder is refused, also through a link", () => {
  const data = path.join(folder, "data");
  mkdirSync(path.join(data, "keystore"), { recursive: true });
  const link = path.join(folder, "link");
  symlinkSync(path.join(data, "keystore"), link);
  for (const inside of [data, path.join(data, "root.key"), path.join(data, "a", "b"), path.join(link, "root.key")]) {
    assert.throws(() => refuseKeyInside(data, inside), KeysUnusable, inside);
  }
  for (const outside of [
    path.join(folder, "root.key"),
    path.join(folder, "data2", "root.key"),
    "/etc/strongroom.key",
  ]) {
    refuseKeyInside(data, outside);
  }
});

test("a store key loads only under its root key, id and age, and the old ones are destroyed", () => {
  const [dir, rootKey] = [path.dirname(fresh()), randomBytes(32)];
  const store = new KeyStore(dir, rootKey);
  const [one, two] = [store.create(), store.create()];
  assert.deepEqual(store.load(one.id), one);
  assert.deepEqual(store.ids(), [one.id, two.id].sort());
  assert.throws(() => new KeyStore(dir, randomBytes(32)).load(one.id), KeysUnusable);
  assert.throws(() => store.load(randomUUID()), KeysUnusable);

  const file = (id: string): string => path.join(dir, `${id}.key`);
  const content = readFileSync(file(one.id), "utf8");
  for (const changed of [
    content.replace("created 2", "created 3"),
    content.slice(0, -1),
    content.replace("key 1", "key 2"),
    "",
  ]) {
    writeFileSync(file(one.id), changed);
    assert.throws(() => store.load(one.id), KeysUnusable, changed);
  }
  writeFileSync(file(one.id), content);
  const exchanged = randomUUID();
  renameSync(file(one.id), file(exchanged));
  assert.throws(() => store.load(exchanged), KeysUnusable);

  writeFileSync(`${file(randomUUID())}.new`, "half");
  store.destroyOthers(two.id);
  assert.deepEqual(readdirSync(dir), [`${two.id}.key`]);
  assert.deepEqual(store.load(two.id), two);
  store.close();
  assert.throws(() => store.load(two.id), KeysUnusable);
});

test("BIP-39: the published 256-bit vectors", () => {
  const installationId = randomUUID();
  const vectors: [string, string][] = [
    ["00".repeat(32), `${"abandon ".repeat(23)}art`],
    ["ff".repeat(32), `${"zoo ".repeat(23)}vote`],
    [
      "68a79eaca2324873eacc50cb9c6eca8cc68ea5d936f98787c60c7ebc74e6ce7c",
      "hamster diagram private dutch cause delay private meat slide toddler razor book happy fancy gospel tennis maple dilemma loan word shrug inflict delay length",
    ],
  ];
  for (const [hex, words] of vectors) {
    assert.equal(recoveryKit({ installationId, rootKey: Buffer.from(hex, "hex") }).words.join(" "), words);
  }
});

test("a kit restores the very key file, typed in any way a person types", () => {
  const key = newRootKey(randomUUID());
  const kit = recoveryKit(key);
  const typed: TypedKit = { ...kit, words: kit.words.join(" ") };
  const numbered = kit.words.map((word, index) => `${index + 1}. ${word.slice(0, 4).toUpperCase()}`).join("\r\n");
  const fullWidth = kit.words.map((word) =>
    word.replace(/[a-z]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0)),
  );
  const ways: TypedKit[] = [
    typed,
    { ...typed, words: numbered, checkCode: kit.checkCode.toLowerCase().replace("-", " ") },
    { ...typed, words: fullWidth.join("\u3000"), installationId: ` ${kit.installationId.toUpperCase()}\n` },
  ];
  for (const way of ways) {
    const file = fresh();
    restoreKeyFile(file, way);
    assert.deepEqual(readKeyFile(file), key);
  }
});

test("a kit typed wrong is refused and says where", () => {
  const key = newRootKey(randomUUID());
  const kit = recoveryKit(key);
  const refuse = (change: Partial<TypedKit>, fault: string, positions: number[] = []): void => {
    assert.throws(
      () => readRecoveryKit({ ...kit, words: kit.words.join(" "), ...change }),
      (error) =>
        error instanceof RecoveryKitWrong && error.fault === fault && error.positions.join() === positions.join(),
      fault,
    );
  };
  refuse({ words: "" }, "word_count");
  refuse({ words: kit.words.slice(1).join(" ") }, "word_count");
  refuse({ words: [...kit.words, "zoo"].join(" ") }, "word_count");
  refuse({ words: kit.words.with(4, "xylophon").with(20, "zo").join(" ") }, "unknown_word", [5, 21]);
  refuse({ words: kit.words.with(4, `${kit.words[4]}x`).join(" ") }, "unknown_word", [5]);
  refuse({ installationId: "42" }, "installation");
  refuse({ installationId: randomUUID() }, "check_code");
  refuse({ checkCode: "0000-0000" === kit.checkCode ? "1111-1111" : "0000-0000" }, "check_code");
  refuse({ checkCode: "" }, "check_code");
  // Of single exchanged words one in 256 keeps the checksum of BIP-39: the check code finds those.
  let faults = 0;
  for (let at = 0; at < 24; at += 1) {
    for (const other of ["zoo", "abandon", "length", "word"]) {
      if (kit.words[at] === other) continue;
      faults += 1;
      assert.throws(() => readRecoveryKit({ ...kit, words: kit.words.with(at, other).join(" ") }), RecoveryKitWrong);
    }
  }
  assert.ok(faults > 80);
});

test("the printed page holds all that is needed, fits a page, and reads back", () => {
  const key = newRootKey(randomUUID());
  const kit = recoveryKit(key);
  for (const language of ["zh", "en"] as const) {
    const restoreCommand = "npm run strongroom -- recovery restore";
    const page = recoveryPage(kit, { language, printedAt: new Date("2026-11-23T12:00:00Z"), restoreCommand });
    for (const part of [kit.installationId, kit.checkCode, "2026-11-23", restoreCommand])
      assert.ok(page.includes(part));
    const rows = page.split("\n").filter((line) => /^ {2} ?\d+\. [a-z]/.test(line));
    const found = rows.flatMap((row) =>
      [...row.matchAll(/(\d+)\. ([a-z]+)/g)].map((cell) => [Number(cell[1]), cell[2]]),
    );
    const words = found.sort((a, b) => Number(a[0]) - Number(b[0])).map((cell) => cell[1]);
    assert.deepEqual(words, kit.words);
    const lines = page.split("\n");
    assert.ok(lines.length <= 60, "one page of A4");
    const width = (line: string): number => [...line].reduce((sum, c) => sum + (c.charCodeAt(0) > 0x2e80 ? 2 : 1), 0);
    assert.ok(Math.max(...lines.map(width)) <= 78, "wide lines");
  }
});
