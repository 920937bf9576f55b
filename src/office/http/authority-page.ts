// The plain page about the root of our own authority: how it is installed on each system, its fingerprint, and the file
// itself. It runs no script, so that it works in any browser, and before the installation is trusted.
import { X509Certificate } from "node:crypto";
import type { Language } from "../../contract/problem.ts";
import { type System, systems, words as w } from "./authority-words.ts";
import { languageFrom } from "./language.ts";

const policy = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

export class AuthorityPage {
  readonly #der: Uint8Array<ArrayBuffer>;
  readonly #pem: string;
  readonly #fingerprint: string;
  readonly #origin: string;
  readonly #stylesheets: readonly string[];

  constructor(pem: string, origin: string, stylesheets: readonly string[]) {
    const certificate = new X509Certificate(pem);
    this.#der = new Uint8Array(certificate.raw);
    this.#pem = pem;
    this.#fingerprint = certificate.fingerprint256;
    this.#origin = origin;
    this.#stylesheets = stylesheets;
  }

  /** Undefined for every other path. */
  answer(request: Request): Response | undefined {
    const { pathname, searchParams } = new URL(request.url);
    switch (pathname) {
      case "/authority":
        return this.#page(languageFrom(searchParams.get("language") ?? request.headers.get("accept-language")));
      case "/authority.crt":
        return file(this.#der, "application/x-x509-ca-cert", "strongroom-root.crt");
      case "/authority.pem":
        return file(this.#pem, "application/x-pem-file", "strongroom-root.pem");
      default:
        return undefined;
    }
  }

  #page(language: Language): Response {
    const t = (word: Readonly<Record<Language, string>>): string => escaped(word[language]);
    const other = language === "zh" ? "en" : "zh";
    const html = `<!doctype html>
<html lang="${language === "zh" ? "zh-CN" : "en"}" data-mantine-color-scheme="light">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${t(w.title)}</title>
<link rel="icon" href="/seal.svg" type="image/svg+xml">
${this.#stylesheets.map((href) => `<link rel="stylesheet" href="${escaped(href)}">`).join("\n")}
</head>
<body>
<main class="plain">
<p><a href="?language=${other}" lang="${other === "zh" ? "zh-CN" : "en"}">${escaped(w.otherLanguage[language])}</a></p>
<h1>${t(w.title)}</h1>
<p>${t(w.why)}</p>
<h2>${t(w.compareTitle)}</h2>
<p>${t(w.compare)}</p>
<p><code>${this.#fingerprint}</code></p>
<p><a class="action" href="/authority.crt">${t(w.download)}</a></p>
${systems.map((system) => sectionOf(system, language)).join("\n")}
<h2>${t(w.afterTitle)}</h2>
<p>${t(w.after)} <a href="${escaped(this.#origin)}">${escaped(this.#origin)}</a></p>
<p>${t(w.limits)}</p>
</main>
</body>
</html>
`;
    return new Response(html, {
      headers: {
        "content-type": "text/html; charset=utf-8",
        "cache-control": "no-store",
        "content-security-policy": policy,
        vary: "accept-language",
      },
    });
  }
}

function sectionOf({ name, steps, commands }: System, language: Language): string {
  const list = steps.map((step) => `<li>${escaped(step[language])}</li>`).join("\n");
  const typed = commands === undefined ? "" : `\n<pre><code>${escaped(commands)}</code></pre>`;
  return `<h2>${escaped(name)}</h2>\n<ol>\n${list}\n</ol>${typed}`;
}

function file(content: string | Uint8Array<ArrayBuffer>, type: string, name: string): Response {
  return new Response(content, {
    headers: {
      "content-type": type,
      "content-disposition": `attachment; filename="${name}"`,
      "cache-control": "no-store",
    },
  });
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
