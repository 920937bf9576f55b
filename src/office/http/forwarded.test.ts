// Whose word about an address is taken, and that nobody writes an address of his choice.
import assert from "node:assert/strict";
import { test } from "node:test";
import { TrustedProxies } from "./forwarded.ts";

const trusted = ["127.0.0.1", "10.1.0.0/16", "fd00::/8"];
const proxies = new TrustedProxies(trusted, "x-forwarded-for");
const standard = new TrustedProxies(trusted, "forwarded");
type Given = Record<string, string | string[]>;
const ipOf = (peer: string, headers: Given, by = proxies): string => by.originOf(peer, headers).ip;

test("from anybody but a trusted proxy every header is ignored", () => {
  const lies = {
    "x-forwarded-for": "1.2.3.4",
    forwarded: "for=1.2.3.4;proto=http",
    "x-forwarded-proto": "http",
    "x-forwarded-host": "evil.example",
  };
  for (const peer of ["198.51.100.7", "10.2.0.1", "2001:db8::1", "127.0.0.2", ""]) {
    for (const by of [proxies, standard])
      assert.deepEqual(by.originOf(peer, lies), { ip: peer, proxied: false, scheme: undefined });
  }
  const nobody = new TrustedProxies([], "x-forwarded-for");
  assert.equal(nobody.originOf("127.0.0.1", lies).ip, "127.0.0.1", "nobody is trusted unasked");
});

test("the client is the last address that is not a trusted proxy's, whatever it wrote before", () => {
  for (const [chain, client] of [
    ["198.51.100.7", "198.51.100.7"],
    ["1.2.3.4, 198.51.100.7", "198.51.100.7"],
    ["127.0.0.1, 198.51.100.7", "198.51.100.7"],
    ["1.2.3.4, 198.51.100.7, 10.1.2.3", "198.51.100.7"],
    ["1.2.3.4, 198.51.100.7:5211, [fd00::2]:443", "198.51.100.7"],
    ["[2001:db8::9]:1", "2001:db8::9"],
    ["::ffff:198.51.100.7", "198.51.100.7"],
    ["10.1.2.3", "10.1.2.3"],
    ["", "127.0.0.1"],
  ] as const) {
    assert.equal(ipOf("127.0.0.1", { "x-forwarded-for": chain }), client, chain);
    assert.equal(ipOf("::ffff:127.0.0.1", { "x-forwarded-for": chain.split(", ") }), client, chain);
    const hops = chain === "" ? "" : chain.split(", ").map((hop) => `for="${hop}"`);
    assert.equal(ipOf("127.0.0.1", { forwarded: hops }, standard), client, chain);
  }
});

test("what cannot be read counts for the proxy that passed it on", () => {
  for (const chain of [
    "unknown",
    "1.2.3.4, _hidden",
    "198.51.100.7,",
    "1.2.3.4 5.6.7.8",
    "999.1.1.1",
    "a".repeat(9000),
  ])
    assert.equal(ipOf("127.0.0.1", { "x-forwarded-for": chain }), "127.0.0.1", chain.slice(0, 40));
  assert.equal(ipOf("127.0.0.1", { "x-forwarded-for": "1.2.3.4, -, 10.1.0.9" }), "10.1.0.9");
  for (const text of ['for="1.2.3.4', "for=1.2.3.4;;;=", "for==1.2.3.4", "proto=https", 'for="a,b', ","])
    assert.equal(ipOf("127.0.0.1", { forwarded: text }, standard), "127.0.0.1", text);
  // A quoted comma does not begin another element.
  assert.equal(ipOf("127.0.0.1", { forwarded: 'for=1.2.3.4;by="x, for=5.6.7.8"' }, standard), "1.2.3.4");
});

test("of the two headers the one that the proxy writes counts; what its client wrote into the other changes nothing", () => {
  for (const lie of ["1.2.3.4", "198.51.100.7, 1.2.3.4", "", "_hidden", '"']) {
    const plain = {
      "x-forwarded-for": "198.51.100.7",
      "x-forwarded-proto": "https",
      forwarded: `for=${lie};proto=http`,
    };
    assert.deepEqual(proxies.originOf("127.0.0.1", plain), { ip: "198.51.100.7", proxied: true, scheme: "https" });
    const other = { forwarded: "for=198.51.100.7;proto=https", "x-forwarded-for": lie, "x-forwarded-proto": "http" };
    assert.deepEqual(standard.originOf("127.0.0.1", other), { ip: "198.51.100.7", proxied: true, scheme: "https" });
  }
});

test("the scheme is the nearest proxy's word", () => {
  const scheme = (headers: Given, by = proxies) => by.originOf("127.0.0.1", headers).scheme;
  assert.equal(scheme({ "x-forwarded-proto": "https, HTTP" }), "http");
  assert.equal(scheme({ forwarded: "for=1.1.1.1;proto=http, for=2.2.2.2;proto=https" }, standard), "https");
  assert.equal(scheme({}), undefined);
});
