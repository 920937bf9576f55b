// Writes a follow-up, a to-do or a comment about the record, above its timeline and without leaving it. What is half
// written stays while one looks elsewhere.
import { Button, SegmentedControl } from "@mantine/core";
import { type KeyboardEvent, type ReactNode, useState } from "react";
import { api } from "../api.ts";
import { ApiProblem } from "../api-problem.ts";
import { type Draft, isEmpty, noDraft } from "../forms/draft.ts";
import { FieldInput } from "../forms/FieldInput.tsx";
import { newId } from "../new-id.ts";
import { queryClient, refresh } from "../query.ts";
import { Kbd } from "../ui/Kbd.tsx";
import { toast } from "../ui/toast.tsx";
import { UnsavedGuard } from "../ui/UnsavedGuard.tsx";
import { composerWords as w } from "../words/work.ts";
import { useLanguage } from "../words/words.ts";
import type { ThreadKind, ThreadObject } from "./thread.ts";
import { recordQuery } from "./use-record.ts";
import styles from "./work.module.css";

interface Props {
  readonly about: readonly ThreadObject[];
  readonly target: { readonly object: string; readonly id: string };
}

/** Asked for beside the text itself, in this order. */
const besides: Readonly<Record<ThreadKind, readonly string[]>> = {
  activity: ["type", "nextAt"],
  todo: ["dueAt", "owner"],
  comment: [],
};
const placeholders = {
  activity: w.activityPlaceholder,
  todo: w.todoPlaceholder,
  comment: w.commentPlaceholder,
} as const;

type Drafts = Readonly<Record<string, Draft>>;

export function Composer({ about, target }: Props): ReactNode {
  const { t } = useLanguage();
  const offered = about.filter(
    ({ object, field }) => (object.can["create"] ?? "none") !== "none" && field.level === "write",
  );
  const [chosen, setChosen] = useState<ThreadKind>();
  const [written, setWritten] = useState<Readonly<Partial<Record<ThreadKind, Drafts>>>>({});
  const [problems, setProblems] = useState<Readonly<Record<string, string>>>({});
  const [busy, setBusy] = useState(false);
  const one = offered.find(({ kind }) => kind === chosen) ?? offered[0];
  if (!one) return null;
  const { kind, object, field } = one;
  const drafts = written[kind] ?? {};
  const text = drafts[object.nameField] ?? noDraft;
  const put = (key: string, draft: Draft): void => {
    setWritten({ ...written, [kind]: { ...drafts, [key]: draft } });
    setProblems({});
  };
  const wrong = Object.values(drafts).some(({ problem }) => problem !== undefined);
  const ready = typeof text.value === "string" && text.value.trim() !== "" && !wrong && !busy;
  const send = async (): Promise<void> => {
    if (!ready) return;
    setBusy(true);
    try {
      const given = Object.entries(drafts).flatMap(([key, { value }]) => (isEmpty(value) ? [] : [[key, value]]));
      await api.call("createRecord", {
        path: { object: object.key },
        body: { id: newId(), values: { ...Object.fromEntries(given), [field.key]: target.id } },
      });
      setWritten({ ...written, [kind]: {} });
      toast.done(t(w.saved));
      // A follow-up also tells the record when it was and what comes next.
      void refresh("listRecords", "readHistory");
      void queryClient.invalidateQueries(recordQuery(target.object, target.id));
    } catch (error) {
      const named = error instanceof ApiProblem ? error.fields : [];
      setProblems(Object.fromEntries(named.map(({ field: key, message }) => [key, message])));
      if (named.length === 0) toast.problem(error);
    } finally {
      setBusy(false);
    }
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || (!event.ctrlKey && !event.metaKey) || event.nativeEvent.isComposing) return;
    event.preventDefault();
    void send();
  };
  const main = object.fields.find(({ key }) => key === object.nameField);
  const others = besides[kind].flatMap((key) => object.fields.find((other) => other.key === key) ?? []);
  return (
    <div className={styles["composer"]} role="group" aria-label={t(w.label)} onKeyDown={onKeyDown}>
      {offered.length > 1 && (
        <SegmentedControl
          size="xs"
          value={kind}
          onChange={(next) => {
            setChosen(offered.find((other) => other.kind === next)?.kind);
            setProblems({});
          }}
          data={offered.map((other) => ({ value: other.kind, label: t(w[other.kind]) }))}
        />
      )}
      {main && (
        <FieldInput
          key={kind}
          field={{ ...main, type: kind === "todo" ? "text" : "long_text", required: false }}
          ariaLabel={t(main.labels)}
          placeholder={t(placeholders[kind])}
          draft={text}
          error={problems[main.key]}
          onChange={(draft) => put(main.key, draft)}
        />
      )}
      {typeof text.value === "string" && (
        <div className={styles["composerFoot"]}>
          {others.map((other) => (
            <FieldInput
              key={other.key}
              field={{ ...other, required: false }}
              ariaLabel={t(other.labels)}
              placeholder={t(other.labels)}
              draft={drafts[other.key] ?? noDraft}
              error={problems[other.key]}
              onChange={(draft) => put(other.key, draft)}
            />
          ))}
          <span className={styles["composerSend"]}>
            <Kbd keys={["mod", "enter"]} />
            <Button size="xs" disabled={!ready} loading={busy} onClick={() => void send()}>
              {t(w.send)}
            </Button>
          </span>
        </div>
      )}
      <UnsavedGuard when={typeof text.value === "string" && text.value.trim() !== "" && !busy} />
    </div>
  );
}
