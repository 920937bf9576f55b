// The facts of a record: name and value in rows, each edited in place. One field is edited at a time and saved alone.
import { Button } from "@mantine/core";
import { type ReactNode, useState } from "react";
import type { RecordView } from "../../contract/record-verbs.ts";
import type { SchemaField, SchemaObject } from "../../contract/schema-verbs.ts";
import { ApiProblem } from "../api-problem.ts";
import { type Draft, isEmpty, noDraft, sameValue } from "../forms/draft.ts";
import { queryClient, useMe } from "../query.ts";
import { ClassLegend } from "../ui/ClassDot.tsx";
import { ConfirmSheet } from "../ui/ConfirmSheet.tsx";
import { toast } from "../ui/toast.tsx";
import { UnsavedGuard } from "../ui/UnsavedGuard.tsx";
import { recordWords, transferWords, valueWords } from "../words/records.ts";
import { useLanguage } from "../words/words.ts";
import { ConflictDialog } from "./ConflictDialog.tsx";
import { FactRow } from "./FactRow.tsx";
import { personQuery } from "./NewOwner.tsx";
import { type Conflict, type Opened, saveField } from "./use-record.ts";
import { valueOf } from "./value-text.ts";
import styles from "./record.module.css";

interface Props {
  readonly object: SchemaObject;
  readonly opened: Opened;
  /** In the side panel: filled fields only. */
  readonly brief?: boolean;
}

interface Editing {
  readonly field: SchemaField;
  readonly draft: Draft;
  readonly problem?: string | undefined;
  readonly busy?: boolean;
}

/** The columns every record has that say where it belongs; who made and changed it, and when, stands below in words. */
const places: ReadonlySet<string> = new Set(["owner", "department"]);

export function RecordFacts({ object, opened, brief = false }: Props): ReactNode {
  const { t, format } = useLanguage();
  const me = useMe()?.userId;
  const [editing, setEditing] = useState<Editing>();
  const [conflict, setConflict] = useState<Conflict>();
  const [clearing, setClearing] = useState<SchemaField>();
  /** An owner without a department, to be confirmed. */
  const [asking, setAsking] = useState<{ readonly field: SchemaField; readonly draft: Draft }>();
  const [all, setAll] = useState(false);
  const { record, names } = opened;
  const visible = object.fields.filter((field) => field.level !== "hidden");
  const own = visible.filter((field) => !field.system && field.key !== object.nameField);
  const name = visible.filter(({ key }) => key === object.nameField);
  const filled = (field: SchemaField): boolean =>
    record.masked[field.key] !== undefined || valueOf(record, field.key) !== null;
  const empty = own.filter(
    (field) => !filled(field) && editing?.field.key !== field.key && !field.required && (brief || !field.listed),
  );
  const shown = [...name, ...own.filter((field) => all || !empty.includes(field))];

  const marked = ([2, 3] as const).filter((value) => shown.some((field) => field.class === value));

  const personOf = (id: string | null): string => (id === null ? "" : (names[id] ?? t(valueWords.somebody)));

  const save = async (
    target: RecordView,
    field: SchemaField,
    draft: Draft,
    clears = false,
    sure = false,
  ): Promise<void> => {
    if (draft.problem !== undefined) return;
    // The input of a masked value starts out empty: leaving it so changes nothing.
    if (!clears && target.masked[field.key] !== undefined && isEmpty(draft.value)) return setEditing(undefined);
    if (field.class < 3 && sameValue(valueOf(target, field.key), draft.value)) return setEditing(undefined);
    setEditing({ field, draft, busy: true });
    try {
      if (field.key === "owner" && !sure && target.department !== null && (await lacksDepartment(draft))) {
        setEditing(undefined);
        return setAsking({ field, draft });
      }
      setConflict(await saveField(target, field, draft, me));
      setEditing(undefined);
    } catch (error) {
      const problem = error instanceof ApiProblem ? (error.field(field.key) ?? error.title) : undefined;
      if (problem === undefined) toast.problem(error);
      setEditing({ field, draft, problem });
    }
  };
  const row = (field: SchemaField): ReactNode => {
    const mine = editing?.field.key === field.key ? editing : undefined;
    const writable = record.can.edit && record.deletedAt === null && field.level === "write" && !field.computed;
    return (
      <FactRow
        key={field.key}
        record={record}
        field={field}
        names={names}
        writable={writable}
        whyNot={
          field.computed
            ? recordWords.fieldComputed
            : record.can.edit
              ? recordWords.fieldReadOnly
              : recordWords.readOnly
        }
        editing={mine}
        onEdit={() => setEditing({ field, draft: draftOf(record, field, names) })}
        onDraft={(draft) => setEditing({ field, draft })}
        onSave={(draft) => void save(record, field, draft)}
        onClear={() => setClearing(field)}
        onCancel={() => setEditing(undefined)}
      />
    );
  };

  return (
    <div className={styles["facts"]}>
      <dl className={styles["factList"]}>{shown.map(row)}</dl>
      {(empty.length > 0 || all) && (
        <Button className={styles["moreFacts"] ?? ""} variant="subtle" size="xs" onClick={() => setAll(!all)}>
          {all ? t(recordWords.hideEmpty) : t(recordWords.emptyFields, { n: empty.length })}
        </Button>
      )}
      <dl className={styles["factList"]} data-apart>
        {visible
          .filter((field) => places.has(field.key) && (!field.computed || valueOf(record, field.key) !== null))
          .map(row)}
      </dl>
      {marked.length > 0 && (
        <p className={styles["origin"]}>
          <ClassLegend values={marked} />
        </p>
      )}
      <p className={styles["origin"]}>
        {t(record.createdBy === null ? recordWords.createdAt : recordWords.createdBy, {
          person: personOf(record.createdBy),
          time: format.dateTime(record.createdAt),
        })}
        <br />
        {t(record.updatedBy === null ? recordWords.changedAt : recordWords.changedBy, {
          person: personOf(record.updatedBy),
          time: format.dateTime(record.updatedAt),
        })}
      </p>
      <UnsavedGuard
        when={
          editing !== undefined &&
          editing.busy !== true &&
          !sameValue(editing.draft.value, draftOf(record, editing.field, names).value)
        }
        field={editing && t(editing.field.labels)}
      />
      <ConfirmSheet
        opened={clearing !== undefined}
        title={clearing ? t(recordWords.clearTitle, { field: t(clearing.labels) }) : ""}
        text={t(recordWords.clearText)}
        confirm={t(recordWords.clear)}
        danger
        onConfirm={async () => {
          if (clearing) await save(record, clearing, noDraft, true);
          setClearing(undefined);
        }}
        onClose={() => setClearing(undefined)}
      />
      <ConfirmSheet
        opened={asking !== undefined}
        title={t(transferWords.confirmTitle, { name: asking?.draft.label ?? "" })}
        text={t(transferWords.noDepartment, { name: asking?.draft.label ?? "" })}
        confirm={t(transferWords.handOver)}
        onConfirm={async () => {
          if (asking) await save(record, asking.field, asking.draft, false, true);
        }}
        onClose={() => setAsking(undefined)}
      />
      <ConflictDialog
        conflict={conflict}
        onMine={(given) => {
          setConflict(undefined);
          void save(given.now.record, given.field, given.mine);
        }}
        onTheirs={() => setConflict(undefined)}
      />
    </div>
  );
}

/** Whether the chosen person belongs to no department, so that the record would not either. */
async function lacksDepartment({ value, label = "" }: Draft): Promise<boolean> {
  const found = await queryClient.fetchQuery(personQuery(label));
  return found.rows.some(({ id, department }) => id === value && department === null);
}

/** A restricted value is not read to be edited: a new one is typed in its place. */
function draftOf(record: RecordView, field: SchemaField, names: Opened["names"]): Draft {
  const value = record.masked[field.key] === undefined ? valueOf(record, field.key) : null;
  return { value, label: typeof value === "string" ? names[value] : undefined };
}
