// One-time codes, families of browsers, maps that forget, rates, and when passkeys are possible.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem } from "../../contract/problem.ts";
import { MemoryMap } from "./memory-map.ts";
import { hashSecretCode, newSecretCode, normaliseSecretCode } from "./secret-code.ts";
import { authorities, type IdentitySettings, passkeyState } from "./settings.ts";
import { SourceRate } from "./source-rate.ts";
import { userAgentFamily } from "./user-agent.ts";

test("codes: 20 bits a group, whatever way they are typed", () => {
  const code = newSecretCode(4);
  assert.match(code, /^[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){3}$/u);
  assert.equal(new Set(Array.from({ length: 1000 }, () => newSecretCode(4))).size, 1000);
  assert.equal(normaliseSecretCode(" o1il-ABCD ｘ"), "0111ABCDX");
  const key = Buffer.alloc(32, 1);
  assert.deepEqual(
    hashSecretCode(key, "invitation", code),
    hashSecretCode(key, "invitation", code.toLowerCase().replaceAll("-", " ")),
  );
  assert.notDeepEqual(hashSecretCode(key, "invitation", code), hashSecretCode(key, "recovery", code));
});

test("families of user agents", () => {
  const cases: [string | undefined, string][] = [
    [
      "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
      "Chrome · Windows",
    ],
    [
      "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0",
      "Edge · Windows",
    ],
    [
      "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.1 Safari/605.1.15",
      "Safari · macOS",
    ],
    [
      "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0 Mobile Safari/604.1",
      "Chrome · iPhone",
    ],
    [
      "Mozilla/5.0 (Linux; Android 14; HarmonyOS) AppleWebKit/537.36 Chrome/114.0 Mobile Safari/537.36 MicroMessenger/8.0.50",
      "WeChat · HarmonyOS",
    ],
    ["Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox · Linux"],
    ["Strongroom-CLI/1 (linux)", "Strongroom CLI · Linux"],
    [undefined, "Other · Other"],
  ];
  for (const [userAgent, family] of cases) assert.equal(userAgentFamily(userAgent), family);
});

test("a memory map forgets by age and by size, and a flood pushes out nobody else", () => {
  const map = new MemoryMap<number>({ lifetimeMs: 1000, limit: 3 });
  const at = (ms: number): Date => new Date(ms);
  for (const [index, key] of ["a", "b", "c", "d"].entries()) map.set(key, "s", index, at(index));
  assert.equal(map.get("a", at(5)), undefined);
  assert.equal(map.get("b", at(5)), 1);
  assert.equal(map.take("b", at(6)), 1);
  assert.equal(map.take("b", at(6)), undefined);
  assert.equal(map.get("d", at(1002)), 3);
  assert.equal(map.get("d", at(1003)), undefined);
  map.set("mine", "honest", 1, at(2000));
  for (let index = 0; index < 100; index += 1) map.set(`k${index}`, "flood", index, at(2001));
  assert.equal(map.get("mine", at(2002)), 1);
  assert.deepEqual(
    Array.from({ length: 100 }, (_, index) => map.get(`k${index}`, at(2002))).filter((kept) => kept !== undefined),
    [98, 99],
  );
});

test("a source has a burst, then a steady rate", () => {
  const rate = new SourceRate({ burst: 60, perSecond: 0.5 });
  const allowed = (source: string, ms: number): boolean => {
    try {
      rate.take(source, new Date(ms));
      return true;
    } catch (error) {
      assert.ok(error instanceof Problem && error.code === "too_many");
      assert.deepEqual(error.extra, { retryAfterSeconds: ms === 0 ? 2 : 1 });
      return false;
    }
  };
  assert.equal(Array.from({ length: 100 }, () => allowed("a", 0)).filter(Boolean).length, 60);
  assert.equal(allowed("b", 0), true);
  assert.equal(allowed("a", 1999), false);
  assert.equal(allowed("a", 2000), true);
});

test("passkeys need a host name and a safe way to it", () => {
  const state = (origin: string, authority: string): string => {
    const settings: IdentitySettings = { version: "1", origins: [origin] };
    return passkeyState(settings, authority);
  };
  assert.equal(state("https://crm.example.com", "crm.example.com"), "possible");
  assert.equal(state("http://localhost:8080", "localhost:8080"), "possible");
  assert.equal(state("http://localhost:8080", "127.0.0.1:8080"), "needs_host_name");
  assert.equal(state("https://192.0.2.1", "192.0.2.1"), "needs_host_name");
  assert.equal(state("https://[2001:db8::1]", "[2001:db8::1]"), "needs_host_name");
  assert.equal(state("http://crm.example.com", "crm.example.com"), "needs_host_name");
  assert.equal(state("https://crm.example.com", "intern.example.com"), "other_host");
});

test("hosts that requests may be signed for: the configured ones, and loopback by any of its names", () => {
  const hosts = (...origins: [string, ...string[]]): string[] => [...authorities({ version: "1", origins })];
  assert.deepEqual(hosts("https://CRM.example.com"), ["crm.example.com"]);
  assert.deepEqual(hosts("https://crm.example.com:8443", "https://10.0.0.2"), ["crm.example.com:8443", "10.0.0.2"]);
  assert.deepEqual(hosts("http://localhost:8080"), ["localhost:8080", "127.0.0.1:8080", "[::1]:8080"]);
});
