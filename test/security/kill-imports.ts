// One person who imports file after file and takes every other import back, whatever is killed meanwhile: whoever gets
// no answer looks at the state of the import and goes on from there. What he was shown of it may never go back.
import { setTimeout as sleep } from "node:timers/promises";
import type { DeviceClient } from "../../src/cli/device-client.ts";
import { type ImportState, type ImportView, importStates } from "../../src/contract/import-verbs.ts";
import { type Image, isNotNow } from "./kill-storm.ts";

const base = "/api/imports/contact";
/** Longest time without any change of an import, kills following each other meanwhile. */
const patience = 600_000;

interface Round {
  readonly fileName: string;
  readonly prefix: string;
  /** What was shown last. */
  view: ImportView | undefined;
  undo: boolean;
  /** Kills amid its run, and amid its being taken back. */
  kills: number;
}

export class Imports {
  readonly wrong: string[] = [];
  readonly #client: DeviceClient;
  readonly #rows: number;
  readonly #rounds: Round[] = [];
  #over = false;
  #doneAtKill = "";

  constructor(client: DeviceClient, rows: number) {
    this.#client = client;
    this.#rows = rows;
  }

  /** Until it is stopped; the import under way is brought to its end. Throws when one stands still. */
  async run(): Promise<void> {
    try {
      while (!this.#over) {
        const number = this.#rounds.length + 1;
        const undo = number % 2 === 0;
        const round: Round = { fileName: `${number}.csv`, prefix: `导入 ${number}-`, view: undefined, undo, kills: 0 };
        this.#rounds.push(round);
        await this.#bringToEnd(round);
      }
    } finally {
      this.#over = true;
    }
  }

  stop(): void {
    this.#over = true;
  }

  /** How many were brought to their end, and how many of these were taken back. */
  get finished(): { readonly all: number; readonly undone: number; readonly rows: number } {
    const ended = this.#rounds.filter(isOver);
    const undone = ended.filter(({ undo }) => undo).length;
    return { all: ended.length, undone, rows: ended.length * this.#rows };
  }

  /** Resolves once an import has written or taken back more than at the last kill. Throws when there will be none. */
  async progress(): Promise<void> {
    for (; !this.#isAtWork() || this.#done() === this.#doneAtKill; await sleep(10))
      if (this.#over) throw new Error("No import is under way.");
  }

  /** Something is killed now. Returns the state of the import as it was last seen. */
  hit(): ImportState | "none" {
    const round = this.#rounds.at(-1);
    if (round && this.#isAtWork()) round.kills += 1;
    this.#doneAtKill = this.#done();
    return round?.view?.state ?? "none";
  }

  /** Kept imports that a kill went through are taken back after all. Returns how many. */
  async undoLast(): Promise<number> {
    const round = this.#rounds.findLast(({ undo, kills }) => !undo && kills > 0);
    if (round === undefined) return 0;
    round.undo = true;
    await this.#bringToEnd(round);
    return 1;
  }

  /** The contacts as they are now, against what the imports must have left. Returns what is wrong. */
  compare(found: ReadonlyMap<string, Image>): string[] {
    return this.#rounds.flatMap((round) => {
      const images = [...found.values()].filter(({ name }) => name.startsWith(round.prefix));
      const names = new Set(images.map(({ name }) => name));
      const deleted = images.filter((image) => image.deleted).length;
      const right =
        images.length === this.#rows && names.size === this.#rows && deleted === (round.undo ? this.#rows : 0);
      if (right) return [];
      return [
        `${round.fileName}, ${round.view?.state}: ${images.length} contacts of ${names.size} names, ${deleted} deleted`,
      ];
    });
  }

  #isAtWork(): boolean {
    const state = this.#rounds.at(-1)?.view?.state;
    return state === "running" || state === "undoing";
  }

  /** Rows written and rows taken back of the import under way, told apart from those of the one before. */
  #done(): string {
    const view = this.#rounds.at(-1)?.view;
    return view ? `${view.id} ${written(view)} ${takenBack(view)}` : "";
  }

  async #bringToEnd(round: Round): Promise<void> {
    let changed = Date.now();
    while (!isOver(round)) {
      try {
        const view = await this.#look(round);
        if (JSON.stringify(view) !== JSON.stringify(round.view)) changed = Date.now();
        this.#judge(round, view);
        round.view = view;
        await this.#goOn(round, view);
      } catch (error) {
        if (!isNotNow(error)) this.wrong.push(`${round.fileName} ${round.view?.state}: ${String(error)}`);
        await sleep(100);
      }
      if (Date.now() - changed > patience) throw new Error(`The import stands still: ${JSON.stringify(round.view)}`);
      if (this.wrong.length > 20) throw new Error(this.wrong.join("\n"));
    }
  }

  /** The import of this file; made when it is not there. */
  async #look({ fileName, view }: Round): Promise<ImportView> {
    if (view) return this.#client.request<ImportView>("GET", `${base}/${view.id}`);
    const { imports } = await this.#client.request<{ imports: ImportView[] }>("GET", base);
    const made = imports.find((one) => one.fileName === fileName);
    return made ?? this.#client.request<ImportView>("POST", base, { fileName, size: this.#file(fileName).length });
  }

  /** The next step from where it stands. An answer that does not come changes nothing: the next look tells. */
  async #goOn(round: Round, { id, state, version }: ImportView): Promise<void> {
    const act = (step: string, body?: unknown): Promise<unknown> =>
      this.#client.request("POST", `${base}/${id}/${step}`, body);
    if (state === "uploading") await this.#client.request("PUT", `${base}/${id}/parts/0`, this.#file(round.fileName));
    else if (state === "uploaded") await act("analyse", {});
    else if (state === "analysed") await act("check", settings);
    else if (state === "checked") await act("start", { version });
    else if (state === "done" && round.undo) await act("undo");
    else await sleep(25);
  }

  /** Nothing that was shown goes back, and nothing is lost of what was counted. */
  #judge(round: Round, now: ImportView): void {
    const before = round.view;
    const wrong = (what: string): void => {
      this.wrong.push(`${round.fileName} ${what}: ${JSON.stringify(before)} became ${JSON.stringify(now)}`);
    };
    const rank = (state: ImportState): number => importStates.indexOf(state);
    if (now.state === "failed" || now.failure !== null) wrong("failed");
    if (before && rank(now.state) < rank(before.state)) wrong("went back");
    if (before && written(now) < written(before)) wrong("lost written rows");
    if (before && takenBack(now) < takenBack(before)) wrong("lost rows taken back");
    if (now.state === "done" && now.counts.created !== this.#rows) wrong("is not complete");
    if (now.state === "undone" && now.undo?.removed !== this.#rows) wrong("is not taken back");
  }

  #file(fileName: string): Uint8Array {
    const round = fileName.replace(".csv", "");
    const digits = (index: number): string => String(Number(round) * 10_000 + index).padStart(8, "0");
    const lines = Array.from({ length: this.#rows }, (_, index) => `导入 ${round}-${index},138${digits(index)},Buyer`);
    return new TextEncoder().encode(["name,phone,jobTitle", ...lines].join("\n"));
  }
}

const settings = {
  mode: "insert",
  key: null,
  encoding: "utf-8",
  delimiter: ",",
  header: true,
  columns: ["name", "phone", "jobTitle"].map((field, index) => ({ index, field })),
  language: "en",
};

function isOver({ view, undo }: Round): boolean {
  return view?.state === (undo ? "undone" : "done");
}

function written({ counts }: ImportView): number {
  return counts.created + counts.updated + counts.skipped + counts.bad;
}

function takenBack({ undo }: ImportView): number {
  return undo === null ? 0 : undo.removed + undo.restored + undo.kept;
}
