// `strongroom backup now`, `strongroom backup verify` and `strongroom restore`: a backup of the whole company to a file,
// and back. The running vault writes it; reading one needs the root key's file or the words of the recovery kit.
import { existsSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import type { BackupHeader, BackupManifest } from "../continuity/backup-format.ts";
import { BackupProblem } from "../continuity/backup-problem.ts";
import { readHeader, verifyBackup } from "../continuity/read-backup.ts";
import { type Language, problemTitle } from "../contract/problem.ts";
import { prepareBackupFolders } from "../supervisor/backup-folders.ts";
import { type Config, readConfig } from "../supervisor/config.ts";
import { lockDataFolder } from "../supervisor/data-lock.ts";
import { layoutOf, prepareLayout } from "../supervisor/layout.ts";
import { separateUsers } from "../supervisor/os-users.ts";
import { finishRestore, holdsData, restoreBackup } from "../supervisor/restore.ts";
import { checkCode, readKeyFile, type RootKeyFile } from "../vault/keys/key-file.ts";
import { readRecoveryKit, RecoveryKitWrong } from "../vault/keys/recovery-kit.ts";
import { backupWords as words } from "./backup-words.ts";
import { askConsole } from "./console.ts";
import { Questions } from "./questions.ts";
import { languageHere, ProgressLine } from "./terminal.ts";

interface Options {
  readonly language: Language;
  readonly to?: string | undefined;
  readonly key?: string | undefined;
  readonly files: readonly string[];
}

/** Undefined for wrong use, after saying what is right. */
function readOptions(args: readonly string[], usage: string, files: number): Options | undefined {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { language: { type: "string" }, to: { type: "string" }, key: { type: "string" } },
    });
    const { language = languageHere(), to, key } = values;
    if ((language === "zh" || language === "en") && positionals.length === files)
      return { language, to, key, files: positionals };
  } catch {
    // Answered below.
  }
  process.stderr.write(`${usage}\n`);
  return undefined;
}

/** Asks the running Strongroom. Returns the exit code. */
export async function backupNow(args: readonly string[]): Promise<number> {
  const options = readOptions(args, "Usage: strongroom backup now [--to FOLDER] [--language zh|en]", 0);
  if (options === undefined) return 2;
  const { language, to } = options;
  const folder = to === undefined ? undefined : path.resolve(to);
  if (folder !== undefined)
    for (const remark of prepareBackupFolders({ backupFolders: [folder] }, separateUsers()))
      process.stderr.write(`${remark}\n`);
  const line = new ProgressLine();
  const answer = await askConsole(readConfig(), { do: "backup", ...(folder !== undefined && { folder }) }, (told) => {
    if ("percent" in told) line.show(`${words.making[language]} ${told.percent} %`);
  });
  line.end();
  if (!("backup" in answer)) {
    const title = "problem" in answer ? problemTitle(answer.problem, language) : undefined;
    process.stderr.write(`${title ?? words.failed[language]}\n`);
    return 1;
  }
  const { file, bytes, records, folder: place } = answer.backup;
  process.stdout.write(`${path.join(place, file)}\n${words.made[language](records, bytes)}\n`);
  return 0;
}

/** Reads a whole backup and says what is in it. Returns the exit code. */
export async function backupVerify(args: readonly string[]): Promise<number> {
  const usage = "Usage: strongroom backup verify FILE [--key ROOT-KEY-FILE] [--language zh|en]";
  const options = readOptions(args, usage, 1);
  if (options === undefined) return 2;
  return answering(options, async ({ file, language }) => {
    const key = await findKey(readConfig(), options, (await readHeader(file)).header);
    const line = new ProgressLine();
    const { manifest, bytes } = await verifyBackup(file, key, (share) => show(line, words.reading[language], share));
    line.end();
    process.stdout.write(`${words.whole[language]}\n${describe(manifest, bytes, language)}\n`);
  });
}

/** Puts a backup into an empty data folder. Returns the exit code. */
export async function restore(args: readonly string[]): Promise<number> {
  const usage = "Usage: strongroom restore FILE [--key ROOT-KEY-FILE] [--language zh|en]";
  const options = readOptions(args, usage, 1);
  if (options === undefined) return 2;
  return answering(options, async ({ file, language }) => {
    const config = readConfig();
    const { header } = await readHeader(file);
    if (config.databaseUrl === undefined && holdsData(layoutOf(config))) throw new BackupProblem("not_empty");
    const key = await findKey(config, options, header);
    const users = separateUsers();
    const layout = prepareLayout(config, users);
    const unlock = lockDataFolder(config.dataDir);
    const line = new ProgressLine();
    try {
      await finishRestore(layout);
      const manifest = await restoreBackup({
        config,
        layout,
        users,
        file,
        key,
        replacesEmpty: false,
        progress: (share) => show(line, words.restoring[language], share),
      });
      line.end();
      process.stdout.write(`${words.restored[language]}\n${describe(manifest, undefined, language)}\n`);
    } finally {
      unlock();
    }
  });
}

/** What can be wrong with a file or a kit is an answer, in the operator's language; all else keeps its stack. */
async function answering(
  { language, files }: Options,
  work: (given: { file: string; language: Language }) => Promise<void>,
): Promise<number> {
  try {
    await work({ file: path.resolve(files[0] ?? ""), language });
    return 0;
  } catch (error) {
    if (error instanceof BackupProblem) process.stderr.write(`\n${error.text(language)}\n`);
    else if (error instanceof RecoveryKitWrong) {
      const { fault, positions } = error;
      process.stderr.write(
        `\n${words.kit[language][fault]}${positions.length === 0 ? "" : ` (${positions.join(", ")})`}\n`,
      );
    } else throw error;
    return 1;
  }
}

/** The key file named, the one that lies there and fits, or the words of the kit. Throws what is wrong with them. */
async function findKey(
  config: Config,
  { key, language }: Options,
  { installationId, kit }: BackupHeader,
): Promise<RootKeyFile> {
  if (key !== undefined) return readKeyFile(path.resolve(key));
  const { keyFile } = layoutOf(config);
  if (existsSync(keyFile)) {
    const found = readKeyFile(keyFile);
    if (found.installationId === installationId && checkCode(found) === kit) return found;
  }
  const questions = new Questions();
  try {
    questions.say(words.askWords[language]);
    const typed = await questions.askWords();
    return readRecoveryKit({ installationId, words: typed, checkCode: kit });
  } catch (error) {
    // The words are a kit's, but of another key.
    if (error instanceof RecoveryKitWrong && error.fault === "check_code") throw new BackupProblem("wrong_kit");
    throw error;
  } finally {
    questions.close();
  }
}

function describe({ madeAt, records, ledger, program }: BackupManifest, bytes: number | undefined, language: Language) {
  return words.contents[language]({ madeAt, records, entries: ledger?.size ?? 0, program, bytes });
}

function show(line: ProgressLine, text: string, share: number): void {
  line.show(`${text} ${Math.floor(share * 100)} %`);
}
