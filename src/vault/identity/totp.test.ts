// RFC 4226 appendix D, RFC 6238 appendix B, RFC 4648 section 10, and that a step never counts twice.
import assert from "node:assert/strict";
import { test } from "node:test";
import { base32, fromBase32, hotp, matchTotp, newTotpSecret, timeStep, totpUrl } from "./totp.ts";
import { totpAt } from "./test-totp.ts";

const ascii = (length: number): Buffer => Buffer.from("1234567890".repeat(7).slice(0, length));

test("RFC 4226 appendix D", () => {
  const expected = ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"];
  assert.deepEqual(
    expected.map((_, counter) => hotp(ascii(20), counter)),
    expected,
  );
});

test("RFC 6238 appendix B", () => {
  const expected: [seconds: number, sha1: string, sha256: string, sha512: string][] = [
    [59, "94287082", "46119246", "90693936"],
    [1111111109, "07081804", "68084774", "25091201"],
    [1111111111, "14050471", "67062674", "99943326"],
    [1234567890, "89005924", "91819424", "93441116"],
    [2000000000, "69279037", "90698825", "38618901"],
    [20000000000, "65353130", "77737706", "47863826"],
  ];
  for (const [seconds, sha1, sha256, sha512] of expected) {
    const step = timeStep(new Date(seconds * 1000));
    assert.equal(hotp(ascii(20), step, { digits: 8 }), sha1);
    assert.equal(hotp(ascii(32), step, { digits: 8, algorithm: "sha256" }), sha256);
    assert.equal(hotp(ascii(64), step, { digits: 8, algorithm: "sha512" }), sha512);
  }
});

test("RFC 4648 section 10: base32", () => {
  for (const [text, expected] of [
    ["", ""],
    ["f", "MY"],
    ["fo", "MZXQ"],
    ["foo", "MZXW6"],
    ["foob", "MZXW6YQ"],
    ["fooba", "MZXW6YTB"],
    ["foobar", "MZXW6YTBOI"],
  ]) {
    assert.equal(base32(Buffer.from(text ?? "")), expected);
    assert.equal(fromBase32(expected ?? "").toString(), text);
  }
  const secret = newTotpSecret();
  assert.equal(secret.length, 20);
  assert.deepEqual(fromBase32(base32(secret)), secret);
  assert.throws(() => fromBase32("A1"), RangeError);
});

test("one step before and after count, each step once", () => {
  const secret = ascii(20);
  const now = new Date("2026-11-23T10:00:10Z");
  const present = timeStep(now);
  for (const drift of [-2, -1, 0, 1, 2]) {
    const used = matchTotp(secret, { code: hotp(secret, present + drift) }, now, -1);
    assert.equal(used, Math.abs(drift) <= 1 ? present + drift : undefined, String(drift));
  }
  const code = hotp(secret, present);
  assert.equal(matchTotp(secret, { code }, now, present - 1), present);
  assert.equal(matchTotp(secret, { code }, now, present), undefined, "the same step again");
  assert.equal(
    matchTotp(secret, { code: hotp(secret, present - 1) }, now, present),
    undefined,
    "an earlier step after a later one",
  );
  assert.equal(matchTotp(secret, { code: "00000" }, now, -1), undefined);
});

test("two codes in a row count as a pair that follows", () => {
  const secret = ascii(20);
  const now = new Date("2026-11-23T10:00:10Z");
  const present = timeStep(now);
  const pair = (first: number, second: number) => ({
    code: hotp(secret, present + first),
    nextCode: hotp(secret, present + second),
  });
  assert.equal(matchTotp(secret, pair(-1, 0), now, -1), present);
  assert.equal(matchTotp(secret, pair(0, 1), now, -1), present + 1);
  assert.equal(matchTotp(secret, pair(-2, -1), now, -1), present - 1);
  assert.equal(matchTotp(secret, pair(1, 2), now, -1), undefined);
  assert.equal(matchTotp(secret, pair(-3, -2), now, -1), undefined);
  assert.equal(matchTotp(secret, pair(0, 0), now, -1), undefined);
  assert.equal(matchTotp(secret, pair(0, -1), now, -1), undefined);
  assert.equal(matchTotp(secret, pair(-1, 0), now, present - 1), undefined, "the first was used before");
});

test("the address for authenticator apps", () => {
  const secret = ascii(20);
  assert.equal(
    totpUrl(secret, "华信 科技", "a@b.cn"),
    "otpauth://totp/%E5%8D%8E%E4%BF%A1%20%E7%A7%91%E6%8A%80:a%40b.cn?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=%E5%8D%8E%E4%BF%A1%20%E7%A7%91%E6%8A%80&algorithm=SHA1&digits=6&period=30",
  );
  assert.equal(totpAt("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", new Date(59_000)), "287082");
});
