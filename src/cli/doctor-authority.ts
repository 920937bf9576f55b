// The check of our own local authority. It is apart from the others because its library is loaded for it alone.
import { X509Certificate } from "node:crypto";
import { existsSync } from "node:fs";
import { readRootFor } from "../supervisor/authority.ts";
import { servedNames } from "../supervisor/certificate.ts";
import type { Config } from "../supervisor/config.ts";
import { layoutOf } from "../supervisor/layout.ts";
import { dateOf, type Finding, found, messageOf } from "./doctor-checks.ts";

/** Whoever installed the root has to install another one after that. */
const soonMs = 365 * 24 * 3_600_000;

export function checkAuthority(config: Pick<Config, "dataDir" | "keysDir" | "origins">, now: Date): Finding {
  const layout = layoutOf(config);
  const file = layout.authorityKey;
  if (!existsSync(file)) return found("tls_authority_new");
  try {
    const names = servedNames(config);
    const { validToDate, fingerprint256 } = new X509Certificate(readRootFor(layout, names, now));
    const figures = { names: names.join(", "), until: dateOf(validToDate), fingerprint: fingerprint256 };
    return found(validToDate.getTime() - now.getTime() < soonMs ? "tls_authority_soon" : "tls_authority", figures);
  } catch (error) {
    return found("tls_authority_wrong", { message: messageOf(error) });
  }
}
