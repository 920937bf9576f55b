// Finds a Chromium for the browser tests, or installs Debian's as root. The tests drive it through playwright-core,
// which brings no browser of its own.
import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";

export const chromiumVariable = "STRONGROOM_TEST_CHROMIUM";

/** The path of a Chromium. Throws with the remedy when there is none and none could be installed. */
export function ensureChromium(say: (text: string) => void = () => {}): string {
  const found = findChromium();
  if (found !== undefined) return found;
  if (process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    say("installing Chromium and a Chinese font from Debian");
    installFromDebian();
    const installed = findChromium();
    if (installed !== undefined) return installed;
  }
  throw new Error(
    "The browser tests need Chromium. Install it (Debian: apt-get install chromium fonts-noto-cjk), " +
      `or name one: ${chromiumVariable}=/path/to/chromium npm test`,
  );
}

function findChromium(): string | undefined {
  const named = process.env[chromiumVariable];
  const programs = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
  const folders = ["/usr/bin", "/usr/local/bin", "/opt/google/chrome", "/snap/bin"];
  return [
    ...(named === undefined ? [] : [named]),
    ...folders.flatMap((folder) => programs.map((program) => path.join(folder, program))),
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    ...playwrightBrowsers(),
  ].find(isExecutable);
}

/** Where a Playwright installed for something else keeps its browsers, newest first. */
function playwrightBrowsers(): string[] {
  const caches = [
    process.env["PLAYWRIGHT_BROWSERS_PATH"] ?? path.join(homedir(), ".cache/ms-playwright"),
    path.join(homedir(), "Library/Caches/ms-playwright"),
  ];
  const inside = [
    "chrome-linux/chrome",
    "chrome-linux64/chrome",
    "chrome-mac/Chromium.app/Contents/MacOS/Chromium",
    "chrome-mac-arm64/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing",
  ];
  return caches.filter(existsSync).flatMap((cache) =>
    readdirSync(cache)
      .filter((name) => /^chromium-\d+$/.test(name))
      .sort((a, b) => Number(b.slice(9)) - Number(a.slice(9)))
      .flatMap((name) => inside.map((file) => path.join(cache, name, file))),
  );
}

function installFromDebian(): void {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const commands = [
    ["update", "-qq"],
    ["install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-noto-cjk"],
  ];
  for (const args of commands) {
    const result = spawnSync("apt-get", args, { env, encoding: "utf8" });
    if (result.status !== 0) throw new Error(`apt-get ${args.join(" ")} failed:\n${result.stdout}${result.stderr}`);
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
