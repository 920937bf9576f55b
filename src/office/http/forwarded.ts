// Who is at the other end of a request. The one header that the settings name is believed, from trusted proxies only, and
// read from the right: each proxy vouches for the one address that it saw itself, so nobody can write an address of his
// choice. Every other header of this kind may be the client's own.
import { BlockList, isIP, isIPv6 } from "node:net";

/** Lower-case names; a field that came several times is joined by commas, as Node does it. */
type Headers = Readonly<Record<string, string | string[] | undefined>>;

export interface Origin {
  /** The last address on the way that is not a trusted proxy. */
  readonly ip: string;
  /** Whether a trusted proxy brought it. */
  readonly proxied: boolean;
  /** What that proxy says the browser used; undefined when it does not say. */
  readonly scheme: string | undefined;
}

interface Hop {
  readonly ip: string | undefined;
  readonly scheme: string | undefined;
}

/** Which header the proxies write the client's address into. */
export type ProxyHeader = "x-forwarded-for" | "forwarded";

export class TrustedProxies {
  readonly #trusted = new BlockList();
  readonly #header: ProxyHeader;

  /** Addresses and networks, as the settings have checked them. */
  constructor(list: readonly string[], header: ProxyHeader) {
    this.#header = header;
    for (const entry of list) {
      const [address = "", prefix] = entry.split("/");
      const family = isIPv6(address) ? "ipv6" : "ipv4";
      if (prefix === undefined) this.#trusted.addAddress(address, family);
      else this.#trusted.addSubnet(address, Number(prefix), family);
    }
  }

  /** Judges by the connection's own address and, when that is a trusted proxy's, by what it forwarded. */
  originOf(remoteAddress: string, headers: Headers): Origin {
    const peer = bareAddress(remoteAddress) ?? remoteAddress;
    if (!this.#trusts(peer)) return { ip: peer, proxied: false, scheme: undefined };
    const text = textOf(headers[this.#header]);
    const standard = this.#header === "forwarded";
    const hops = standard ? forwardedHops(text) : plainHops(text);
    const said = standard ? hops.at(-1)?.scheme : lastOf(textOf(headers["x-forwarded-proto"]));
    return { ip: this.#client(peer, hops), proxied: true, scheme: said?.toLowerCase() };
  }

  #trusts(address: string): boolean {
    return isIP(address) !== 0 && this.#trusted.check(address, isIPv6(address) ? "ipv6" : "ipv4");
  }

  #client(peer: string, hops: readonly Hop[]): string {
    let client = peer;
    for (const { ip } of hops.toReversed()) {
      // What a trusted proxy could not name stays behind it.
      if (ip === undefined) return client;
      client = ip;
      if (!this.#trusts(ip)) return client;
    }
    return client;
  }
}

function textOf(field: string | string[] | undefined): string {
  return Array.isArray(field) ? field.join(",") : (field ?? "");
}

function lastOf(text: string): string | undefined {
  return text.split(",").at(-1)?.trim() || undefined;
}

function plainHops(text: string): Hop[] {
  if (text.trim() === "") return [];
  return text.split(",").map((part) => ({ ip: bareAddress(part.trim()), scheme: undefined }));
}

/** RFC 7239 §4. From a field that is not well formed, one unreadable hop. */
function forwardedHops(text: string): Hop[] {
  if (text.trim() === "") return [];
  const pair = /\s*(?:([!#$%&'*+.^_`|~\w-]+)=("(?:[^"\\]|\\.)*"|[^\s;,"]*))?\s*([;,]|$)/guy;
  const hops: Hop[] = [];
  let element: Record<string, string> = {};
  while (pair.lastIndex <= text.length) {
    const found = pair.exec(text);
    if (!found) return [{ ip: undefined, scheme: undefined }];
    const [whole, name, value = "", end] = found;
    if (name !== undefined)
      element[name.toLowerCase()] = value.replace(/^"(.*)"$/su, "$1").replaceAll(/\\(.)/gsu, "$1");
    if (end === ";") continue;
    hops.push({ ip: bareAddress(element["for"] ?? ""), scheme: element["proto"] });
    element = {};
    if (end === "" || whole === "") break;
  }
  return hops;
}

/** An address without brackets, port, zone and IPv4-in-IPv6 prefix; undefined for anything else. */
function bareAddress(text: string): string | undefined {
  const inner =
    /^\[([^\]]*)\](?::\d{1,5})?$/u.exec(text)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d{1,5}$/u.exec(text)?.[1] ?? text;
  const bare = inner.replace(/%.*$/u, "").replace(/^::ffff:(?=\d+\.)/iu, "");
  return isIP(bare) === 0 ? undefined : bare.toLowerCase();
}
