// `strongroom kit print` and `strongroom kit restore`: the root key to paper and back. The words go to standard output
// and nowhere else; a key file that is there is never overwritten.
import { mkdirSync } from "node:fs";
import { createInterface } from "node:readline/promises";
import { parseArgs } from "node:util";
import { type Config, ConfigError, readConfig } from "../supervisor/config.ts";
import { layoutOf } from "../supervisor/layout.ts";
import { askConsole } from "./console.ts";
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
  const lines = createInterface({ input: process.stdin, output: process.stderr, terminal: process.stdin.isTTY })[
    Symbol.asyncIterator
  ]();
  const ask = async (question: string): Promise<string> => {
    process.stderr.write(question);
    const next = await lines.next();
    return next.done === true ? "" : next.value;
  };
  process.stderr.write("Type what stands on the recovery kit (恢复套件).\n");
  const installationId = await ask("Installation: ");
  const words: string[] = [];
  process.stderr.write("The 24 words in order, as many per line as you like (four letters of each are enough):\n");
  while (words.length < 24) {
    const line = await ask(`${String(words.length + 1).padStart(4)}. `);
    const typed = line.match(/[a-z]+/giu) ?? [];
    if (typed.length === 0) break;
    words.push(...typed);
  }
  const checkCode = await ask("Check code: ");
  mkdirSync(config.keysDir, { recursive: true, mode: 0o700 });
  restoreKeyFile(keyFile, { installationId, words: words.join(" "), checkCode });
  process.stderr.write(`The root key is back: ${keyFile}\n`);
  await lines.return?.();
  return 0;
}
