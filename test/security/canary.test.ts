// Invariant 4: what people type is nowhere on the disk in any form, while the product runs and after it has stopped. The
// long version is test/prove/canary.ts.
import assert from "node:assert/strict";
import { closeSync, mkdtempSync, openSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import zlib from "node:zlib";
import { seededRandom } from "../../src/vault/ledger/test-random.ts";
import { CanaryScanner, formsOf } from "./canary-scanner.ts";
import { CanaryValues } from "./canary-values.ts";
import { runCanaries } from "./canary.ts";

const random = seededRandom("canary scanner");
const values = new CanaryValues(1);
for (let round = 0; round < 20; round += 1) {
  values.chinese();
  values.latin();
  values.phone();
  values.email();
  values.idNumber();
  values.bankAccount();
}

/** Bytes that look like nothing, with each of these in the middle of them. */
function amid(pieces: readonly Buffer[]): Buffer {
  return Buffer.concat(pieces.flatMap((piece) => [random.bytes(1 + random.next(50)), piece, random.bytes(7)]));
}

const packed: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  "gzip > ": (bytes) => zlib.gzipSync(bytes),
  "gzip, named > ": named,
  "zlib > ": (bytes) => zlib.deflateSync(bytes, { level: 9 }),
  "zstd > ": (bytes) => zlib.zstdCompressSync(bytes),
  "deflate > ": zipped,
  "bytea > ": (bytes) => Buffer.from(`\\\\x${bytes.toString("hex")}\t`),
  "gzip > zstd > ": (bytes) => zlib.gzipSync(amid([zlib.zstdCompressSync(bytes)])),
};

/** As `gzip` writes a file: with its name. */
function named(bytes: Buffer): Buffer {
  const plain = zlib.gzipSync(bytes);
  const head = Buffer.from(plain.subarray(0, 10));
  head[3] = 8;
  return Buffer.concat([head, Buffer.from("customers.csv\0"), plain.subarray(10)]);
}

/** The first member of a zip archive (APPNOTE 4.3.7): header, name, raw deflate. */
function zipped(bytes: Buffer): Buffer {
  const head = Buffer.alloc(30);
  head.writeUInt32LE(0x04034b50);
  head.writeUInt16LE(8, 8);
  head.writeUInt16LE(5, 26);
  return Buffer.concat([head, Buffer.from("a.csv"), zlib.deflateRawSync(bytes)]);
}

test("the scanner finds every value in every form, packed or not", () => {
  const forms = values.all.flatMap((value) => formsOf(value).map(([form, bytes]) => ({ value, form, bytes })));
  assert.ok(forms.length > values.all.length * 8, String(forms.length));
  for (const [wrapping, pack] of [["", (bytes: Buffer) => bytes] as const, ...Object.entries(packed)]) {
    const scanner = new CanaryScanner(values.all);
    scanner.scan(amid([pack(amid(forms.map(({ bytes }) => bytes)))]), "planted");
    const found = new Set(scanner.hits.map(({ value, form }) => `${value} ${form}`));
    const missed = forms.filter(({ value, form }) => !found.has(`${value} ${wrapping.replace(", named", "")}${form}`));
    assert.deepEqual(
      missed.map(({ value, form }) => `${value} as ${form}`),
      [],
      wrapping,
    );
  }
});

test("what programs write is what the scanner knows", () => {
  const value = "北京华信科技";
  const written: Readonly<Record<string, Buffer>> = {
    "utf-8": Buffer.from(JSON.stringify({ name: value })),
    "utf-16le": Buffer.from(`x${value}`, "utf16le"),
    hex: Buffer.from(`\\x${Buffer.from(value).toString("hex")}`),
    "base64 at 1": Buffer.from(Buffer.from(`a${value}b`).toString("base64")),
    "base64 at 2": Buffer.from(Buffer.from(`{"${value}"}`).toString("base64")),
    "\\u escapes": Buffer.from('{"name":"\\u5317\\u4eac\\u534e\\u4fe1\\u79d1\\u6280"}'),
    "\\U escapes": Buffer.from("\\u5317\\u4EAC\\u534E\\u4FE1\\u79D1\\u6280"),
    percent: Buffer.from(new URL(`http://a/?q=${value}`).search),
    "pinyin ": Buffer.from("bei jing hua xin ke ji"),
    pinyin: Buffer.from("beijinghuaxinkeji"),
  };
  for (const [form, bytes] of Object.entries(written)) {
    const scanner = new CanaryScanner([value]);
    scanner.scan(bytes, "written");
    assert.ok(scanner.forms.has(form), `${form} in ${bytes.toString("latin1")}: ${[...scanner.forms].join(", ")}`);
  }
});

test("the scanner finds what lies across chunks, and in a removed file that is still open", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "strongroom-canary-"));
  try {
    const [first = "", second = ""] = values.all;
    const chunk = 8 * 1024 * 1024;
    const large = Buffer.alloc(2 * chunk + 100, 46);
    large.write(first, chunk - 4);
    large.write(second, 2 * chunk - 9);
    writeFileSync(path.join(folder, "large"), large);
    const file = path.join(folder, "held");
    writeFileSync(file, second);
    const held = openSync(file, "r");
    unlinkSync(file);
    const scanner = new CanaryScanner([first, second]);
    scanner.scanFolder(folder);
    assert.equal(scanner.files, 1);
    assert.deepEqual([...scanner.found].toSorted(), [first, second].toSorted());
    const open = new CanaryScanner([first, second]);
    assert.ok(open.scanOpenFiles([process.pid]) > 0);
    closeSync(held);
    assert.deepEqual([...open.found], [second]);
    assert.deepEqual([...nothing(folder)], []);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

function nothing(folder: string): ReadonlySet<string> {
  const scanner = new CanaryScanner(["珅玥璟玙", "never-written"]);
  scanner.scanFolder(folder);
  return scanner.found;
}

test("nothing that was typed is on the disk; the same values in plain are found there", async () => {
  const result = await runCanaries({ seed: 20261123, rounds: 2 });
  assert.deepEqual(result.hits, []);
  assert.deepEqual(result.coreDumps, []);
  assert.ok(result.values >= 150 && result.refused >= 40, JSON.stringify(result));
  assert.ok(result.files > 1000 && result.openFiles > 10 && result.tables > 90, JSON.stringify(result));
  const { tables, WAL, COPY } = result.control;
  assert.deepEqual([tables, COPY], [result.values, result.values]);
  // A value may lie across the border of two pages of the log, where a header is written between its bytes.
  assert.ok((WAL ?? 0) > result.values * 0.95, String(WAL));
});
