// `strongroom kit print` and `strongroom kit restore`: the root key to paper and back. The words go to standard output
// and nowhere else; a key file that is there is never overwritten.
import { mkdirSync } from "node:fs";
import { parseArgs } from "node:util";
import { type Config, ConfigError, readConfig } from "../supervisor/config.ts";
import { layoutOf } from "../supervisor/layout.ts";
import { askConsole } from "./console.ts";
import { Questions } from "./questions.ts";
import { readKeyFile, type RootKeyFile } from "../vault/keys/key-file.ts";
import { recoveryKit, restoreKeyFile } from "../vault/keys/recovery-kit.ts";
import { recoveryPage } from "../vault/keys/recovery-page.ts";

const restoreCommand = "npx strongroom kit restore";

/** Prints the page for paper; with no --language, Chinese and English one after the other. */
export async function printKit(args: readonly string[]): Promise<number> {
  const { language } = parseArgs({ args: [...args], options: { language: { type: "string" } } }).values;
  if (language !== undefined && language !== "zh" && language !== "en") {
    process.stderr.write("--language is zh or en.\n");
    return 2;
  }
  const config = readConfig();
  const { keyFile } = layoutOf(config);
  const kit = recoveryKit(readKey(keyFile));
  const printedAt = new Date();
  const languages: readonly ("zh" | "en")[] = language === undefined ? ["zh", "en"] : [language];
  for (const one of languages) {
    process.stdout.write(`${recoveryPage(kit, { language: one, printedAt, restoreCommand })}\n`);
  }
  await note(config);
  return 0;
}

/** A print is an act for the audit log; without a running Strongroom the page is worth more than its entry. */
async function note(config: Config): Promise<void> {
  try {
    await askConsole(config, { do: "kit-printed" });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`This print is not in the audit log. ${error.message}
`);
  }
}

/** Throws ConfigError that says where it looked. */
function readKey(keyFile: string): RootKeyFile {
  try {
    return readKeyFile(keyFile);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT")
      throw new ConfigError(
        `There is no root key at ${keyFile}. Start Strongroom once, or set STRONGROOM_KEYS to the folder of its key.`,
      );
    if (code === "EACCES") throw new ConfigError(`${keyFile} belongs to another user; run this command as that user.`);
    throw error;
  }
}

/** Asks for what stands on the page and writes the key file. */
export async function restoreKit(): Promise<number> {
  const config = readConfig();
  const { keyFile } = layoutOf(config);
  const questions = new Questions();
  questions.say("Type what stands on the recovery kit (恢复套件).");
  const installationId = await questions.ask("Installation: ");
  questions.say("The 24 words in order, as many per line as you like (four letters of each are enough):");
  const words = await questions.askWords();
  const checkCode = await questions.ask("Check code: ");
  mkdirSync(config.keysDir, { recursive: true, mode: 0o700 });
  restoreKeyFile(keyFile, { installationId, words, checkCode });
  process.stderr.write(`The root key is back: ${keyFile}\n`);
  questions.close();
  return 0;
}
