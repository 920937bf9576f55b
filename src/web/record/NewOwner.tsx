// Chooses the person to whom records go, and says what becomes of their department before anything is written.
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { Draft } from "../forms/draft.ts";
import { ReferencePicker } from "../forms/ReferencePicker.tsx";
import { apiQuery } from "../query.ts";
import { transferWords as w } from "../words/records.ts";
import { useLanguage } from "../words/words.ts";
import styles from "./record.module.css";

interface Props {
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
  readonly label: string;
  readonly autoFocus?: boolean;
}

export function NewOwner({ draft, onChange, label, autoFocus = false }: Props): ReactNode {
  return (
    <>
      <ReferencePicker object="user" label={label} autoFocus={autoFocus} draft={draft} onChange={onChange} />
      {typeof draft.value === "string" && <DepartmentNote id={draft.value} name={draft.label ?? ""} />}
    </>
  );
}

/** Records follow the department of the person they are given to. */
export function DepartmentNote({ id, name }: { readonly id: string; readonly name: string }): ReactNode {
  const { t } = useLanguage();
  const found = useQuery(personQuery(name)).data;
  const person = found?.rows.find((one) => one.id === id);
  if (!found || !person) return null;
  return person.department === null ? (
    <p className={styles["banner"]} role="status">
      {t(w.noDepartment, { name })}
    </p>
  ) : (
    <p className={styles["second"]} role="status">
      {t(w.department, { department: found.names[person.department] ?? t(w.hisDepartment) })}
    </p>
  );
}

/** The people of this name, with their departments. */
export function personQuery(name: string) {
  return apiQuery("listRecords", {
    path: { object: "user" },
    body: { filter: { field: "name", op: "eq", value: name }, columns: ["name"], limit: 50 },
  });
}
