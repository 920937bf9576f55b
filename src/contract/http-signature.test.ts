// RFC 9421, 9530 and 7638 by their published examples, and the strictness of the parser.
import assert from "node:assert/strict";
import { createHmac, createPublicKey, verify } from "node:crypto";
import { test } from "node:test";
import {
  componentValue,
  contentDigest,
  jwkThumbprint,
  parseContentDigest,
  parseSignature,
  parseSignatureInput,
  requestTarget,
  signatureBase,
  signRequest,
} from "./http-signature.ts";
import { type CoveredComponent, SignatureMalformed } from "./structured-fields.ts";

const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

// RFC 9421, appendix B.2: the request and the response that all its examples sign.
const request: Record<string, string> = {
  "@method": "POST",
  "@path": "/foo",
  "@query": "?param=Value&Pet=dog",
  "@authority": "example.com",
  '@query-param;name="Pet"': "dog",
  date: "Tue, 20 Apr 2021 02:07:55 GMT",
  "content-type": "application/json",
  "content-digest":
    "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:",
  "content-length": "18",
};
const response: Record<string, string> = {
  "@status": "200",
  "content-type": "application/json",
  "content-digest":
    "sha-512=:mEWXIS7MaLRuGgxOBdODa3xqM1XdEvxoYhvlCFJ41QJgJc4GTsPp29l5oGX69wWdXymyU0rjJuahq4l5aGgfLQ==:",
  "content-length": "23",
};
const from =
  (message: Record<string, string>) =>
  ({ name, parameters }: CoveredComponent): string | undefined =>
    message[name + parameters];

function baseOf(field: string, message: Record<string, string>): string {
  const [input] = parseSignatureInput(field);
  assert.ok(input);
  return signatureBase(input, from(message));
}

function signatureOf(field: string, label: string): Uint8Array {
  const found = parseSignature(field).get(label);
  assert.ok(found);
  return found;
}

await test("RFC 9421 B.2.1-B.2.3 and 2.5: signature bases", () => {
  const digest = request["content-digest"];
  const expected: [string, string[]][] = [
    ['sig-b21=();created=1618884473;keyid="test-key-rsa-pss";nonce="b3k2pp5k7z-50gnwp.yemd"', []],
    [
      'sig-b22=("@authority" "content-digest" "@query-param";name="Pet");created=1618884473;keyid="test-key-rsa-pss";tag="header-example"',
      ['"@authority": example.com', `"content-digest": ${digest}`, '"@query-param";name="Pet": dog'],
    ],
    [
      'sig-b23=("date" "@method" "@path" "@query" "@authority" "content-type" "content-digest" "content-length");created=1618884473;keyid="test-key-rsa-pss"',
      [
        '"date": Tue, 20 Apr 2021 02:07:55 GMT',
        '"@method": POST',
        '"@path": /foo',
        '"@query": ?param=Value&Pet=dog',
        '"@authority": example.com',
        '"content-type": application/json',
        `"content-digest": ${digest}`,
        '"content-length": 18',
      ],
    ],
    [
      'sig1=("@method" "@authority" "@path" "content-digest" "content-length" "content-type");created=1618884473;keyid="test-key-rsa-pss"',
      [
        '"@method": POST',
        '"@authority": example.com',
        '"@path": /foo',
        `"content-digest": ${digest}`,
        '"content-length": 18',
        '"content-type": application/json',
      ],
    ],
  ];
  for (const [field, lines] of expected) {
    const value = field.slice(field.indexOf("=") + 1);
    assert.equal(baseOf(field, request), [...lines, `"@signature-params": ${value}`].join("\n"));
  }
});

await test("RFC 9421 B.2.4: ecdsa-p256-sha256 verifies", () => {
  const base = baseOf(
    'sig-b24=("@status" "content-type" "content-digest" "content-length");created=1618884473;keyid="test-key-ecc-p256"',
    response,
  );
  const jwk = {
    kty: "EC",
    crv: "P-256",
    x: "qIVYZVLCrPZHGHjP17CTW0_-D9Lfw0EkjqF7xB4FivA",
    y: "Mc4nN9LTDOBhfoUeg8Ye9WedFRhnZXZJA12Qp0zZ6F0",
  };
  const key = createPublicKey({ key: jwk, format: "jwk" });
  const signature = signatureOf(
    "sig-b24=:wNmSUAhwb5LxtOtOpNa6W5xj067m5hFrj0XQ4fvpaCLx0NKocgPquLgyahnzDnDAUy5eCdlYUEkLIj+32oiasw==:",
    "sig-b24",
  );
  assert.equal(verify("sha256", bytes(base), { key, dsaEncoding: "ieee-p1363" }, signature), true);
});

await test("RFC 9421 B.2.5: hmac-sha256 equals", () => {
  const base = baseOf(
    'sig-b25=("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"',
    request,
  );
  const key = Buffer.from(
    "uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==",
    "base64",
  );
  assert.equal(createHmac("sha256", key).update(base).digest("base64"), "pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=");
});

await test("RFC 9421 B.2.6: ed25519 verifies", () => {
  const base = baseOf(
    'sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"',
    request,
  );
  const key = createPublicKey({
    key: { kty: "OKP", crv: "Ed25519", x: "JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs" },
    format: "jwk",
  });
  const signature = signatureOf(
    "sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:",
    "sig-b26",
  );
  assert.equal(verify(null, bytes(base), key, signature), true);
});

await test("RFC 9421 2.2: derived components", () => {
  assert.deepEqual(requestTarget("post", "https://WWW.example.com:443/path?param=value"), {
    method: "POST",
    authority: "www.example.com",
    path: "/path",
    query: "?param=value",
  });
  assert.equal(requestTarget("GET", "http://localhost:8080").authority, "localhost:8080");
  assert.equal(requestTarget("GET", "https://example.com").path, "/");
  assert.equal(
    requestTarget("GET", "https://example.com/path?param=value&foo=bar&baz=bat%2Dman").query,
    "?param=value&foo=bar&baz=bat%2Dman",
  );
  assert.equal(requestTarget("GET", "https://example.com/path?queryString").query, "?queryString");
  assert.equal(requestTarget("GET", "https://example.com/path").query, "?");
});

await test("RFC 9530: Content-Digest", async () => {
  assert.equal(
    await contentDigest(bytes('{"hello": "world"}')),
    "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:",
  );
  assert.equal(
    await contentDigest(bytes('{"hello": "world"}\n')),
    "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:",
  );
  assert.equal(parseContentDigest("sha-512=:AAAA:, sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:").length, 32);
  for (const bad of [
    "",
    "sha-256=:AAAA:",
    "sha-512=:AAAA:",
    "sha-256=X48E9",
    "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:, sha-256=:AAAA:",
  ]) {
    assert.throws(() => parseContentDigest(bad), SignatureMalformed, bad);
  }
});

await test("RFC 7638: thumbprint of an EC key (RFC 9449 section 6.1)", async () => {
  const jwk = {
    kty: "EC",
    crv: "P-256",
    x: "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",
    y: "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA",
  } as const;
  assert.equal(await jwkThumbprint(jwk), "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I");
});

await test("the parser refuses what is not exactly a signature input", () => {
  const good = 'sig1=("@method" "@path");created=1;nonce="n";keyid="k";alg="a";tag="t"';
  assert.deepEqual(parseSignatureInput(good)[0]?.parameters, {
    created: 1,
    nonce: "n",
    keyid: "k",
    alg: "a",
    tag: "t",
  });
  const escaped = parseSignatureInput('sig1=( "@method"  "x" );keyid="a\\"b\\\\c"');
  assert.equal(escaped[0]?.parameters.keyid, 'a"b\\c');
  assert.equal(escaped[0]?.components.length, 2);
  assert.equal(parseSignatureInput('a=(), b=("x")').length, 2);
  const bad = [
    "",
    "sig1",
    "sig1=",
    "sig1=1",
    'sig1=("@method"',
    'sig1=("@method""@path")',
    "sig1=(@method)",
    'sig1=("@method");unknown=1',
    'sig1=("@method");created',
    'sig1=("@method");created="1"',
    'sig1=("@method");created=1.5',
    'sig1=("@method");created=1e3',
    'sig1=("@method");created=1;created=2',
    'sig1=("@method");nonce=5',
    'sig1=("@method");nonce=token',
    'sig1=("@method");keyid="a\\b"',
    'sig1=("@method");keyid="é"',
    'sig1=("@method"),',
    'sig1=("@method") x',
    'sig1=("@method"), sig1=("@path")',
    ' sig1=("@method")',
    'SIG=("@method")',
    'sig1=("@method"); keyid="a" ',
  ];
  for (const field of bad) assert.throws(() => parseSignatureInput(field), SignatureMalformed, field);
  for (const field of [
    "",
    "sig1",
    "sig1=",
    "sig1=:A:",
    "sig1=:AAA:",
    "sig1=:AAAA",
    "sig1=:AA-A:",
    "sig1=:AAAA:, sig1=:AAAA:",
  ]) {
    assert.throws(() => parseSignature(field), SignatureMalformed, field);
  }
});

await test("a base is refused when a component is absent, repeated or could break the line", () => {
  const [input] = parseSignatureInput('sig1=("@method" "absent")');
  const [twice] = parseSignatureInput('sig1=("date" "date")');
  const [date] = parseSignatureInput('sig1=("date")');
  assert.ok(input && twice && date);
  assert.throws(() => signatureBase(input, from(request)), SignatureMalformed);
  assert.throws(() => signatureBase(twice, from(request)), SignatureMalformed);
  assert.throws(() => signatureBase(date, () => 'a\n"@method": GET'), SignatureMalformed);
  assert.throws(() => signatureBase(date, () => "名"), SignatureMalformed);
});

await test("what signRequest signs verifies, and every nonce is new", async () => {
  const keys = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
  const body = bytes("{}");
  const headers = await signRequest(keys.privateKey, "key-1", {
    method: "POST",
    url: "https://crm.example.com/api/x?y=1",
    body,
  });
  const again = await signRequest(keys.privateKey, "key-1", {
    method: "POST",
    url: "https://crm.example.com/api/x?y=1",
    body,
  });
  assert.notEqual(headers["signature-input"], again["signature-input"]);
  const [input] = parseSignatureInput(headers["signature-input"] ?? "");
  assert.ok(input);
  const target = { method: "POST", authority: "crm.example.com", path: "/api/x", query: "?y=1" };
  const base = signatureBase(input, ({ name }) => componentValue(target, headers["content-digest"], name));
  const signature = new Uint8Array(signatureOf(headers["signature"] ?? "", "sig1"));
  assert.equal(
    await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, keys.publicKey, signature, bytes(base)),
    true,
  );
  assert.deepEqual(
    input.components.map((component) => component.name),
    ["@method", "@authority", "@path", "@query", "content-digest"],
  );
});
