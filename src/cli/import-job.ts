// An import as a client sees it: upload in signed parts, analysis, dry run, run, error file. The same requests as the
// browser's, so what holds for the one holds for the other.
import { open } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type ImportAnalysis,
  importPartBytes,
  type ImportRefusedPage,
  type ImportReport,
  type ImportSettings,
  type ImportView,
} from "../contract/import-verbs.ts";
import type { DeviceClient } from "./device-client.ts";

export class ImportJob {
  readonly #client: DeviceClient;
  readonly #path: string;
  view: ImportView;

  private constructor(client: DeviceClient, view: ImportView) {
    this.#client = client;
    this.#path = `/api/imports/${view.object}/${view.id}`;
    this.view = view;
  }

  /** Uploads a file; `progress` is told the bytes sent. Throws RequestRefused, and what the file system says. */
  static async upload(
    client: DeviceClient,
    object: string,
    file: string,
    progress: (sent: number, size: number) => void = () => undefined,
  ): Promise<ImportJob> {
    const handle = await open(file, "r");
    try {
      const { size } = await handle.stat();
      const created = await client.request<ImportView>("POST", `/api/imports/${object}`, {
        fileName: path.basename(file),
        size,
      });
      const job = new ImportJob(client, created);
      for (let at = 0, index = 0; at < size; at += importPartBytes, index++) {
        const part = new Uint8Array(Math.min(importPartBytes, size - at));
        let filled = 0;
        while (filled < part.length) {
          const { bytesRead } = await handle.read(part, filled, part.length - filled, at + filled);
          if (bytesRead === 0) throw new Error(`${file} became shorter while it was read`);
          filled += bytesRead;
        }
        await client.request("PUT", `${job.#path}/parts/${index}`, part);
        progress(at + part.length, size);
      }
      return job;
    } finally {
      await handle.close();
    }
  }

  /** A job that was made before. */
  static async load(client: DeviceClient, object: string, id: string): Promise<ImportJob> {
    return new ImportJob(client, await client.request<ImportView>("GET", `/api/imports/${object}/${id}`));
  }

  async analyse(
    given: Partial<Pick<ImportAnalysis, "encoding" | "delimiter" | "header">> = {},
  ): Promise<ImportAnalysis> {
    const answer = await this.#client.request<{ import: ImportView; analysis: ImportAnalysis }>(
      "POST",
      `${this.#path}/analyse`,
      given,
    );
    this.view = answer.import;
    return answer.analysis;
  }

  /** The dry run, to its end. */
  async check(settings: ImportSettings, progress?: (view: ImportView) => void): Promise<ImportView> {
    this.view = await this.#client.request<ImportView>("POST", `${this.#path}/check`, settings);
    return this.#settled(progress);
  }

  /** What the dry run found. */
  async report(): Promise<ImportReport | null> {
    return (await this.#client.request<{ check: ImportReport | null }>("GET", `${this.#path}/report`)).check;
  }

  /** Runs what was checked, to its end. */
  async run(progress?: (view: ImportView) => void): Promise<ImportView> {
    this.view = await this.#client.request<ImportView>("POST", `${this.#path}/start`, { version: this.view.version });
    return this.#settled(progress);
  }

  async undo(progress?: (view: ImportView) => void): Promise<ImportView> {
    this.view = await this.#client.request<ImportView>("POST", `${this.#path}/undo`);
    return this.#settled(progress);
  }

  async cancel(): Promise<ImportView> {
    this.view = await this.#client.request<ImportView>("POST", `${this.#path}/cancel`);
    return this.view;
  }

  /** The refused rows as CSV. */
  async errors(): Promise<string> {
    let csv = "";
    let after: ImportRefusedPage["next"] = null;
    do {
      const page: ImportRefusedPage = await this.#client.request("POST", `${this.#path}/errors`, { after });
      csv += page.csv;
      after = page.next;
    } while (after !== null);
    return csv;
  }

  async #settled(progress: (view: ImportView) => void = () => undefined): Promise<ImportView> {
    for (let wait = 50; ["checking", "running", "undoing"].includes(this.view.state); wait = Math.min(wait * 2, 500)) {
      progress(this.view);
      await sleep(wait);
      this.view = await this.#client.request<ImportView>("GET", this.#path);
    }
    progress(this.view);
    return this.view;
  }
}

/** Settings as the analysis proposes them. */
export function proposedSettings(analysis: ImportAnalysis, language: "zh" | "en"): ImportSettings {
  const { encoding, delimiter, header } = analysis;
  const columns = analysis.columns.map(({ index, field, dateOrder }) => ({
    index,
    field,
    ...(dateOrder !== null && { dateOrder }),
  }));
  return {
    mode: "insert",
    key: null,
    encoding,
    delimiter,
    header,
    columns,
    fixes: {},
    language,
    utcOffset: -new Date().getTimezoneOffset(),
  };
}
