// `strongroom import FILE`: the import of the browser from the command line. Nothing is written before the dry run was
// shown and agreed to (or --yes was given).
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import {
  type DateOrder,
  dateOrders,
  type ImportAnalysis,
  importEncodings,
  importModes,
  type ImportReport,
  type ImportSettings,
  type ImportView,
} from "../contract/import-verbs.ts";
import { type FieldProblem, fieldMessage, type Language, problemTitle } from "../contract/problem.ts";
import type { SchemaObject } from "../contract/schema-verbs.ts";
import { cliDevice } from "./cli-device.ts";
import { Usage, fixesOf, optionsOf, pair } from "./import-fixes.ts";
import { type DeviceClient, RequestRefused } from "./device-client.ts";
import { ImportJob, proposedSettings } from "./import-job.ts";
import { importWords } from "./import-words.ts";
import { ask, InputEnded, languageHere, ProgressLine } from "./terminal.ts";

const flags = {
  object: { type: "string", default: "account" },
  mode: { type: "string", default: "insert" },
  key: { type: "string" },
  map: { type: "string", multiple: true, default: [] as string[] },
  "date-order": { type: "string", multiple: true, default: [] as string[] },
  fix: { type: "string", multiple: true, default: [] as string[] },
  encoding: { type: "string" },
  delimiter: { type: "string" },
  "no-header": { type: "boolean", default: false },
  errors: { type: "string" },
  undo: { type: "string" },
  language: { type: "string" },
  origin: { type: "string" },
  device: { type: "string" },
  yes: { type: "boolean", default: false },
} as const;

/** Returns the exit code: 0 done, 1 refused or failed, 2 wrong arguments, 3 not agreed to. */
export async function importCommand(args: readonly string[]): Promise<number> {
  let language = languageHere();
  try {
    if (args.includes("--help")) {
      process.stdout.write(`${importWords[language].usage}\n`);
      return 0;
    }
    const { values, positionals } = parse(args);
    if (values.language === "zh" || values.language === "en") language = values.language;
    if (!/^[a-z]\w{0,59}$/iu.test(values.object)) throw new Usage("--object");
    if (values.undo === undefined && positionals.length !== 1) throw new Usage(importWords[language].oneFile);
    const client = await cliDevice({ origin: values.origin, file: values.device, language });
    try {
      return await (values.undo === undefined
        ? importFile(client, positionals, values, language)
        : undo(client, values, values.undo, language));
    } finally {
      client.close();
    }
  } catch (error) {
    if (error instanceof Usage) {
      process.stderr.write(`${error.message}\n\n${importWords[language].usage}\n`);
      return 2;
    }
    if (error instanceof InputEnded) {
      process.stderr.write(`\n${importWords[language].inputEnded}\n`);
      return 1;
    }
    if (!(error instanceof RequestRefused)) throw error;
    process.stderr.write(`${error.details.title}\n`);
    for (const field of error.details.fields ?? []) process.stderr.write(`  ${field.field}: ${field.message}\n`);
    const because = error.details.extra?.["because"];
    if (because !== undefined) process.stderr.write(`  ${String(because)}\n`);
    return 1;
  }
}

type Values = ReturnType<typeof parse>["values"];

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: flags, allowPositionals: true });
  } catch (error) {
    throw new Usage(error instanceof Error ? error.message : String(error));
  }
}

async function importFile(
  client: DeviceClient,
  files: readonly string[],
  values: Values,
  language: Language,
): Promise<number> {
  const words = importWords[language];
  const [file = ""] = files;
  const line = new ProgressLine();
  const job = await ImportJob.upload(client, values.object, file, (sent, size) =>
    line.show(`${words.uploading} ${Math.round((sent / size) * 100)} %`),
  );
  line.end();
  try {
    const analysis = await job.analyse({
      ...(values.encoding !== undefined && { encoding: oneOf(importEncodings, values.encoding, "--encoding") }),
      ...(values.delimiter !== undefined && {
        delimiter: values.delimiter.replace("\\t", "\t"),
      }),
      ...(values["no-header"] && { header: false }),
    });
    const settings = await settingsOf(client, analysis, values, language);
    showColumns(analysis, settings);
    const checked = await job.check(settings, (view) => line.show(progressText(words.checking, view)));
    line.end();
    const report = checked.state === "checked" ? await job.report() : null;
    if (!report) return failed(checked, language);
    await showReport(client, values.object, report, language);
    if (values.errors !== undefined && report.bad > 0) await writeFile(values.errors, await job.errors());
    if (report.create + report.update === 0) return stop(job, words.nothing, 1);
    if (!values.yes && !/^(?:y|yes|是)$/iu.test(await ask(words.agree(report)))) return stop(job, words.notAgreed, 3);
    const done = await job.run((view) => line.show(progressText(words.importing, view)));
    line.end();
    if (done.state !== "done") return failed(done, language);
    process.stdout.write(`${words.done(done.counts)}\n${words.undoHint(job.view)}\n`);
    if (values.errors !== undefined && done.counts.bad > 0) {
      await writeFile(values.errors, await job.errors());
      process.stdout.write(`${words.errorFile} ${values.errors}\n`);
    }
    return 0;
  } catch (error) {
    // An upload that nobody will run holds customers' values: it goes at once.
    if (["uploading", "uploaded", "analysed", "checked"].includes(job.view.state))
      await job.cancel().catch(() => undefined);
    throw error;
  }
}

async function stop(job: ImportJob, why: string, code: number): Promise<number> {
  await job.cancel();
  process.stderr.write(`${why}\n`);
  return code;
}

function failed(view: ImportView, language: Language): number {
  const words = importWords[language];
  const why = problemTitle(view.failure, language) ?? view.failure ?? view.state;
  process.stderr.write(`${words.failed} ${why}${view.failureRow > 0 ? ` (${words.row} ${view.failureRow})` : ""}\n`);
  return 1;
}

async function undo(client: DeviceClient, values: Values, id: string, language: Language): Promise<number> {
  const job = await ImportJob.load(client, values.object, id);
  const line = new ProgressLine();
  const view = await job.undo((now) => line.show(progressText(importWords[language].undoing, now)));
  line.end();
  if (view.state !== "undone" || !view.undo) return failed(view, language);
  process.stdout.write(`${importWords[language].undone(view.undo)}\n`);
  return 0;
}

function oneOf<const T extends string>(allowed: readonly T[], given: string, flag: string): T {
  const found = allowed.find((one) => one === given);
  if (found === undefined) throw new Usage(`${flag}: ${allowed.map((one) => JSON.stringify(one)).join(", ")}`);
  return found;
}

async function settingsOf(
  client: DeviceClient,
  analysis: ImportAnalysis,
  values: Values,
  language: Language,
): Promise<ImportSettings> {
  const settings = proposedSettings(analysis, language);
  const mode = oneOf(importModes, values.mode, "--mode");
  const fields = new Map(settings.columns.map((column) => [column.index, column.field]));
  const orders = new Map(
    settings.columns.flatMap((column): [number, DateOrder][] =>
      column.dateOrder ? [[column.index, column.dateOrder]] : [],
    ),
  );
  for (const given of values.map) {
    const [name, field] = pair(given, "--map");
    const index = columnNamed(analysis, name);
    for (const [other, taken] of fields) if (taken === field) fields.set(other, null);
    fields.set(index, field === "-" ? null : field);
  }
  for (const given of values["date-order"]) {
    const [name, order] = pair(given, "--date-order");
    orders.set(columnNamed(analysis, name), oneOf(dateOrders, order, "--date-order"));
  }
  const columns = [...fields].map(([index, field]) => {
    const dateOrder = orders.get(index);
    return { index, field, ...(dateOrder && { dateOrder }) };
  });
  const mapped = columns.flatMap((column) => column.field ?? []);
  const fixes =
    values.fix.length === 0 ? {} : await fixesOf(client, await schemaOf(client, values.object), mapped, values.fix);
  return { ...settings, mode, key: mode === "insert" ? null : (values.key ?? analysis.key), columns, fixes };
}

/** By heading, or #n from 1. */
function columnNamed(analysis: ImportAnalysis, name: string): number {
  const number = /^#(\d+)$/u.exec(name)?.[1];
  const column = analysis.columns.find((one) =>
    number === undefined ? one.name.toLowerCase() === name.toLowerCase() : one.index === Number(number) - 1,
  );
  if (!column) throw new Usage(`${name}: ${analysis.columns.map((one) => one.name || `#${one.index + 1}`).join(", ")}`);
  return column.index;
}

async function schemaOf(client: DeviceClient, object: string): Promise<SchemaObject> {
  const { objects } = await client.request<{ objects: SchemaObject[] }>("GET", "/api/schema");
  const found = objects.find((one) => one.key === object);
  if (!found) throw new Usage(`--object ${object}: ${objects.map((one) => one.key).join(", ")}`);
  return found;
}

function progressText(what: string, view: ImportView): string {
  const { done, total, rowsPerSecond } = view.progress;
  return `${what} ${done}${total === null ? "" : ` / ${total}`}${rowsPerSecond === null ? "" : `  ${rowsPerSecond}/s`}`;
}

function showColumns(analysis: ImportAnalysis, settings: ImportSettings): void {
  process.stderr.write(`${analysis.encoding}, ${JSON.stringify(analysis.delimiter)}\n`);
  for (const column of analysis.columns) {
    const field = settings.columns.find((one) => one.index === column.index)?.field ?? "-";
    process.stderr.write(`  ${(column.name || `#${column.index + 1}`).padEnd(24)} → ${field}\n`);
  }
}

async function showReport(
  client: DeviceClient,
  object: string,
  report: ImportReport,
  language: Language,
): Promise<void> {
  const words = importWords[language];
  process.stderr.write(`${words.report(report)}\n`);
  for (const { row, column, field, reason, params } of report.problems.slice(0, 20)) {
    const problem: FieldProblem = { field: field ?? "", reason, params };
    process.stderr.write(
      `  ${words.row} ${row}${column === null ? "" : `, ${column}`}: ${fieldMessage(problem, language)}\n`,
    );
  }
  if (report.bad > 20) process.stderr.write(`  … ${words.more}\n`);
  if (report.choices.length === 0) return;
  const schema = await schemaOf(client, object);
  for (const { field, value, count, suggestion } of report.choices) {
    const options = await optionsOf(client, schema, field);
    const meant = options.find(({ key }) => key === suggestion)?.names[0] ?? "…";
    process.stderr.write(`  ${count} × --fix "${field}:${value}=${meant}"\n`);
  }
}
