// Disables a colleague, and offers to hand over what he owns: he is signed out first, then his records move part by part.
import { type ReactNode, useState } from "react";
import { useQueries } from "@tanstack/react-query";
import type { RecordView } from "../../../contract/record-verbs.ts";
import type { SchemaObject } from "../../../contract/schema-verbs.ts";
import { api } from "../../api.ts";
import { apiQuery, refresh, useSchema } from "../../query.ts";
import { handOver } from "../../record/hand-over.ts";
import { inSentence } from "../../record/in-sentence.ts";
import { NewOwner } from "../../record/NewOwner.tsx";
import type { Transferred } from "../../record/transfer.ts";
import { ConfirmSheet } from "../../ui/ConfirmSheet.tsx";
import { toast } from "../../ui/toast.tsx";
import { aboutWords } from "../../words/acts.ts";
import { peopleWords as w } from "../../words/admin.ts";
import { transferWords } from "../../words/records.ts";
import { useLanguage } from "../../words/words.ts";
import { type Draft, noDraft } from "../draft.ts";
import styles from "./people.module.css";

interface Props {
  readonly person: RecordView;
  readonly name: string;
  readonly onClose: () => void;
}

const owned = (person: string, limit: number, offset: number) => ({
  filter: { field: "owner", op: "eq" as const, value: person },
  columns: [],
  limit,
  offset,
  count: true,
});

export function DisableSheet({ person, name, onClose }: Props): ReactNode {
  const { t, format } = useLanguage();
  const [draft, setDraft] = useState<Draft>(noDraft);
  const [moved, setMoved] = useState(0);
  const objects = (useSchema().data?.objects ?? []).filter(hasOwner);
  const counts = useQueries({
    queries: objects.map(({ key }) => apiQuery("listRecords", { path: { object: key }, body: owned(person.id, 1, 0) })),
  });
  const held = objects.flatMap((object, at) => {
    const count = counts[at]?.data?.count;
    return count && count.value > 0 ? [{ object, count }] : [];
  });
  const to = typeof draft.value === "string" && draft.value !== person.id ? draft.value : undefined;

  const disable = async (): Promise<void> => {
    await api.call("setPersonStatus", {
      path: { id: person.id },
      body: { status: "disabled" },
      about: t(aboutWords.disable, { name }),
    });
    await refresh("listRecords");
    toast.done(t(w.disabled, { name }));
    if (to === undefined) return;
    const gone: Transferred[] = [];
    let stayed = 0;
    try {
      for (const { object } of held) {
        const outcome = await handOverAll(object, person.id, { id: to, name: draft.label ?? "" }, (records) => {
          gone.push(...records);
          setMoved(gone.length);
        });
        stayed += outcome;
      }
    } catch (error) {
      toast.problem(error, t(w.handOverStopped, { n: gone.length }));
    }
    // No way back is offered: nothing goes to somebody who is disabled.
    if (gone.length > 0) toast.done(t(transferWords.done, { n: gone.length, name: draft.label ?? "" }));
    if (stayed > 0) toast.problem({ title: t(w.handOverLeft, { n: stayed, name }), code: "left" });
  };

  return (
    <ConfirmSheet
      opened
      title={t(w.disableTitle, { name })}
      text={
        <div className={styles["disable"]}>
          <p>{t(w.disableHint)}</p>
          {held.length > 0 && (
            <>
              <p>
                <strong>
                  {t(w.owns, {
                    name,
                    list: format.list(
                      held.map(({ object, count }) =>
                        t(w.ownsSome, {
                          n: `${format.number(count.value)}${count.more ? "+" : ""}`,
                          objects: inSentence(t(count.value === 1 ? object.labels : object.plural)),
                        }),
                      ),
                    ),
                  })}
                </strong>
              </p>
              <NewOwner label={t(w.handOverTo)} draft={draft} onChange={setDraft} />
              <p className={styles["second"]}>{moved > 0 ? t(w.handingOver, { n: moved }) : t(w.handOverHint)}</p>
            </>
          )}
        </div>
      }
      confirm={t(to === undefined ? w.disable : w.disableAndHandOver)}
      danger
      onConfirm={disable}
      onClose={onClose}
    />
  );
}

function hasOwner({ can, fields }: SchemaObject): boolean {
  return (can["view"] ?? "none") !== "none" && fields.some(({ key, level }) => key === "owner" && level === "write");
}

/** Until none is left but those that cannot be moved. Returns how many these are. */
async function handOverAll(
  { key }: SchemaObject,
  from: string,
  to: { readonly id: string; readonly name: string },
  onMoved: (moved: readonly Transferred[]) => void,
): Promise<number> {
  let stayed = 0;
  for (;;) {
    const { rows } = await api.call("listRecords", { path: { object: key }, body: owned(from, 200, stayed) });
    if (rows.length === 0) return stayed;
    const mine = rows.filter(({ can }) => can.edit);
    const { moved } = await handOver(mine, () => to.id, to.name);
    onMoved(moved);
    stayed += rows.length - moved.length;
  }
}
