// How this installation is reached, and the spans that identity's rules are made of.

export interface IdentitySettings {
  readonly version: string;
  /**
   * Addresses browsers use, for example `https://crm.example.com`; the first is the one in links and, by its host, the
   * one passkeys belong to. A request signed for any other host is refused.
   */
  readonly origins: readonly [string, ...string[]];
  /** Default 15 minutes. */
  readonly idleLockSeconds?: number;
}

const minute = 60_000;
export const sessionMs = 30 * 24 * 60 * minute;
/** What one source may ask for in all without a device, and how much of it that is expensive: at once, then steadily. */
export const strangerRate = { burst: 600, perSecond: 20 };
export const expensiveRate = { burst: 60, perSecond: 1 };
/** One confirmation that it is the person covers so long. */
export const confirmationMs = 30 * minute;
export const attemptMs = 10 * minute;
export const challengeMs = 5 * minute;
/** How long a signed act may be on its way. */
export const approvalMs = 2 * minute;
/** How long after joining the first passkey and recovery codes ask for no signature. */
export const joiningMs = 10 * minute;
export const invitationMs = 7 * 24 * 60 * minute;
/** A link that the server's console printed. */
export const consoleInvitationMs = 60 * minute;
export const newsMs = 7 * 24 * 60 * minute;
export const defaultIdleLockSeconds = 900;

const loopback = ["localhost", "127.0.0.1", "[::1]"];

/**
 * Host, with a port that is not the scheme's own, of every address; lower case. A loopback address stands for all of
 * them: no other machine can be meant.
 */
export function authorities(settings: IdentitySettings): ReadonlySet<string> {
  return new Set(
    settings.origins.flatMap((origin) => {
      const { hostname, host, port } = new URL(origin);
      if (!loopback.includes(hostname)) return [host.toLowerCase()];
      return loopback.map((name) => (port === "" ? name : `${name}:${port}`));
    }),
  );
}

/** An IPv4 address or a bracketed IPv6 one, as URL.hostname gives them. */
export function isBareIp(hostname: string): boolean {
  return hostname.startsWith("[") || /^[\d.]+$/u.test(hostname);
}

/** Whether passkeys work at the address in links, whichever one somebody came to. */
export function passkeysAtHome(settings: IdentitySettings): boolean {
  return passkeyState(settings, new URL(settings.origins[0]).host) === "possible";
}

/** Whether passkeys work for someone who came to this host; they are bound to one host name and a secure context. */
export function passkeyState(
  settings: IdentitySettings,
  authority: string,
): "possible" | "needs_host_name" | "other_host" {
  const home = new URL(settings.origins[0]);
  const { hostname } = new URL(`http://${authority}`);
  if (isBareIp(hostname) || isBareIp(home.hostname)) return "needs_host_name";
  if (home.protocol !== "https:" && home.hostname !== "localhost") return "needs_host_name";
  return hostname === home.hostname ? "possible" : "other_host";
}
