// The built web pages, held in memory from the start: the process can then give up every right to read files. Each page
// carries a fresh nonce; the policy lets nothing else run.
import { createHash, randomBytes } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

interface Asset {
  readonly bytes: Buffer;
  readonly gzip: Buffer | undefined;
  readonly brotli: Buffer | undefined;
  readonly type: string;
  readonly etag: string;
  readonly immutable: boolean;
}

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".webmanifest": "application/manifest+json",
  ".json": "application/json",
  ".txt": "text/plain; charset=utf-8",
};

/** Headers of every answer. `tls`: browsers are to keep to it. */
export function securityHeaders(tls: boolean): Record<string, string> {
  return {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy":
      "camera=(self), geolocation=(), microphone=(), payment=(), usb=(), publickey-credentials-get=(self), publickey-credentials-create=(self)",
    ...(tls && { "strict-transport-security": "max-age=31536000" }),
  };
}

export function contentPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}' 'strict-dynamic'`,
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "worker-src 'self'",
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
}

export class Pages {
  /** Paths of the stylesheets that a page loads. */
  readonly stylesheets: readonly string[];
  readonly #assets = new Map<string, Asset>();
  readonly #index: string;

  /** Reads all files of the folder. Throws when there is no index.html: the web pages were not built. */
  constructor(folder: string) {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || /\.(?:br|gz)$/u.test(entry.name)) continue;
      const file = path.join(entry.parentPath, entry.name);
      this.#assets.set(`/${path.relative(folder, file).split(path.sep).join("/")}`, assetOf(file));
    }
    const index = this.#assets.get("/index.html");
    if (!index) throw new Error("the web pages are not built");
    this.#index = index.bytes.toString("utf8");
    this.#assets.delete("/index.html");
    this.stylesheets = [...this.#index.matchAll(/<link rel="stylesheet"[^>]* href="([^"]+)"/gu)].flatMap(
      ([, href]) => href ?? [],
    );
  }

  /** A file of the build, or the page for every other path. */
  answer(pathname: string, accepted: string, etag: string | undefined): Response {
    const asset = this.#assets.get(pathname);
    if (asset) return assetResponse(asset, accepted, etag);
    if (/\.[a-z0-9]{1,8}$/iu.test(pathname)) return new Response(null, { status: 404 });
    const nonce = randomBytes(18).toString("base64");
    return new Response(this.#index.replaceAll("%NONCE%", nonce), {
      headers: {
        "content-type": "text/html; charset=utf-8",
        "cache-control": "no-store",
        "content-security-policy": contentPolicy(nonce),
      },
    });
  }
}

function assetOf(file: string): Asset {
  const bytes = readFileSync(file);
  const extension = path.extname(file);
  const type = types[extension] ?? "application/octet-stream";
  const compressible = /text|javascript|json|svg/u.test(type) && bytes.length > 512;
  return {
    bytes,
    type,
    gzip: compressible ? gzipSync(bytes, { level: 6 }) : undefined,
    brotli: compressible ? brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }) : undefined,
    etag: `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 22)}"`,
    immutable: /-[A-Za-z0-9_-]{8}\.[a-z0-9]+$/u.test(file),
  };
}

function assetResponse(asset: Asset, accepted: string, etag: string | undefined): Response {
  const headers: Record<string, string> = {
    "content-type": asset.type,
    etag: asset.etag,
    "cache-control": asset.immutable ? "public, max-age=31536000, immutable" : "no-cache",
    vary: "accept-encoding",
  };
  if (etag === asset.etag) return new Response(null, { status: 304, headers });
  const chosen =
    asset.brotli && accepted.includes("br")
      ? ([asset.brotli, "br"] as const)
      : asset.gzip && accepted.includes("gzip")
        ? ([asset.gzip, "gzip"] as const)
        : undefined;
  if (chosen) headers["content-encoding"] = chosen[1];
  return new Response(new Uint8Array(chosen?.[0] ?? asset.bytes), { headers });
}
