// Today's list: to-dos that are overdue or due today, and the records one meant to turn to by now. A to-do is ticked off
// where it stands.
import { Checkbox } from "@mantine/core";
import { useQueries, useQuery } from "@tanstack/react-query";
import { CalendarClock } from "lucide-react";
import { createElement, type ReactNode } from "react";
import { Link } from "react-router";
import type { RecordView } from "../../contract/record-verbs.ts";
import type { SchemaObject } from "../../contract/schema-verbs.ts";
import { canDo, iconOf, recordPath, type Schema } from "../frame/places.ts";
import css from "../pages/home.module.css";
import { apiQuery } from "../query.ts";
import { saveField } from "../record/use-record.ts";
import { type Names, nameOf, valueOf } from "../record/value-text.ts";
import { dayText, startOfDay } from "../table/day-range.ts";
import { ErrorState } from "../ui/ErrorState.tsx";
import { Panel } from "../ui/Panel.tsx";
import { SkeletonRows } from "../ui/SkeletonRows.tsx";
import { toast } from "../ui/toast.tsx";
import { todayWords as w } from "../words/home.ts";
import { threadWords } from "../words/work.ts";
import { useLanguage } from "../words/words.ts";
import { dueOnes, type FollowUp } from "./due.ts";

const shownTodos = 20;
const shownFollowUps = 20;
/** What is followed up, the nearest work first. */
const followed = ["opportunity", "lead", "contact", "account"] as const;

export function Today({ schema }: { readonly schema: Schema | undefined }): ReactNode {
  const { t } = useLanguage();
  const me = schema?.me.userId;
  const todo = schema?.objects.find(({ key }) => key === "todo");
  const sees = me !== undefined && todo !== undefined && canDo(schema, "todo", "view");
  const day = dayText(new Date());
  const todos = useQuery({
    ...apiQuery("listRecords", {
      path: { object: "todo" },
      body: {
        filter: {
          all: [
            { field: "owner", op: "eq", value: me ?? "" },
            { field: "done", op: "eq", value: false },
            { field: "dueAt", op: "lt", value: startOfDay(day, 1).toISOString() },
          ],
        },
        sort: [{ field: "dueAt", direction: "asc" }],
        columns: ["title", "dueAt", "done", "account", "contact", "opportunity", "lead"],
        limit: shownTodos,
      },
    }),
    enabled: sees,
  });
  const followUps = useFollowUps(schema, day);
  if (!schema || (!sees && followUps.objects.length === 0)) return null;
  const due = todos.data?.rows ?? [];
  const problem = todos.error ?? followUps.error;
  const nothing = due.length === 0 && followUps.items.length === 0;
  return (
    <Panel title={t(w.title)} text={nothing && !todos.isLoading ? t(w.nothing) : undefined} flush>
      {problem !== null && problem !== undefined && <ErrorState problem={problem} />}
      {(todos.isLoading || followUps.pending) && <SkeletonRows rows={3} columns={1} />}
      {todo &&
        due.map((record) => (
          <TodoRow key={record.id} object={todo} record={record} names={todos.data?.names ?? {}} me={me} />
        ))}
      {followUps.items.map((item) => (
        <FollowUpRow key={item.record.id} item={item} day={day} />
      ))}
    </Panel>
  );
}

function useFollowUps(schema: Schema | undefined, day: string) {
  const me = schema?.me.userId ?? "";
  const objects = followed.flatMap((key) => {
    const object = schema?.objects.find((one) => one.key === key);
    const field = object?.fields.find((one) => one.key === "nextFollowUp" && one.sortable);
    return object && field && canDo(schema, key, "view") ? [object] : [];
  });
  return useQueries({
    queries: objects.map((object) =>
      apiQuery("listRecords", {
        path: { object: object.key },
        body: {
          filter: {
            all: [
              { field: "owner", op: "eq", value: me },
              { field: "nextFollowUp", op: "lte", value: day },
            ],
          },
          sort: [{ field: "nextFollowUp", direction: "asc" }],
          columns: [object.nameField, "nextFollowUp", "account", "contact", "state"].filter((key) =>
            object.fields.some((field) => field.key === key),
          ),
          limit: shownFollowUps,
        },
      }),
    ),
    combine: (answers) => ({
      objects,
      items: dueOnes(
        answers.flatMap(({ data }, at) => {
          const object = objects[at];
          return object ? (data?.rows ?? []).map((record): FollowUp => ({ object, record })) : [];
        }),
      ).slice(0, shownFollowUps),
      pending: answers.some(({ isPending }) => isPending),
      error: answers.find(({ error }) => error !== null)?.error ?? null,
    }),
  });
}

function TodoRow({
  object,
  record,
  names,
  me,
}: {
  readonly object: SchemaObject;
  readonly record: RecordView;
  readonly names: Names;
  readonly me: string | undefined;
}): ReactNode {
  const { t, format } = useLanguage();
  const title = nameOf(record, object.nameField);
  const due = record.values["dueAt"];
  const done = object.fields.find(({ key }) => key === "done");
  const about = ["opportunity", "lead", "contact", "account"]
    .map((key) => names[String(record.values[key])])
    .find((name) => name !== undefined);
  const overdue = typeof due === "string" && Date.parse(due) < Date.now();
  const finish = async (): Promise<void> => {
    if (!done) return;
    try {
      await saveField(record, done, { value: true }, me);
      toast.done(t(w.finished, { name: title }));
    } catch (error) {
      toast.problem(error);
    }
  };
  return (
    <div className={css["task"]}>
      <Checkbox
        size="xs"
        aria-label={t(threadWords.markDone, { name: title })}
        checked={false}
        disabled={!record.can.edit}
        onChange={() => void finish()}
      />
      <Link to={recordPath("todo", record.id) ?? "."} className={css["recentName"]}>
        {title}
      </Link>
      {about !== undefined && <span className={css["recentNote"]}>{about}</span>}
      {typeof due === "string" && (
        <span className={css["recentNote"]} data-overdue={overdue || undefined}>
          {overdue ? t(w.overdueSince, { when: format.dateTime(due) }) : format.time(due)}
        </span>
      )}
    </div>
  );
}

function FollowUpRow({ item: { object, record }, day }: { readonly item: FollowUp; readonly day: string }): ReactNode {
  const { t, format } = useLanguage();
  const icon = createElement(iconOf(object.key), {
    size: 16,
    "aria-label": t(object.labels),
    className: css["taskIcon"] ?? "",
  });
  const next = String(valueOf(record, "nextFollowUp") ?? "");
  const overdue = next < day;
  return (
    <div className={css["task"]}>
      {icon}
      <Link to={recordPath(object.key, record.id) ?? "."} className={css["recentName"]}>
        {nameOf(record, object.nameField)}
      </Link>
      <span className={css["recentNote"]} data-overdue={overdue || undefined}>
        <CalendarClock size="1em" aria-hidden />{" "}
        {overdue ? t(w.overdueSince, { when: format.date(next) }) : t(w.followToday)}
      </span>
    </div>
  );
}
