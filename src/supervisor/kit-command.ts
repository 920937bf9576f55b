// The very line that an operator types to print this installation's recovery kit.
import type { Config } from "./config.ts";

/** `checkout`: the folder Strongroom was started from. */
export function kitCommand(config: Pick<Config, "dataDir" | "keysDir">, checkout: string): string {
  const settings = `STRONGROOM_DATA=${quoted(config.dataDir)} STRONGROOM_KEYS=${quoted(config.keysDir)}`;
  return `cd ${quoted(checkout)} && ${settings} npx strongroom kit print`;
}

function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/u.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
