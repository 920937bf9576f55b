// Why may somebody do something, or why not: the vault's own reasons, role by role, in plain words.
import { Button, Select } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { CircleCheck, CircleX } from "lucide-react";
import { type ReactNode, useState } from "react";
import { api } from "../../api.ts";
import { useMe, useSchema } from "../../query.ts";
import { ErrorState } from "../../ui/ErrorState.tsx";
import { Panel } from "../../ui/Panel.tsx";
import { actionWords, becauseWords, levelWords, roleWords as w, scopeWords } from "../../words/admin.ts";
import { formWords } from "../../words/records.ts";
import { useLanguage, type Word } from "../../words/words.ts";
import { type Draft, noDraft } from "../draft.ts";
import { useRoles } from "../people/use-people.ts";
import { ReferencePicker } from "../ReferencePicker.tsx";
import styles from "./roles.module.css";

const actions = ["view", "create", "edit", "delete", "import"] as const;

export function ExplainBox(): ReactNode {
  const { t } = useLanguage();
  const me = useMe();
  const objects = useSchema().data?.objects ?? [];
  const roles = useRoles();
  const [person, setPerson] = useState<Draft>(noDraft);
  const [object, setObject] = useState<string | null>(null);
  const [action, setAction] = useState<(typeof actions)[number]>("view");
  const [record, setRecord] = useState<Draft>(noDraft);
  const [field, setField] = useState<string | null>(null);
  const key = object ?? objects[0]?.key ?? "";
  const chosen = objects.find((one) => one.key === key);
  const mayOthers = me?.capabilities.includes("people.manage") ?? false;
  const explain = useMutation({
    mutationFn: () =>
      api.call("explainAccess", {
        body: {
          object: key,
          action,
          ...(typeof person.value === "string" && { userId: person.value }),
          ...(typeof record.value === "string" && { id: record.value }),
          ...(field !== null && { field }),
        },
      }),
  });
  const change = (apply: () => void): void => {
    explain.reset();
    apply();
  };

  return (
    <Panel title={t(w.explainTitle)} text={t(w.explainHint)}>
      <form
        className={styles["explain"]}
        onSubmit={(event) => {
          event.preventDefault();
          explain.mutate();
        }}
      >
        <ReferencePicker
          object="user"
          label={t(w.person)}
          placeholder={me?.name ?? ""}
          disabled={!mayOthers}
          draft={person}
          onChange={(draft) => change(() => setPerson(draft))}
        />
        <Select
          label={t(w.action)}
          allowDeselect={false}
          data={actions.map((one) => ({ value: one, label: t(actionWords[one]) }))}
          value={action}
          onChange={(value) => change(() => setAction(actions.find((one) => one === value) ?? "view"))}
        />
        <Select
          label={t(w.object)}
          allowDeselect={false}
          data={objects.map((one) => ({ value: one.key, label: t(one.labels) }))}
          value={key}
          onChange={(value) =>
            change(() => {
              setObject(value);
              setRecord(noDraft);
              setField(null);
            })
          }
        />
        <ReferencePicker
          key={key}
          object={key}
          label={t(w.record)}
          draft={record}
          onChange={(draft) => change(() => setRecord(draft))}
        />
        <Select
          label={t(w.field)}
          placeholder={t(formWords.choose)}
          searchable
          clearable
          data={(chosen?.fields ?? []).map((one) => ({ value: one.key, label: t(one.labels) }))}
          value={field}
          onChange={(value) => change(() => setField(value))}
        />
        <Button type="submit" loading={explain.isPending} disabled={key === ""}>
          {t(w.explain)}
        </Button>
      </form>
      {explain.error && <ErrorState problem={explain.error} />}
      {explain.data && (
        <div className={styles["answer"]} role="status">
          <p className={styles["verdict"]} data-allowed={explain.data.allowed || undefined}>
            {explain.data.allowed ? <CircleCheck size="1em" aria-hidden /> : <CircleX size="1em" aria-hidden />}{" "}
            {t(explain.data.allowed ? w.allowed : w.denied)}
          </p>
          <ul className={styles["list"]}>
            {explain.data.reasons.map((reason, index) => {
              const role = roles.find((one) => one.key === reason.role);
              const detail =
                reason.because === "granted" || reason.because === "outside_scope"
                  ? ` · ${t(scopeWords[reason.scope])}`
                  : "";
              return (
                <li key={index}>
                  {role && <strong>{t(role.labels)}</strong>}
                  {role && "  "}
                  {t(becauseOf(reason.because))}
                  {detail}
                  {reason.level !== null && ` · ${t(levelWords[reason.level])}`}
                </li>
              );
            })}
          </ul>
        </div>
      )}
    </Panel>
  );
}

function becauseOf(code: string): Word {
  return Object.entries(becauseWords).find(([key]) => key === code)?.[1] ?? becauseWords.other;
}
