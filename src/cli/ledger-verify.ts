/**
 * `strongroom ledger verify`: checks the ledger as the auditor's role, which can read and nothing else. The exit code is
 * 0 only when nothing was found; without a witnessed checkpoint it says what that leaves open.
 */
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { verifyLedger, type LedgerVerdict } from "../vault/ledger/verify.ts";

/** What of a pg client is used. */
export interface VerifyConnection {
  query(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
  end(): Promise<void>;
}

export const ledgerVerifyUsage = `strongroom ledger verify [--witnessed FILE] [--key FILE-OR-KEY] [--json]
  --witnessed FILE   a checkpoint that was kept outside this machine
  --key FILE-OR-KEY  the verifier key of the ledger, if you have kept it
  --json             the whole verdict as JSON`;

/** Runs the verification over one connection of role strongroom_audit. Returns the exit code: 0 verified, 1 findings, 2 wrong use. Memory stays bounded at any size. */
export async function ledgerVerify(
  args: readonly string[],
  connect: () => Promise<VerifyConnection>,
  print: (line: string) => void = console.log,
): Promise<number> {
  let options;
  try {
    options = parseArgs({
      args: [...args],
      options: { witnessed: { type: "string" }, key: { type: "string" }, json: { type: "boolean", default: false } },
    }).values;
  } catch (error) {
    print(error instanceof Error ? error.message : String(error));
    print(ledgerVerifyUsage);
    return 2;
  }
  const witnessed = options.witnessed === undefined ? undefined : await readFile(options.witnessed, "utf8");
  const key = options.key === undefined ? undefined : await readKey(options.key);
  const connection = await connect();
  try {
    await connection.query("begin isolation level repeatable read, read only");
    const verdict = await verifyLedger({
      // The rows of a query are what its text selects; each caller names that type.
      query: async <R>(text: string, values?: readonly unknown[]) =>
        (await connection.query(text, values && [...values])).rows as R[],
      ...(witnessed !== undefined && { witnessed }),
      ...(key !== undefined && { publicKey: key }),
    });
    await connection.query("commit");
    if (options.json) print(JSON.stringify(verdict, undefined, 2));
    else for (const line of describeVerdict(verdict)) print(line);
    return verdict.ok ? 0 : 1;
  } finally {
    await connection.end();
  }
}

async function readKey(text: string): Promise<string> {
  return /^[^+\s]+\+[0-9a-f]{8}\+/.test(text) ? text : (await readFile(text, "utf8")).trim();
}

/** The verdict in lines for people. */
export function describeVerdict(verdict: LedgerVerdict): string[] {
  const lines = [
    `entries ${verdict.entries}, checkpoints ${verdict.checkpoints}, tagged rows ${verdict.rows}`,
    `root ${verdict.root}`,
    `row root ${verdict.rowRoot}`,
  ];
  if (verdict.verifierKey !== undefined) lines.push(`key ${verdict.verifierKey}`);
  if (verdict.pending > 0)
    lines.push(`${verdict.pending} entries wait in the outbox and stand under no checkpoint yet`);
  for (const finding of verdict.findings) {
    const place = [
      finding.position === undefined ? "" : `position ${finding.position}`,
      finding.table === undefined ? "" : `table ${finding.table}`,
      finding.id === undefined ? "" : `id ${finding.id}`,
    ].filter((part) => part !== "");
    lines.push(`FOUND ${finding.kind}${place.length === 0 ? "" : ` (${place.join(", ")})`}: ${finding.message}`);
  }
  if (verdict.findingCount > verdict.findings.length)
    lines.push(`… and ${verdict.findingCount - verdict.findings.length} more`);
  if (!verdict.ok) lines.push(`NOT VERIFIED: ${verdict.findingCount} findings`);
  else if (verdict.prefixOnly) {
    lines.push(
      "VERIFIED, prefix only: what is here was signed, but without --witnessed nobody can tell whether more was there or the whole was rewritten",
    );
  } else lines.push(`VERIFIED against the checkpoint witnessed at ${verdict.witnessedSize} entries`);
  return lines;
}
