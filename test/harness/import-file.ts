// Imports a CSV through the API exactly as the pages and the command line do: upload in parts, analyse, check, start.
import { setTimeout as sleep } from "node:timers/promises";
import type { z } from "zod";
import type { DeviceClient } from "../../src/cli/device-client.ts";
import {
  type ImportAnalysis,
  type ImportReport,
  type ImportSettings,
  type ImportView,
  type ImportVerbs,
  importPartBytes,
} from "../../src/contract/import-verbs.ts";

type Analysed = z.infer<ImportVerbs["import.analyse"]["output"]>;

export interface ImportOptions {
  readonly object: string;
  readonly fileName: string;
  readonly content: string | Uint8Array;
  readonly mode?: ImportSettings["mode"];
  readonly key?: string;
  /** Column heading to field, over what was suggested; null leaves a column out. */
  readonly map?: Readonly<Record<string, string | null>>;
  readonly fixes?: ImportSettings["fixes"];
}

export interface Imported {
  readonly analysis: ImportAnalysis;
  /** After the dry run. */
  readonly checked: ImportView & { readonly check: ImportReport | null };
  /** After the run; the dry run's view when `start` was not wanted. */
  readonly done: ImportView;
}

const resting = new Set<ImportView["state"]>([
  "uploaded",
  "analysed",
  "checked",
  "done",
  "failed",
  "undone",
  "cancelled",
]);

/** Runs a whole import; `start: false` stops after the dry run. */
export async function importFile(
  client: DeviceClient,
  options: ImportOptions & { readonly start?: boolean },
): Promise<Imported> {
  const bytes = typeof options.content === "string" ? new TextEncoder().encode(options.content) : options.content;
  const base = `/api/imports/${options.object}`;
  const created = await client.request<ImportView>("POST", base, { fileName: options.fileName, size: bytes.length });
  for (let index = 0; index * importPartBytes < bytes.length; index += 1) {
    await client.request(
      "PUT",
      `${base}/${created.id}/parts/${index}`,
      bytes.subarray(index * importPartBytes, (index + 1) * importPartBytes),
    );
  }
  const { analysis } = await client.request<Analysed>("POST", `${base}/${created.id}/analyse`, {});
  const settings = {
    mode: options.mode ?? "insert",
    key: options.key ?? null,
    encoding: analysis.encoding,
    delimiter: analysis.delimiter,
    header: analysis.header,
    columns: analysis.columns.map((column) => {
      const given = options.map?.[column.name];
      return {
        index: column.index,
        field: given === undefined ? column.field : given,
        ...(column.dateOrder && { dateOrder: column.dateOrder }),
      };
    }),
    fixes: options.fixes ?? {},
    language: "en",
  };
  await client.request("POST", `${base}/${created.id}/check`, settings);
  const view = await settled(client, options.object, created.id);
  const report = await client.request<Pick<Imported["checked"], "check">>("GET", `${base}/${created.id}/report`);
  const checked = { ...view, ...report };
  if (options.start === false || checked.state !== "checked") return { analysis, checked, done: checked };
  await client.request("POST", `${base}/${created.id}/start`, { version: checked.version });
  return { analysis, checked, done: await settled(client, options.object, created.id) };
}

/** The import once nothing is under way any more. */
export async function settled(client: DeviceClient, object: string, id: string): Promise<ImportView> {
  for (;;) {
    const view = await client.request<ImportView>("GET", `/api/imports/${object}/${id}`);
    if (resting.has(view.state)) return view;
    // Waiting for work under way, not for time to pass: the loop ends when the state says so.
    await sleep(50);
  }
}
