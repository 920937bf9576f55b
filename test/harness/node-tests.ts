// Runs files of node:test, each in a process of its own, and counts single tests: a suite or a file is no test, and a
// file that breaks before its first test is a failure.
import path from "node:path";
import { run } from "node:test";

export interface Failure {
  readonly name: string;
  readonly text: string;
}

export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
  readonly failures: Failure[];
}

const endWithRun = path.join(import.meta.dirname, "end-with-run.ts");
/** Longest time one test may take before it counts as failed. */
const testTimeout = 3 * 60_000;
/** How much of a failed file's own output is shown. */
const shownOutput = 4000;

/** Adds the results of these files, begun in this order, to the tally; `onFile` hears of each file's end. */
export async function runTestFiles(
  files: readonly string[],
  concurrency: number,
  tally: Tally,
  onFile: (file: string, ok: boolean, ms: number) => void,
): Promise<void> {
  if (files.length === 0) return;
  const output = new Map<string, string>();
  const fail = (file: string, name: string, text: string): void => {
    tally.failed += 1;
    const said = output.get(file);
    tally.failures.push({ name, text: said === undefined ? text : `${text}\n\nprinted by the file:\n${said}` });
  };
  const stream = run({
    files: files.map((file) => path.resolve(file)),
    concurrency,
    timeout: testTimeout,
    isolation: "process",
    execArgv: ["--disable-warning=ExperimentalWarning", `--import=${endWithRun}`],
  });
  for await (const { type, data } of stream) {
    if (type === "test:stdout" || type === "test:stderr") {
      output.set(data.file, ((output.get(data.file) ?? "") + data.message).slice(-shownOutput));
    } else if (type === "test:summary" && data.file !== undefined) {
      onFile(relative(data.file), data.success, data.duration_ms);
    } else if (type === "test:pass") {
      if (isFile(data)) fail(data.name, relative(data.file), "The file holds no test.");
      else if (data.details.type === "suite") continue;
      else if (data.skip !== undefined || data.todo !== undefined) tally.skipped += 1;
      else tally.passed += 1;
    } else if (type === "test:fail") {
      // A suite that failed because a test in it did is not another failure.
      if (data.details.error.failureType === "subtestsFailed") continue;
      if (data.todo !== undefined) tally.skipped += 1;
      else fail(data.file ?? "", describe(data), explain(data.details.error));
    }
  }
}

function isFile(data: { name: string; file?: string; nesting: number }): boolean {
  return data.nesting === 0 && data.file !== undefined && path.resolve(data.name) === path.resolve(data.file);
}

function describe(data: { name: string; file?: string; line?: number; nesting: number }): string {
  if (isFile(data)) return relative(data.file);
  return `${relative(data.file)}${data.line === undefined ? "" : `:${data.line}`}  ${data.name}`;
}

function relative(file: string | undefined): string {
  return file === undefined ? "" : path.relative(process.cwd(), file);
}

function explain(error: Error): string {
  // node:test wraps what the test threw; the wrapper's own stack says nothing.
  const cause = error.cause ?? error;
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
}
