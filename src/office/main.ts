// Process 2, the office: HTTP for browsers, pages from memory, the API's pipeline. It holds no key but TLS and no
// customer value beyond the request it passes on.
import { createServer as createHttp } from "node:http";
import { createServer as createHttps } from "node:https";
import { serve } from "@hono/node-server";
import type { HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import { officeBoot, readBoot, sayEvent } from "../supervisor/boot.ts";
import { dropPrivileges } from "../supervisor/drop-privileges.ts";
import { answerApi, type Caller } from "./http/api.ts";
import { TrustedProxies } from "./http/forwarded.ts";
import { Pages, securityHeaders } from "./http/pages.ts";
import { VaultClient } from "./vault-client.ts";

const boot = await readBoot(officeBoot);
const pages = new Pages(boot.webRoot);
const vault = new VaultClient(boot.socketPath, boot.channelSecret);
const { tls } = boot.listen;
const home = new URL(boot.publicOrigin);
const secure = tls !== undefined || home.protocol === "https:";
const proxies = new TrustedProxies(boot.trustedProxies, boot.proxyHeader);

const app = new Hono<{ Bindings: HttpBindings; Variables: { caller: Caller } }>();
const everywhere = Object.entries(securityHeaders(secure));
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
app.on(["GET", "HEAD"], "*", (context) =>
  pages.answer(
    new URL(context.req.url).pathname,
    context.req.header("accept-encoding") ?? "",
    context.req.header("if-none-match"),
  ),
);
app.notFound(() => new Response(null, { status: 404 }));

const limits = { maxHeaderSize: 16 * 1024, headersTimeout: 10_000, requestTimeout: 120_000, keepAliveTimeout: 30_000 };
const server = serve(
  {
    fetch: app.fetch,
    hostname: boot.listen.host,
    port: boot.listen.port,
    ...(tls
      ? { createServer: createHttps, serverOptions: { ...limits, cert: tls.cert, key: tls.key, minVersion: "TLSv1.3" } }
      : { createServer: createHttp, serverOptions: limits }),
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
    server.close(() => process.exit(0));
    if ("closeAllConnections" in server) server.closeAllConnections();
  });
}
