// What is answered without TLS where there is TLS. This machine's own browser gets the product, since nobody can stand
// between. Everybody else gets the page about the root of our authority, which he needs before he can trust anything, and is
// sent to the public address; what he has sent is not read.
import type { IncomingMessage } from "node:http";
import { isIPv4 } from "node:net";
import type { AuthorityPage } from "./authority-page.ts";
import type { Pages } from "./pages.ts";

interface PlainOptions {
  readonly home: URL;
  readonly pages: Pages;
  readonly authority: AuthorityPage | undefined;
}

export function plainFetch({ home, pages, authority }: PlainOptions): (request: Request) => Response {
  return (request) => {
    const { pathname, search } = new URL(request.url);
    if (request.method !== "GET" && request.method !== "HEAD") return new Response(null, { status: 400 });
    const page = authority?.answer(request);
    if (page) return page;
    const style = pages.stylesheets.includes(pathname) || pathname === "/seal.svg";
    if (style) return pages.answer(pathname, request.headers.get("accept-encoding") ?? "", undefined);
    return new Response(null, { status: 308, headers: { location: `${home.origin}${pathname}${search}` } });
  };
}

/** Whether it comes from this machine and by a name of this machine. */
export function isAtHome({ socket, headers }: Pick<IncomingMessage, "socket" | "headers">): boolean {
  const address = (socket.remoteAddress ?? "").replace(/^::ffff:/u, "");
  const near = address === "::1" || (isIPv4(address) && address.startsWith("127."));
  return near && /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/iu.test(headers.host ?? "");
}
