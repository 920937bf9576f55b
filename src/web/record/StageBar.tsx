// The stages of a pipeline as a bar: where the record stands and for how long, and a click moves it. The vault decides what
// follows from a stage; the bar only asks.
import { Tooltip } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Check, CircleX, Trophy } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { RecordView } from "../../contract/record-verbs.ts";
import type { SchemaField, SchemaObject } from "../../contract/schema-verbs.ts";
import { apiQuery, useMe } from "../query.ts";
import { SkeletonRows } from "../ui/SkeletonRows.tsx";
import { toast } from "../ui/toast.tsx";
import { stageWords as w } from "../words/work.ts";
import { useLanguage } from "../words/words.ts";
import { LostReason } from "./LostReason.tsx";
import { type Opened, saveField } from "./use-record.ts";
import styles from "./work.module.css";

/** The field by which records of the object go through stages, if they do. */
export function stageFieldOf(object: SchemaObject): SchemaField | undefined {
  return object.fields.find(
    ({ type, target, fixed, level }) =>
      type === "reference" && target === "stage" && fixed !== true && (level === "read" || level === "write"),
  );
}

interface Stage {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly limit: number | undefined;
}

const dayMs = 24 * 60 * 60_000;

export function StageBar({
  object,
  field,
  opened,
}: {
  readonly object: SchemaObject;
  readonly field: SchemaField;
  readonly opened: Opened;
}): ReactNode {
  const { t } = useLanguage();
  const me = useMe()?.userId;
  const [moving, setMoving] = useState<string>();
  const [asking, setAsking] = useState(false);
  const { record } = opened;
  const reason = object.fields.find(({ key, level }) => key === "lostReason" && level === "write");
  const pipeline = object.fields.find(({ type, target }) => type === "reference" && target === "pipeline")?.key;
  const stages = useStages(pipeline === undefined ? undefined : record.values[pipeline]);
  if (stages === undefined) return <SkeletonRows rows={1} columns={5} />;
  const now = record.values[field.key];
  const current = stages.findIndex(({ id }) => id === now);
  const days = daysSince(record, `${field.key}EnteredAt`);
  const writable = record.can.edit && record.deletedAt === null && field.level === "write";
  const closed = stages[current]?.kind !== "open";
  const move = async ({ id, name, kind }: Stage): Promise<void> => {
    setMoving(id);
    try {
      await saveField(record, field, { value: id, label: name }, me);
      toast.done(t(w.moved, { stage: name }));
      setAsking(kind === "lost");
    } catch (error) {
      toast.problem(error);
    } finally {
      setMoving(undefined);
    }
  };
  return (
    <>
      <ol ref={showCurrent} className={styles["stages"]} aria-label={t(w.label)}>
        {stages.map((stage, at) => {
          const here = at === current;
          const passed = current >= 0 && at < current && stage.kind === "open" && stages[current]?.kind !== "lost";
          const stale = here && stage.kind === "open" && stage.limit !== undefined && days > stage.limit;
          const told = !here
            ? writable
              ? t(w.moveTo, { stage: stage.name })
              : t(w.readOnly)
            : stale
              ? t(w.stale, { n: days, limit: stage.limit ?? 0 })
              : t(w.daysIn, { n: days });
          return (
            <li
              key={stage.id}
              className={styles["stage"]}
              data-kind={stage.kind}
              data-here={here || undefined}
              data-passed={passed || undefined}
              data-stale={stale || undefined}
              data-moving={moving === stage.id || undefined}
            >
              <Tooltip label={told}>
                <button
                  type="button"
                  aria-current={here ? "step" : undefined}
                  aria-disabled={here || !writable || moving !== undefined}
                  onClick={() => !here && writable && moving === undefined && void move(stage)}
                >
                  {passed && <Check size="1em" aria-hidden />}
                  {stage.kind === "won" && <Trophy size="1em" aria-hidden />}
                  {stage.kind === "lost" && <CircleX size="1em" aria-hidden />}
                  <span className={styles["stageName"]}>{stage.name}</span>
                  {here && !closed && <span className={styles["stageDays"]}>{t(w.days, { n: days })}</span>}
                </button>
              </Tooltip>
            </li>
          );
        })}
      </ol>
      {asking && reason && (record.values[reason.key] ?? null) === null && (
        <LostReason field={reason} opened={opened} onClose={() => setAsking(false)} />
      )}
    </>
  );
}

/** Where the bar is wider than the screen, the current stage is what one sees of it. */
function showCurrent(bar: HTMLElement | null): void {
  const here = bar?.querySelector<HTMLElement>("[data-here]");
  if (bar && here) bar.scrollLeft = here.offsetLeft - bar.offsetLeft - (bar.clientWidth - here.clientWidth) / 2;
}

/** The stages of a pipeline in their order; undefined until known. */
function useStages(pipeline: unknown): readonly Stage[] | undefined {
  const list = useQuery({
    ...apiQuery("listRecords", {
      path: { object: "stage" },
      body: {
        filter: { field: "pipeline", op: "eq" as const, value: String(pipeline) },
        sort: [{ field: "position", direction: "asc" as const }],
        columns: ["name", "kind", "position", "rottingDays"],
        limit: 50,
      },
    }),
    enabled: typeof pipeline === "string",
    staleTime: 5 * 60_000,
    refetchOnWindowFocus: false,
  });
  if (typeof pipeline !== "string" || list.error) return [];
  return list.data?.rows.map(({ id, values }) => ({
    id,
    name: String(values["name"] ?? ""),
    kind: String(values["kind"] ?? "open"),
    limit: typeof values["rottingDays"] === "number" ? values["rottingDays"] : undefined,
  }));
}

function daysSince(record: RecordView, key: string): number {
  const since = record.values[key];
  return typeof since === "string" ? Math.max(0, Math.floor((Date.now() - Date.parse(since)) / dayMs)) : 0;
}
