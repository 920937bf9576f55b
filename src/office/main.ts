// Process 2, the office: HTTP for browsers, pages from memory, the API's pipeline. It holds no key but TLS and no
// customer value beyond the request it passes on.
import { getRequestListener, type HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import { officeBoot, officeNews, readBoot, sayEvent } from "../supervisor/boot.ts";
import { dropPrivileges } from "../supervisor/drop-privileges.ts";
import { answerApi, type Caller } from "./http/api.ts";
import { AuthorityPage } from "./http/authority-page.ts";
import { TrustedProxies } from "./http/forwarded.ts";
import { listen } from "./http/listen.ts";
import { Pages, securityHeaders } from "./http/pages.ts";
import { isAtHome, plainFetch } from "./http/plain-http.ts";
import { VaultClient } from "./vault-client.ts";

const boot = await readBoot(officeBoot, (message) => listening.renew(officeNews.parse(message).tls));
const pages = new Pages(boot.webRoot);
const vault = new VaultClient(boot.socketPath, boot.channelSecret);
const { tls, authority: root } = boot.listen;
const home = new URL(boot.publicOrigin);
const secure = tls !== undefined || home.protocol === "https:";
const authority = root === undefined ? undefined : new AuthorityPage(root, home.origin, pages.stylesheets);
const proxies = new TrustedProxies(boot.trustedProxies, boot.proxyHeader);

const app = new Hono<{ Bindings: HttpBindings; Variables: { caller: Caller } }>();
// Of localhost other programs' ports are part too, and those may have no TLS.
const everywhere = Object.entries(securityHeaders(secure && home.hostname !== "localhost"));
app.use(async (context, next) => {
  const { incoming } = context.env;
  const { ip, proxied, scheme } = proxies.originOf(incoming.socket.remoteAddress ?? "", incoming.headers);
  // What the browser signed names the host that people type, whatever host the proxy asks us for.
  context.set("caller", { ip, authority: proxied ? home.host : (incoming.headers.host ?? "") });
  const { pathname, search } = new URL(context.req.url);
  if (scheme === "http" && secure) context.res = context.redirect(`${home.origin}${pathname}${search}`, 308);
  else await next();
  for (const [name, value] of everywhere) context.res.headers.set(name, value);
});
app.all("/api/*", (context) =>
  answerApi(context, context.get("caller"), vault, (error, requestId) => {
    process.stderr.write(
      `${new Date().toISOString()} request ${requestId}: ${error instanceof Error ? error.name : "unknown error"}\n`,
    );
  }),
);
app.on(
  ["GET", "HEAD"],
  "*",
  (context) =>
    authority?.answer(context.req.raw) ??
    pages.answer(
      new URL(context.req.url).pathname,
      context.req.header("accept-encoding") ?? "",
      context.req.header("if-none-match"),
    ),
);
app.notFound(() => new Response(null, { status: 404 }));

const product = getRequestListener(app.fetch);
const withoutTls = new Hono();
withoutTls.use(async (context, next) => {
  await next();
  for (const [name, value] of Object.entries(securityHeaders(false))) context.res.headers.set(name, value);
});
const plain = plainFetch({ home, pages, authority });
withoutTls.all("*", (context) => plain(context.req.raw));
const redirecting = getRequestListener(withoutTls.fetch);
const listening = listen(
  {
    ...boot.listen,
    tls,
    product: (request, answer) => void product(request, answer),
    plain: (request, answer) => void (isAtHome(request) ? product : redirecting)(request, answer),
  },
  () => {
    dropPrivileges(boot.dropTo);
    // The socket of the vault lets only the office's own user in.
    vault.ready().then(
      () => {
        sayEvent("ready");
      },
      () => process.exit(1),
    );
  },
);
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.on(signal, () => {
    vault.close();
    listening.close(() => process.exit(0));
  });
}
