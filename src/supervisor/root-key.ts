// The root key at a start: made at the very first, read ever after. A missing key beside existing data is never
// replaced by a new one, because everything sealed under the old one would be lost.
import { randomUUID } from "node:crypto";
import { existsSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { newRootKey, readKeyFile, refuseKeyInside, type RootKeyFile, writeKeyFile } from "../vault/keys/key-file.ts";
import { type Config, ConfigError } from "./config.ts";
import type { Layout } from "./layout.ts";

export interface RootKey extends RootKeyFile {
  readonly created: boolean;
}

/** Reads the key file, or makes it when there is no data yet. Throws ConfigError or KeysUnusable with the remedy. */
export function openRootKey(config: Config, layout: Layout): RootKey {
  refuseKeyInside(config.dataDir, layout.keyFile);
  if (existsSync(layout.keyFile)) return { ...readKeyFile(layout.keyFile), created: false };
  if (readdirSync(layout.keystore).length > 0) {
    throw new ConfigError(
      `The root key ${layout.keyFile} is missing, but ${config.dataDir} holds data sealed under it.\n` +
        "Set STRONGROOM_KEYS to the folder where it lies, or write it again from the recovery kit:\n" +
        "  npx strongroom kit restore",
    );
  }
  const key = newRootKey(randomUUID());
  writeKeyFile(layout.keyFile, key);
  return { ...key, created: true };
}

/** Whether keys and data lie on the same file system: whoever takes that disk has both. */
export function sharesDisk(config: Config): boolean {
  return statSync(config.keysDir).dev === statSync(config.dataDir).dev;
}

/** Whether keys and data lie under one folder of their own, which one copy would take along together. */
export function sharesFolder(config: Config): boolean {
  return path.dirname(config.dataDir) === path.dirname(config.keysDir);
}
