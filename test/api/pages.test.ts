// What the office says with each page: nothing runs but what bears the page's own nonce, and no nonce is used twice.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type System, startSystem } from "../harness/system.ts";

let system: System;
before(async () => {
  system = await startSystem();
});
after(() => system.stop());

const nonceOf = (policy: string): string => /script-src 'nonce-([\w+/=-]+)'/u.exec(policy)?.[1] ?? "";

test("each page carries a policy with a nonce of its own, and all its scripts that nonce", async () => {
  const nonces = new Set<string>();
  const paths = ["/", "/sign-in", "/accounts", "/no/such/page", "/"];
  for (const path of paths) {
    const answer = await fetch(`${system.origin}${path}`);
    const policy = answer.headers.get("content-security-policy") ?? "";
    const nonce = nonceOf(policy);
    assert.ok(Buffer.from(nonce, "base64").length >= 16, `${path}: ${policy}`);
    nonces.add(nonce);
    assert.deepEqual(policy.replaceAll(nonce, "N").split("; ").toSorted(), [
      "base-uri 'none'",
      "connect-src 'self'",
      "default-src 'none'",
      "font-src 'self'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "img-src 'self' data: blob:",
      "manifest-src 'self'",
      "require-trusted-types-for 'script'",
      "script-src 'nonce-N' 'strict-dynamic'",
      "style-src 'self' 'nonce-N'",
      "trusted-types 'none'",
      "worker-src 'self'",
    ]);
    assert.equal(answer.headers.get("cache-control"), "no-store", "a kept page would keep its nonce");
    const html = await answer.text();
    const scripts = html.match(/<script\b[^>]*>/gu) ?? [];
    assert.ok(scripts.length > 0);
    for (const script of scripts) assert.ok(script.includes(`nonce="${nonce}"`), script);
    assert.doesNotMatch(html, /%NONCE%|\son\w+=|javascript:/u);
  }
  assert.equal(nonces.size, paths.length);
});

test("files and answers are never taken for pages, nor put into somebody's frame", async () => {
  const page = await (await fetch(system.origin)).text();
  const script = /<script\b[^>]*src="([^"]+)"/u.exec(page)?.[1] ?? "";
  assert.match(script, /\.js$/u);
  for (const path of ["/", script, "/api/session", "/no-such-file.js"]) {
    const { headers } = await fetch(new URL(path, system.origin));
    assert.equal(headers.get("x-content-type-options"), "nosniff", path);
    assert.equal(headers.get("x-frame-options"), "DENY", path);
    assert.equal(headers.get("referrer-policy"), "no-referrer", path);
    assert.equal(headers.get("cross-origin-opener-policy"), "same-origin", path);
    assert.equal(headers.get("cross-origin-resource-policy"), "same-origin", path);
  }
});
