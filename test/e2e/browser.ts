// A real Chromium for the browser tests: pages whose every console error, failed policy and outside request is collected,
// axe on demand, and screenshots for the documents.
import { createPrivateKey } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { type BrowserContext, type Page, chromium } from "playwright-core";
import type { SoftwareAuthenticator } from "../../src/vault/identity/test-authenticator.ts";
import { ensureChromium } from "../harness/chromium.ts";

const { AxeBuilder } = createRequire(import.meta.url)("@axe-core/playwright") as typeof import("@axe-core/playwright"); // its ESM entry has no named export

/** Pictures go to docs/screenshots only when asked (UPDATE_SCREENSHOTS=1): a test run leaves the checkout as it was. */
const screenshots = path.resolve(
  import.meta.dirname,
  process.env["UPDATE_SCREENSHOTS"] === "1" ? "../../docs/screenshots" : "../../test-results/screenshots",
);

export interface BrowserOptions {
  readonly language: "zh-CN" | "en-GB";
  readonly phone?: boolean;
}

export interface Browsing {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors of the console and the page, and requests to other hosts. */
  readonly complaints: readonly string[];
  resize(size: "desktop" | "phone"): Promise<void>;
  close(): Promise<void>;
}

const sizes = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } } as const;
const quiet = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** A browser of its own with an empty profile. */
export async function openBrowser(origin: string, options: BrowserOptions): Promise<Browsing> {
  const profile = mkdtempSync(path.join(tmpdir(), "strongroom-browser-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: ensureChromium(),
    headless: true,
    args: quiet,
    locale: options.language,
    timezoneId: "Asia/Shanghai",
    viewport: sizes[options.phone === true ? "phone" : "desktop"],
    reducedMotion: "reduce",
    ...(options.phone === true && { hasTouch: true, isMobile: true }),
  });
  const page = context.pages()[0] ?? (await context.newPage());
  page.setDefaultTimeout(20_000);
  const complaints: string[] = [];
  page.on("console", (message) => {
    // The network panel's own line about a refused request; the answers themselves are checked by the tests.
    if (message.type() === "error" && !/Failed to load resource/u.test(message.text())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(origin) && !url.startsWith("blob:") && !url.startsWith("data:"))
      complaints.push(`request to ${url}`);
  });
  return {
    page,
    context,
    complaints,
    resize: (size) => page.setViewportSize(sizes[size]),
    close: async () => {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

/**
 * A platform authenticator whose person always agrees: the browser's own, as its developer tools offer it. It may know a
 * passkey already, as one that came with the person's other devices.
 */
export async function addAuthenticator({ context, page }: Browsing, passkey?: SoftwareAuthenticator): Promise<void> {
  const session = await context.newCDPSession(page);
  await session.send("WebAuthn.enable");
  const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  if (!passkey) return;
  const { id, key, counter, userHandle } = passkey.save();
  const base64 = (text: string): string => Buffer.from(text, "base64url").toString("base64");
  const credential = {
    credentialId: base64(id),
    rpId: new URL(page.url()).hostname,
    privateKey: createPrivateKey({ key, format: "jwk" }).export({ format: "der", type: "pkcs8" }).toString("base64"),
    userHandle: base64(userHandle),
    signCount: counter,
    isResidentCredential: true,
  };
  await session.send("WebAuthn.addCredential", { authenticatorId, credential });
}

/** What axe finds serious or critical, one line each. */
export async function axeFindings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"])
    .analyze();
  return violations
    .filter((violation) => violation.impact === "serious" || violation.impact === "critical")
    .map((violation) => `${violation.id}: ${violation.nodes[0]?.html.slice(0, 160) ?? ""}`);
}

/** Saves what the page shows now. */
export async function picture(page: Page, name: string): Promise<void> {
  mkdirSync(screenshots, { recursive: true });
  await page.screenshot({ path: path.join(screenshots, `${name}.png`), animations: "disabled" });
}

/** Loads a path and waits until nothing is loading any more. */
export async function visit(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.waitForLoadState("networkidle");
  await page.locator("[aria-busy=true]").first().waitFor({ state: "detached" });
}

/** Nothing on the page is wider than the screen. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate(
    "document.documentElement.scrollWidth - document.documentElement.clientWidth",
  ) as Promise<number>; // a number by its expression
}
