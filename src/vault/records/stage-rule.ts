// How a record goes through the stages of a pipeline, for every path of writing: a stage belongs to its pipeline, and with
// the stage change state, probability, the time of entry and the day of closing. Rules about which stage may follow which
// belong here.
import type { StageFields } from "../../contract/field.ts";
import { Problem } from "../../contract/problem.ts";
import { systemScope, type Tx } from "../db/database.ts";
import type { Records } from "./deps.ts";
import { readRows } from "./read-rows.ts";
import { type Values, columnValues } from "./row.ts";

interface Stage {
  readonly id: string;
  readonly values: Values;
}

/** Living pipelines and stages, the stages in their order. */
export interface StageBook {
  readonly pipelines: readonly Stage[];
  readonly stages: readonly Stage[];
}

/** Leaves the transaction in the system's scope. */
export async function loadStages({ schema, keyring }: Pick<Records, "schema" | "keyring">, tx: Tx): Promise<StageBook> {
  await tx.rescope(systemScope("records"));
  const read = async (key: "pipeline" | "stage", order: string): Promise<Stage[]> => {
    const object = schema.load(key);
    const rows = await readRows(keyring, tx, object, "plain", `where deleted_at is null order by ${order}`, []);
    return rows.map((row) => ({ id: row.id, values: columnValues(object.fields, row) }));
  };
  return {
    pipelines: await read("pipeline", "f_is_default desc nulls last, id"),
    stages: await read("stage", "f_position nulls last, id"),
  };
}

/** What follows from a new record, or from a change of it. Throws Problem `invalid` for a stage that cannot be. */
export function stageRule(
  fields: StageFields,
  book: StageBook,
  before: Readonly<Values> | undefined,
  changes: Readonly<Values>,
  now: Date,
): Values {
  const { stage: stageKey, pipeline: pipelineKey } = fields;
  if (before && changes[stageKey] === undefined && changes[pipelineKey] === undefined) return {};
  const wrong = (reason: "required" | "other_pipeline", field = stageKey): Problem =>
    new Problem("invalid", { fields: [{ field, reason }] });
  for (const key of [stageKey, pipelineKey]) if (changes[key] === null) throw wrong("required", key);
  const wanted = changes[pipelineKey];
  const find = (id: unknown): Stage | undefined => book.stages.find((one) => one.id === id);
  const stayed = find(before?.[stageKey]);
  const given = changes[stageKey];
  const kept = stayed && (wanted === undefined || stayed.values["pipeline"] === wanted) ? stayed : undefined;
  const stage = given === undefined ? (kept ?? firstStage(book, wanted)) : find(given);
  if (!stage) throw wrong("required");
  const pipeline = stage.values["pipeline"] ?? null;
  if (wanted !== undefined && pipeline !== wanted) throw wrong("other_pipeline");
  const follows: Values = { [stageKey]: stage.id, [pipelineKey]: pipeline };
  if (before?.[stageKey] !== stage.id) {
    const kind = stage.values["kind"] ?? "open";
    follows[fields.state] = kind;
    follows[fields.enteredAt] = now.toISOString();
    if (changes[fields.probability] === undefined)
      follows[fields.probability] = stage.values["probability"] ?? (kind === "won" ? 100 : kind === "lost" ? 0 : null);
    if (changes[fields.closedAt] === undefined) follows[fields.closedAt] = kind === "open" ? null : dayOf(now);
  }
  return follows;
}

/** The first open stage of the pipeline, by default of the default one. */
function firstStage({ pipelines, stages }: StageBook, pipeline: unknown = pipelines[0]?.id): Stage | undefined {
  const own = stages.filter(({ values }) => values["pipeline"] === pipeline);
  return own.find(({ values }) => values["kind"] === "open") ?? own[0];
}

/** The day where the server stands. */
function dayOf(now: Date): string {
  const two = (part: number): string => String(part).padStart(2, "0");
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}
