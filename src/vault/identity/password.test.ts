// Which passwords are taken, in both languages, and that hashes hold, differ, and cost time for nobody's account too.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, test } from "node:test";
import { Problem } from "../../contract/problem.ts";
import { PasswordHasher } from "./password-hash.ts";
import { judgeLength, PasswordPolicy } from "./password-policy.ts";
import { personalWords } from "./password-strength.ts";

const policy = new PasswordPolicy();
after(() => policy.close());

const person = ["华信科技有限公司", "张伟", "zhang.wei@huaxin.example"];

test("easy ones are refused, with the reason", async () => {
  const weak: [string, string][] = [
    ["Abc1234", "too_short"],
    ["我爱我家我爱你", "too_short"],
    ["x".repeat(129), "too_long"],
    ["password123", "common"],
    ["woaini1314", "common"],
    ["1qaz2wsx3edc", "common"],
    ["5201314520", "common"],
    ["zhangwei1990", "personal"],
    ["weizhang2026", "personal"],
    ["huaxinkeji88", "personal"],
    ["华信科技华信科技", "personal"],
    ["aaaaaaaaaaaa", "repeats"],
    ["mnopqrstuv", "sequence"],
    ["19900712", "date"],
    ["beijing2024", "dictionary"],
  ];
  for (const [password, reason] of weak) {
    const { acceptable, feedback } = await policy.judge(password, person);
    assert.equal(acceptable, false, password);
    assert.ok(
      feedback.some((found) => found === reason),
      `${password}: ${feedback.join()} instead of ${reason}`,
    );
  }
});

test("good ones are taken whatever they are made of: no composition rules", async () => {
  for (const password of [
    "correct horse battery staple",
    "kT7!vqz2Lm",
    "小明喜欢吃火锅和西瓜",
    "梧桐 细雨 黄昏 点点滴滴",
    "лунный свет над рекой",
    "z".repeat(3) + "Qm-lattice-4 🌊",
  ]) {
    const judgement = await policy.judge(password, person);
    assert.equal(judgement.acceptable, true, `${password} ${judgement.feedback.join()}`);
  }
});

test("NIST lengths: 8 with a second factor, 15 alone, at least 64 allowed, counted after NFKC", () => {
  const short = (password: string, alone: boolean): boolean => judgeLength(password, alone) !== undefined;
  assert.equal(short("12345678", false), false);
  assert.equal(short("1234567", false), true);
  assert.equal(short("12345678901234", true), true);
  assert.equal(short("123456789012345", true), false);
  assert.equal(short("x".repeat(128), false), false);
  assert.equal(short("𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷", false), false, "characters, not UTF-16 units");
  assert.equal(short("𠮷𠮷𠮷𠮷", false), true);
});

test("require throws password_weak with feedback", async () => {
  await assert.rejects(
    policy.require("password123", []),
    (error) => error instanceof Problem && error.code === "password_weak" && Array.isArray(error.extra?.["feedback"]),
  );
});

test("the judging thread can be ended and starts again", async () => {
  await policy.close();
  assert.equal((await policy.judge("correct horse battery staple", [])).acceptable, true);
});

test("Chinese names count in pinyin, turned around and by initials", () => {
  const words = personalWords(["张小伟", "华信科技有限公司"]);
  for (const word of ["zhangxiaowei", "xiaoweizhang", "zxw", "huaxinkeji", "hxkj", "华信科技"])
    assert.ok(words.includes(word), word);
});

test("a hash fits its password alone; NFKC forms are one password; the pepper matters", async () => {
  const pepper = randomBytes(32);
  const hasher = new PasswordHasher(pepper);
  const hash = await hasher.hash("Ａｂｃ 密码 é");
  const again = await hasher.hash("Ａｂｃ 密码 é");
  assert.notEqual(hash.mac, again.mac);
  assert.deepEqual([hash.algorithm, hash.memoryKib, hash.passes], ["argon2id", 65_536, 3]);
  assert.equal(await hasher.verify("Abc 密码 e\u0301", hash), true);
  assert.equal(await hasher.verify("Abc 密码 e", hash), false);
  assert.equal(await new PasswordHasher(randomBytes(32)).verify("Ａｂｃ 密码 é", hash), false);
});

test("an unknown person costs as long as a known one", async () => {
  const hasher = new PasswordHasher(randomBytes(32));
  const hash = await hasher.hash("some password");
  // Work, not time: CPU of the whole process, so that a busy machine does not matter.
  const work = async (known: typeof hash | undefined): Promise<number> => {
    const before = process.cpuUsage();
    assert.equal(await hasher.verify("another password", known), false);
    const { user, system } = process.cpuUsage(before);
    return user + system;
  };
  const known = await work(hash);
  const unknown = await work(undefined);
  assert.ok(unknown > known / 4 && unknown < known * 4, `${known} ${unknown}`);
});

test("a flood is turned away instead of queueing without end", async () => {
  const hasher = new PasswordHasher(randomBytes(32));
  const cheap = { algorithm: "argon2id", memoryKib: 8, passes: 1, salt: "AAAAAAAAAAAAAAAAAAAAAA==", mac: "" } as const;
  const results = await Promise.allSettled(Array.from({ length: 60 }, () => hasher.verify("x", cheap)));
  const refused = results.filter((result) => result.status === "rejected");
  assert.ok(refused.length > 0 && refused.length < 60);
  assert.ok(refused.every((result) => result.reason instanceof Problem && result.reason.code === "too_many"));
  assert.equal(await hasher.verify("x", cheap), false, "and it recovers");
});
