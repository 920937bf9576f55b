// Creates, renames or moves a department. Places below itself are not offered, and the vault refuses circles anyway.
import { newId } from "../../new-id.ts";
import { Button, Select } from "@mantine/core";
import { type ReactNode, useState } from "react";
import type { FieldValue, RecordView } from "../../../contract/record-verbs.ts";
import type { SchemaObject } from "../../../contract/schema-verbs.ts";
import { api } from "../../api.ts";
import { ApiProblem } from "../../api-problem.ts";
import { refresh } from "../../query.ts";
import { ErrorState } from "../../ui/ErrorState.tsx";
import { FieldLabel } from "../../ui/FieldLabel.tsx";
import { Sheet } from "../../ui/Sheet.tsx";
import { toast } from "../../ui/toast.tsx";
import { valueText } from "../../record/value-text.ts";
import { aboutWords } from "../../words/acts.ts";
import { departmentWords as w } from "../../words/admin.ts";
import { formWords, recordWords } from "../../words/records.ts";
import { useLanguage } from "../../words/words.ts";
import { type Draft, isEmpty, noDraft, requiredBeyond, sameValue } from "../draft.ts";
import { FieldInput } from "../FieldInput.tsx";
import styles from "../forms.module.css";
import { HeadNote } from "./HeadNote.tsx";
import { departmentLabels, withAbove, withBelow } from "./department-tree.ts";

export interface DepartmentItem {
  readonly id: string;
  readonly parent: string | null;
  readonly position: number;
  readonly name: string;
  readonly record: RecordView;
}

interface Props {
  readonly object: SchemaObject;
  readonly items: readonly DepartmentItem[];
  readonly names: Readonly<Record<string, string>>;
  /** The one being changed; absent: a new one below `parent`. */
  readonly item: DepartmentItem | undefined;
  readonly parent: string | null;
  readonly onClose: () => void;
}

export function DepartmentSheet({ object, items, names, item, parent, onClose }: Props): ReactNode {
  const { t, format } = useLanguage();
  const leaderNow = item?.record.values["leader"] ?? null;
  const [name, setName] = useState<Draft>({ value: item?.name ?? null });
  const [above, setAbove] = useState(item ? item.parent : parent);
  const [leader, setLeader] = useState<Draft>({
    value: leaderNow,
    label: typeof leaderNow === "string" ? names[leaderNow] : undefined,
  });
  const [others, setOthers] = useState<Readonly<Record<string, Draft>>>({});
  const [problems, setProblems] = useState<Readonly<Record<string, string>>>({});
  const [problem, setProblem] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const nameField = object.fields.find(({ key }) => key === object.nameField);
  const leaderField = object.fields.find(({ key }) => key === "leader");
  // What the company requires beside these three is asked for when a department is made, and edited on its page.
  const more = item ? [] : requiredBeyond(object, ["name", "parent", "leader"]);
  const labels = departmentLabels(items);
  const dirty =
    !sameValue(name.value === "" ? null : name.value, item?.name) ||
    above !== (item ? item.parent : parent) ||
    !sameValue(leader.value, leaderNow) ||
    Object.values(others).some(({ value }) => !isEmpty(value));
  const below = item ? withBelow(items, item.id) : new Set<string>();

  /** One of the changes in words: “上级部门 华东 → 华南”. */
  const change = (key: string): string => {
    const known = {
      ...names,
      ...Object.fromEntries(items.map((one) => [one.id, one.name])),
      ...(typeof leader.value === "string" && leader.label && { [leader.value]: leader.label }),
    };
    const field = object.fields.find((one) => one.key === key);
    const text = (value: FieldValue): string =>
      (field && valueText(field, value, known, { t, format })) || t(aboutWords.none);
    const now = { name: name.value, parent: above, leader: leader.value }[key] ?? null;
    return t(aboutWords.fromTo, {
      field: field ? t(field.labels) : key,
      from: text(item?.record.values[key] ?? null),
      to: text(now),
    });
  };

  const save = async (): Promise<void> => {
    const missing = [...(isEmpty(name.value) ? ["name"] : []), ...more.filter((key) => isEmpty(others[key]?.value))];
    if (missing.length > 0)
      return setProblems(Object.fromEntries(missing.map((key) => [key, t(formWords.isRequired)])));
    setBusy(true);
    setProblem(undefined);
    const values = { name: name.value, parent: above, leader: leader.value };
    try {
      if (item) {
        const changed = Object.fromEntries(
          Object.entries(values).filter(([key, value]) => value !== (item.record.values[key] ?? null)),
        );
        await api.call("updateRecord", {
          path: { object: object.key, id: item.id },
          body: { version: item.record.version, values: changed },
          about: t(aboutWords.change, { record: item.name, changes: format.list(Object.keys(changed).map(change)) }),
        });
      } else
        await api.call("createRecord", {
          path: { object: object.key },
          body: {
            id: newId(),
            values: { ...values, ...Object.fromEntries(more.map((key) => [key, others[key]?.value])) },
          },
        });
      await refresh("listRecords", "suggestRecords", "readSchema");
      toast.done(item ? t(w.saved) : t(w.created, { name: String(name.value) }));
      onClose();
    } catch (error) {
      const named = error instanceof ApiProblem ? error.fields : [];
      setProblems(
        Object.fromEntries(named.map((one) => [one.field, one.reason === "circular" ? t(w.circular) : one.message])),
      );
      if (named.length === 0) setProblem(error);
      setBusy(false);
    }
  };

  return (
    <Sheet
      opened
      form={{ dirty, busy }}
      onClose={onClose}
      title={item ? t(w.edit, { name: item.name }) : t(w.add)}
      footer={
        <Button loading={busy} onClick={() => void save()}>
          {t(item ? recordWords.save : formWords.create)}
        </Button>
      }
    >
      <form
        className={styles["form"]}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        {problem !== undefined && <ErrorState problem={problem} />}
        {nameField && (
          <FieldInput
            field={nameField}
            label={<FieldLabel label={t(nameField.labels)} fieldClass={nameField.class} required />}
            draft={name}
            error={problems["name"]}
            autoFocus
            onChange={setName}
          />
        )}
        <Select
          label={t(w.parent)}
          searchable
          clearable
          clearButtonProps={{ "aria-label": t(formWords.clear) }}
          placeholder={t(w.top)}
          error={problems["parent"]}
          data={items
            .filter(({ id }) => !below.has(id))
            .map(({ id, name: bare }) => ({ value: id, label: labels.get(id) ?? bare }))}
          value={above}
          onChange={setAbove}
        />
        {leaderField && (
          <FieldInput
            field={leaderField}
            label={t(leaderField.labels)}
            draft={leader.value === null ? noDraft : leader}
            error={problems["leader"]}
            onChange={setLeader}
          />
        )}
        {typeof leader.value === "string" && (
          <HeadNote
            id={leader.value}
            name={leader.label ?? ""}
            within={[...(item ? [item.id] : []), ...withAbove(items, above)]}
            self={item?.id}
          />
        )}
        {object.fields
          .filter(({ key }) => more.includes(key))
          .map((field) => (
            <FieldInput
              key={field.key}
              field={field}
              label={<FieldLabel label={t(field.labels)} fieldClass={field.class} required />}
              draft={others[field.key] ?? noDraft}
              error={problems[field.key]}
              onChange={(draft) => setOthers({ ...others, [field.key]: draft })}
            />
          ))}
        <button type="submit" hidden />
      </form>
    </Sheet>
  );
}
