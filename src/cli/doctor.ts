// `strongroom doctor`: looks at an installation from outside and says of each part whether it is well, and what to do
// where it is not. The exit code is 1 when something is wrong; what only deserves a look leaves it at 0.
import { parseArgs } from "node:util";
import type { Language } from "../contract/problem.ts";
import { type Config, ConfigError, readConfig } from "../supervisor/config.ts";
import { verifyLedger } from "../vault/ledger/verify.ts";
import type { AuditorConnection } from "./auditor-connection.ts";
import { checkHere, type Finding, found, messageOf } from "./doctor-checks.ts";
import { languageHere } from "./terminal.ts";
import { type Check, marks, type State, summary, titles, todoMark, usage, words } from "./doctor-words.ts";

const oldest = 150_000;
/** Between two clocks; more than a network and a busy machine make. */
const tolerated = 5;

/** Runs all checks that make sense and prints what they found. Returns 0, 1 for something wrong, 2 for wrong use. */
export async function doctor(args: readonly string[], connect: () => Promise<AuditorConnection>): Promise<number> {
  let language = languageHere();
  const say = (text: string): void => void process.stdout.write(`${text}\n`);
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { language: { type: "string" }, lang: { type: "string" }, help: { type: "boolean" } },
    });
    const asked = values.language ?? values.lang;
    if (asked === "zh" || asked === "en") language = asked;
    else if (asked !== undefined) throw new TypeError("--language is zh or en.");
    if (values.help === true) {
      say(usage[language]);
      return 0;
    }
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n${usage[language]}\n`);
    return 2;
  }
  const counts: Record<State, number> = { ok: 0, warning: 0, wrong: 0 };
  for await (const finding of findings(connect)) {
    counts[words[finding.code].state] += 1;
    for (const line of linesOf(finding, language)) say(line);
  }
  say(`\n${filled(summary[language], counts)}`);
  return counts.wrong > 0 ? 1 : 0;
}

async function* findings(connect: () => Promise<AuditorConnection>): AsyncGenerator<Finding> {
  let config: Config;
  try {
    config = readConfig();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    yield found("settings_wrong", { message: error.message });
    return;
  }
  yield found("settings_ok");
  const here = checkHere(config, new Date());
  yield* here;
  if (config.tls?.from === "own") yield (await import("./doctor-authority.ts")).checkAuthority(config, new Date());
  // Starting the embedded database would make what is missing, and give a foreign folder our owner.
  const untouchable: readonly string[] = ["data_new", "data_foreign", "run_unsafe"];
  if (here.some(({ code }) => untouchable.includes(code))) return;
  yield* checkDatabase(connect);
}

/** Over the auditor's connection, which reads the log and the tags of rows, and nothing else. */
export async function* checkDatabase(
  connect: () => Promise<AuditorConnection>,
  now: () => number = Date.now,
): AsyncGenerator<Finding> {
  let connection: AuditorConnection;
  try {
    connection = await connect();
  } catch (error) {
    yield found("database_away", { message: messageOf(error) });
    return;
  }
  try {
    const query = async <R>(text: string, values?: readonly unknown[]) =>
      // The rows of a query are what its text selects; each caller names that type.
      (await connection.query(text, values && [...values])).rows as R[];
    const asked = now();
    const [facts] = await query<{ number: number; version: string; at: Date; newest: Date | null }>(
      `select current_setting('server_version_num')::int as number, current_setting('server_version') as version,
         clock_timestamp() as at, (select at from vault.ledger_entry order by position desc limit 1) as newest`,
    );
    if (!facts) throw new Error("a query of one row gave none");
    const { number, version, at, newest } = facts;
    yield found(number < oldest ? "database_old" : "database_ok", { version });
    const seconds = Math.round(Math.abs(at.getTime() - (asked + now()) / 2) / 1000);
    if (newest !== null && newest.getTime() > now() + tolerated * 1000)
      yield found("clock_back", { time: newest.toISOString() });
    else yield found(seconds > tolerated ? "clock_off" : "clock_ok", { seconds });
    await query("begin isolation level repeatable read, read only");
    const { ok, entries, findingCount, findings: list } = await verifyLedger({ query });
    await query("commit");
    yield ok
      ? found("ledger_ok", { entries })
      : found("ledger_wrong", { count: findingCount, message: list[0]?.message ?? "" });
  } finally {
    await connection.end();
  }
}

export function linesOf({ code, figures }: Finding, language: Language): string[] {
  const { state, says, todo }: { state: State; says: Record<Language, string>; todo?: Record<Language, string> } =
    words[code];
  // A code begins with the name of its check.
  const title = titles[code.slice(0, code.indexOf("_")) as Check][language];
  const lines = [`[${marks[state][language]}] ${title}: ${filled(says[language], figures)}`];
  if (todo) lines.push(`    ${todoMark[language]}${filled(todo[language], figures)}`);
  return lines;
}

function filled(text: string, figures: Readonly<Record<string, string | number>>): string {
  return text.replaceAll(/\{(\w+)\}/gu, (_, name: string) => String(figures[name] ?? ""));
}
