// The certificate that the office serves, kept fresh while it runs: files are read again when they change, our own
// certificate is made anew in time. What cannot serve never replaces what can.
import { X509Certificate } from "node:crypto";
import { statSync } from "node:fs";
import type { AuthorityFiles } from "./authority.ts";
import type { Config } from "./config.ts";
import { ConfigError } from "./config-error.ts";
import { type CertificateFiles, type CertificatePair, readCertificateFiles, whyUnusable } from "./tls-source.ts";

export interface ServedCertificate {
  /** As it is now. */
  readonly pair: CertificatePair;
  /** The root of our own authority, PEM, and whether it was made just now. */
  readonly own: { readonly root: string; readonly created: boolean } | undefined;
  /** Looks for a newer one every few seconds. Returns what ends that. */
  watch(onChange: (pair: CertificatePair) => void, onTrouble: (text: string) => void): () => void;
}

const fileCheckMs = 2000;
const ownCheckMs = 3_600_000;
/** Our own is made anew when so much of it is left. */
const renewBeforeMs = 30 * 24 * 3_600_000;
const loopbackNames = ["localhost", "127.0.0.1", "::1"];

/** Undefined without TLS. Throws ConfigError or KeysUnusable. */
export async function openCertificate(
  config: Pick<Config, "tls" | "origins">,
  files: AuthorityFiles,
  now: () => Date = () => new Date(),
): Promise<ServedCertificate | undefined> {
  const { tls } = config;
  if (tls === undefined) return undefined;
  return tls.from === "files" ? fromFiles(tls) : ours(config, files, now);
}

/** Host names and addresses of all origins, without brackets, and those of this machine itself. */
export function servedNames({ origins }: Pick<Config, "origins">): string[] {
  const names = origins.map((origin) => new URL(origin).hostname.replaceAll(/^\[|\]$/gu, "").toLowerCase());
  return [...new Set([...names, ...loopbackNames])];
}

function fromFiles(first: CertificateFiles): ServedCertificate {
  const unusable = whyUnusable(first);
  if (unusable !== undefined) {
    throw new ConfigError(
      unusable === "key"
        ? `${first.certFile} and ${first.keyFile} do not belong together.`
        : `STRONGROOM_TLS_CERT: ${first.certFile} cannot be used (${unusable.message}).`,
    );
  }
  let served = first;
  let seen = stateOf(first);
  return {
    get pair() {
      return served;
    },
    own: undefined,
    watch(onChange, onTrouble) {
      const look = (): void => {
        const state = stateOf(first);
        if (state === seen) return;
        seen = state;
        try {
          const fresh = readCertificateFiles(first.certFile, first.keyFile);
          if (fresh.cert === served.cert && fresh.key.reveal() === served.key.reveal()) return;
          if (whyUnusable(fresh) !== undefined)
            throw new ConfigError("The new certificate and key do not belong together.");
          served = fresh;
          onChange(fresh);
        } catch (error) {
          if (!(error instanceof ConfigError)) throw error;
          onTrouble(`${error.message} The certificate of before is served on.`);
        }
      };
      return every(fileCheckMs, look);
    },
  };
}

/** Changes whenever one of the files does, also when a link leads to another one. */
function stateOf({ certFile, keyFile }: CertificateFiles): string {
  return [certFile, keyFile]
    .map((file) => {
      const stat = statSync(file, { throwIfNoEntry: false });
      return stat === undefined ? "-" : `${stat.dev} ${stat.ino} ${stat.size} ${stat.mtimeMs}`;
    })
    .join("\n");
}

async function ours(
  config: Pick<Config, "origins">,
  files: AuthorityFiles,
  now: () => Date,
): Promise<ServedCertificate> {
  // Its library is loaded by those alone who use it.
  const { openAuthority } = await import("./authority.ts");
  const names = servedNames(config);
  const authority = await openAuthority(
    files,
    names.filter((name) => !loopbackNames.includes(name)),
    now(),
  );
  let pair = await authority.issue(names, now());
  return {
    get pair() {
      return pair;
    },
    own: { root: authority.root, created: authority.created },
    watch(onChange, onTrouble) {
      const look = async (): Promise<void> => {
        const left = new X509Certificate(pair.cert).validToDate.getTime() - now().getTime();
        if (left > renewBeforeMs) return;
        pair = await authority.issue(names, now());
        onChange(pair);
      };
      return every(ownCheckMs, () => void look().catch((error: unknown) => onTrouble(String(error))));
    },
  };
}

function every(ms: number, look: () => void): () => void {
  const timer = setInterval(look, ms).unref();
  return () => clearInterval(timer);
}
