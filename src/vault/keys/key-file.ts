// The root key's file, which lies outside the data folder: whoever steals the disk with the data must not find it there.
// It is written once and never replaced; without it and without the recovery kit the data is lost.
import { randomBytes } from "node:crypto";
import { existsSync, realpathSync } from "node:fs";
import path from "node:path";
import { KeysUnusable } from "./broken.ts";
import { createPrivateFile, readPrivateFile } from "./private-file.ts";
import { hmacSha256, keyLength } from "./primitives.ts";

/** The root key and the installation it belongs to. `rootKey` is a secret: never log this object. */
export interface RootKeyFile {
  /** UUID; tells the kits and backups of two installations apart, no secret. */
  readonly installationId: string;
  /** 32 bytes. */
  readonly rootKey: Buffer;
}

const form =
  /^strongroom root key 1\ninstallation ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\nkey ([A-Za-z0-9_-]{43})\ncheck ([0-9A-F]{4}-[0-9A-F]{4})\n$/;

/** A new root key for the installation. Nothing is written. */
export function newRootKey(installationId: string): RootKeyFile {
  return { installationId, rootKey: randomBytes(keyLength) };
}

/** Eight hex digits that change with any letter of key or installation; says nothing about the key. */
export function checkCode({ installationId, rootKey }: RootKeyFile): string {
  const digits = hmacSha256(rootKey, Buffer.from(`strongroom check code 1\0${installationId}`));
  return digits.toString("hex", 0, 4).toUpperCase().replace(/^.{4}/, "$&-");
}

/**
 * Writes the key file, mode 0600, durable and whole. Throws KeysUnusable when there already is another key at `file`:
 * a root key is never replaced, because everything sealed by it would be lost. Writing the same key again does nothing.
 */
export function writeKeyFile(file: string, key: RootKeyFile): void {
  if (key.rootKey.length !== keyLength) throw new RangeError("a root key has 32 bytes");
  const content = fileContent(key);
  if (!form.test(content)) throw new RangeError("the installation id is not a UUID");
  if (existsSync(file)) {
    const existing = readKeyFile(file);
    if (existing.rootKey.equals(key.rootKey) && existing.installationId === key.installationId) return;
    throw new KeysUnusable(`${file} already holds another root key; move it away first if you are sure`);
  }
  createPrivateFile(file, content);
}

/** Reads the key file. Throws KeysUnusable when others may read it or its content is damaged, ENOENT when missing. */
export function readKeyFile(file: string): RootKeyFile {
  const content = readPrivateFile(file);
  const [, installationId, secret] = form.exec(content) ?? [];
  if (installationId === undefined || secret === undefined) throw new KeysUnusable(`${file} is not a root key file`);
  const key = { installationId, rootKey: Buffer.from(secret, "base64url") };
  // Compared as a whole: base64url has spare bits, which would let a changed letter pass.
  if (fileContent(key) !== content) throw new KeysUnusable(`${file} is damaged: its check code does not fit`);
  return key;
}

function fileContent(key: RootKeyFile): string {
  const secret = key.rootKey.toString("base64url");
  return `strongroom root key 1\ninstallation ${key.installationId}\nkey ${secret}\ncheck ${checkCode(key)}\n`;
}

/** Throws KeysUnusable when the key file would lie inside the data folder, also by way of a symbolic link. */
export function refuseKeyInside(dataFolder: string, keyFile: string): void {
  const inside = path.relative(realPath(dataFolder), realPath(keyFile));
  if (inside === "" || !(inside === ".." || inside.startsWith(`..${path.sep}`) || path.isAbsolute(inside))) {
    throw new KeysUnusable(`the root key file must not lie in the data folder: ${keyFile}`);
  }
}

/** The real path of a file or folder that need not exist yet. */
function realPath(name: string): string {
  const full = path.resolve(name);
  if (existsSync(full)) return realpathSync(full);
  const parent = path.dirname(full);
  return parent === full ? full : path.join(realPath(parent), path.basename(full));
}
