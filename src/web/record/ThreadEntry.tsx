// A follow-up, a to-do or a comment in the timeline of the record it is about.
import { Checkbox } from "@mantine/core";
import { ListTodo, Mail, MessageCircle, MessageSquareText, MessagesSquare, Phone, Users, MapPin } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { recordPath } from "../frame/places.ts";
import { useMe } from "../query.ts";
import { toast } from "../ui/toast.tsx";
import { valueWords } from "../words/records.ts";
import { threadWords as w } from "../words/work.ts";
import { useLanguage } from "../words/words.ts";
import type { ThreadEntry as Entry, ThreadObject } from "./thread.ts";
import { saveField } from "./use-record.ts";
import { type Names, nameOf, valueText } from "./value-text.ts";
import styles from "./record.module.css";

const icons = {
  activity: MessageSquareText,
  todo: ListTodo,
  comment: MessagesSquare,
  call: Phone,
  visit: MapPin,
  meeting: Users,
  message: MessageCircle,
  email: Mail,
} as const;

interface Props {
  readonly entry: Entry;
  readonly about: readonly ThreadObject[];
  readonly names: Names;
}

export function ThreadEntry({ entry: { kind, record, at }, about, names }: Props): ReactNode {
  const tools = useLanguage();
  const { t, format } = tools;
  const me = useMe()?.userId;
  const object = about.find((one) => one.kind === kind)?.object;
  const type = record.values["type"];
  const typeField = object?.fields.find(({ key }) => key === "type");
  const Icon = typeof type === "string" && type in icons ? icons[type as keyof typeof icons] : icons[kind]; // just checked
  const person = record.createdBy === null ? t(valueWords.system) : (names[record.createdBy] ?? t(valueWords.somebody));
  const deed =
    kind === "todo"
      ? t(w.planned)
      : kind === "comment"
        ? t(w.commented)
        : typeField === undefined || type === undefined || type === "other"
          ? t(w.followedUp)
          : t(w.followedUpBy, { type: valueText(typeField, type, names, tools) });
  const text = object ? nameOf(record, object.nameField) : "";
  const { done, dueAt, nextAt } = record.values;
  const doneField = object?.fields.find(({ key }) => key === "done");
  const notes = [
    ...(typeof dueAt === "string" && done !== true ? [t(w.due, { when: format.dateTime(dueAt) })] : []),
    ...(done === true ? [t(w.done)] : []),
    ...(typeof nextAt === "string" ? [t(w.nextAt, { when: format.date(nextAt) })] : []),
    ...(kind === "todo" && record.owner !== null && names[record.owner] !== undefined ? [names[record.owner]] : []),
  ];
  const finish = async (next: boolean): Promise<void> => {
    if (!doneField) return;
    try {
      await saveField(record, doneField, { value: next }, me);
    } catch (error) {
      toast.problem(error);
    }
  };
  return (
    <li>
      <span className={styles["timelineIcon"]} data-kind={kind}>
        <Icon size="1em" aria-hidden />
      </span>
      <div className={styles["timelineBody"]}>
        <p className={styles["timelineHead"]}>
          <strong>{person}</strong>
          <span>{deed}</span>
          <time dateTime={at} title={format.exact(at)}>
            {format.relative(at)}
          </time>
        </p>
        <div className={styles["said"]} data-done={done === true || undefined}>
          {kind === "todo" && doneField && (
            <Checkbox
              size="xs"
              aria-label={t(w.markDone, { name: text })}
              checked={done === true}
              disabled={!record.can.edit}
              onChange={(event) => void finish(event.currentTarget.checked)}
            />
          )}
          {kind === "todo" ? <Link to={recordPath(kind, record.id) ?? "."}>{text}</Link> : <p>{text}</p>}
        </div>
        {notes.length > 0 && <p className={styles["second"]}>{notes.join(" · ")}</p>}
      </div>
    </li>
  );
}
