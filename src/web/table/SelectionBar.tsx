// Rises from below while rows are selected: what may be done with them, and why the rest may not.
import { Button, CloseButton, Tooltip } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { ArrowRightLeft, Trash2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { RecordView } from "../../contract/record-verbs.ts";
import type { SchemaObject } from "../../contract/schema-verbs.ts";
import { api } from "../api.ts";
import { refresh } from "../query.ts";
import { inSentence } from "../record/in-sentence.ts";
import { toast } from "../ui/toast.tsx";
import { aboutWords } from "../words/acts.ts";
import { windowWords } from "../words/lists.ts";
import { listWords, transferWords } from "../words/records.ts";
import { useLanguage } from "../words/words.ts";
import { ChangeOwner } from "./ChangeOwner.tsx";
import styles from "./table.module.css";
import { mostSelected } from "./use-selection.ts";

type Written = Pick<RecordView, "object" | "id">;

/** Operations that one commit takes. */
const commitSize = 200;

function partsOf<T>(all: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / commitSize) }, (_, at) =>
    all.slice(at * commitSize, (at + 1) * commitSize),
  );
}

interface Props {
  readonly object: SchemaObject;
  readonly records: readonly RecordView[];
  readonly onClear: () => void;
  /** How many the list has, loaded or not. */
  readonly total: number;
  /** Undefined while they are being fetched. */
  readonly onAll: (() => void) | undefined;
}

export function SelectionBar({ object, records, onClear, total, onAll }: Props): ReactNode {
  const { t } = useLanguage();
  /** As they were when asked: what is handed over may leave the list. */
  const [changing, setChanging] = useState<readonly RecordView[]>();
  const transferable = object.fields.some(({ key, level }) => key === "owner" && level === "write");
  const blocked = records.filter((record) => !record.can.delete).length;
  const objectName = (n: number): string => inSentence(t(n === 1 ? object.labels : object.plural));
  const remove = useMutation({
    mutationFn: async () => {
      const written: Written[] = [];
      for (const part of partsOf(records)) {
        const done = await api.call("commitRecords", {
          body: {
            operations: part.map(({ object, id, version }) => ({ op: "delete" as const, object, id, version })),
          },
          about: t(aboutWords.delete, { n: part.length, objects: objectName(part.length) }),
        });
        written.push(...done.written);
      }
      return written;
    },
    onSuccess: (written) => {
      onClear();
      toast.done(t(listWords.deleted, { n: written.length }), { undo: () => void restore(written) });
    },
    onError: (error) => toast.problem(error),
    onSettled: () => refresh("listRecords"),
  });
  const restore = async (written: readonly Written[]): Promise<void> => {
    try {
      for (const part of partsOf(written))
        await api.call("commitRecords", {
          body: { operations: part.map(({ object, id }) => ({ op: "restore" as const, object, id })) },
          about: t(aboutWords.restore, { n: part.length, objects: objectName(part.length) }),
        });
      toast.done(t(listWords.restored, { n: written.length }));
    } catch (error) {
      toast.problem(error);
    } finally {
      await refresh("listRecords");
    }
  };

  if (changing) {
    return <ChangeOwner object={object} records={changing} onMoved={onClear} onClose={() => setChanging(undefined)} />;
  }
  if (records.length === 0) return null;
  return (
    <div className={styles["selectionBar"]} role="region" aria-label={t(listWords.selected, { n: records.length })}>
      <strong aria-live="polite">{t(listWords.selected, { n: records.length })}</strong>
      {total > records.length && records.length < mostSelected && (
        <Button variant="subtle" size="xs" loading={onAll === undefined} onClick={onAll}>
          {t(total > mostSelected ? windowWords.selectMost : windowWords.selectAll, {
            n: Math.min(total, mostSelected),
          })}
        </Button>
      )}
      {transferable && (
        <Button
          variant="default"
          size="xs"
          leftSection={<ArrowRightLeft size="1em" aria-hidden />}
          onClick={() => setChanging(records)}
        >
          {t(transferWords.change)}
        </Button>
      )}
      <Tooltip label={t(listWords.deleteBlocked, { n: blocked })} disabled={blocked === 0}>
        <Button
          variant="default"
          size="xs"
          leftSection={<Trash2 size="1em" aria-hidden />}
          {...(blocked > 0 && { "data-disabled": true })}
          aria-disabled={blocked > 0}
          loading={remove.isPending}
          onClick={() => blocked === 0 && remove.mutate()}
        >
          {t(listWords.delete)}
        </Button>
      </Tooltip>
      {blocked > 0 && <span className={styles["second"]}>{t(listWords.deleteBlocked, { n: blocked })}</span>}
      <CloseButton aria-label={t(listWords.clearSelection)} onClick={onClear} />
    </div>
  );
}
