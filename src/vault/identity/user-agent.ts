// Browser and system in two words, for the list of devices. Class 1: families only, never the full string.

const program = "Strongroom CLI";

const browsers: readonly [RegExp, string][] = [
  [/MicroMessenger\//u, "WeChat"],
  [/Edg(?:e|A|iOS)?\//u, "Edge"],
  [/OPR\/|Opera/u, "Opera"],
  [/Firefox\/|FxiOS\//u, "Firefox"],
  [/Strongroom-CLI/u, program],
  [/Chrome\/|CriOS\/|Chromium\//u, "Chrome"],
  [/Safari\//u, "Safari"],
];

const systems: readonly [RegExp, string][] = [
  [/iPhone|iPod/u, "iPhone"],
  [/iPad/u, "iPad"],
  [/HarmonyOS|OpenHarmony/u, "HarmonyOS"],
  [/Android/u, "Android"],
  [/Windows/u, "Windows"],
  [/Mac OS X|Macintosh|darwin/u, "macOS"],
  [/CrOS/u, "ChromeOS"],
  [/Linux|linux/u, "Linux"],
];

/** The command line, by the family that was stored when it was bound. */
export function isProgram(family: string): boolean {
  return family.startsWith(`${program} ·`);
}

/** For example "Chrome · Windows"; "Other" where a part is not recognised. */
export function userAgentFamily(userAgent: string | undefined): string {
  const name = (list: readonly [RegExp, string][]): string =>
    list.find(([pattern]) => pattern.test(userAgent ?? ""))?.[1] ?? "Other";
  return `${name(browsers)} · ${name(systems)}`;
}
