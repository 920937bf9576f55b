// Adds a colleague: his record, his roles, his invitation. Each step that succeeded stays; what did not is said.
import { newId } from "../../new-id.ts";
import { Button } from "@mantine/core";
import { Fragment, type ReactNode, useState } from "react";
import type { SchemaField, SchemaObject } from "../../../contract/schema-verbs.ts";
import { api } from "../../api.ts";
import { ApiProblem } from "../../api-problem.ts";
import type { CallOutput } from "../../endpoint-types.ts";
import { refresh, useMe } from "../../query.ts";
import { ErrorState } from "../../ui/ErrorState.tsx";
import { FieldLabel } from "../../ui/FieldLabel.tsx";
import { Sheet } from "../../ui/Sheet.tsx";
import { toast } from "../../ui/toast.tsx";
import { aboutWords } from "../../words/acts.ts";
import { peopleWords as w } from "../../words/admin.ts";
import { formWords } from "../../words/records.ts";
import { useLanguage } from "../../words/words.ts";
import { type Draft, isEmpty, noDraft, requiredBeyond } from "../draft.ts";
import { FieldInput } from "../FieldInput.tsx";
import styles from "../forms.module.css";
import { RolesInput } from "./RolesInput.tsx";
import { useRolesText } from "./use-people.ts";

export interface Invited {
  readonly name: string;
  readonly invitation: CallOutput<"createInvitation">;
}

interface Props {
  readonly object: SchemaObject;
  readonly onClose: () => void;
  readonly onInvited: (invited: Invited) => void;
}

/** In this order; without an address nobody can sign in, so it is asked for here. */
const asked = ["name", "email", "department", "jobTitle", "manager", "phone"];

export function PersonSheet({ object, onClose, onInvited }: Props): ReactNode {
  const { t } = useLanguage();
  const mayAssign = useMe()?.capabilities.includes("roles.manage") ?? false;
  const text = useRolesText();
  const [drafts, setDrafts] = useState<Readonly<Record<string, Draft>>>({});
  const [roles, setRoles] = useState<readonly string[]>([]);
  const [problems, setProblems] = useState<Readonly<Record<string, string>>>({});
  const [problem, setProblem] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const fields = [...asked, ...requiredBeyond(object, asked)].flatMap((key): SchemaField[] => {
    const field = object.fields.find((one) => one.key === key && one.level === "write");
    return field ? [{ ...field, required: field.required || key === "email" }] : [];
  });

  const submit = async (): Promise<void> => {
    const missing = fields.filter((field) => field.required && isEmpty(drafts[field.key]?.value));
    if (missing.length > 0)
      return setProblems(Object.fromEntries(missing.map(({ key }) => [key, t(formWords.isRequired)])));
    setBusy(true);
    setProblem(undefined);
    const name = String(drafts["name"]?.value ?? "");
    let id: string;
    try {
      const values = Object.fromEntries(
        Object.entries(drafts).flatMap(([key, { value }]) => (isEmpty(value) ? [] : [[key, value]])),
      );
      ({ id } = await api.call("createRecord", { path: { object: object.key }, body: { id: newId(), values } }));
    } catch (error) {
      const named = error instanceof ApiProblem ? error.fields : [];
      setProblems(Object.fromEntries(named.map((one) => [one.field, one.message])));
      if (named.length === 0) setProblem(error);
      return setBusy(false);
    }
    // From here on the person exists: what fails now can be done again from the list.
    try {
      if (roles.length > 0)
        await api.call("assignRoles", {
          path: { id },
          body: { roles: [...roles] },
          about: t(aboutWords.roles, { name, from: text([]), to: text(roles) }),
          step: { at: 1, of: 2 },
        });
    } catch (error) {
      toast.problem(error, t(w.addedNoRoles, { name }));
    }
    try {
      const invitation = await api.call("createInvitation", {
        body: { userId: id },
        about: name,
        ...(roles.length > 0 && { step: { at: 2, of: 2 } }),
      });
      onInvited({ name, invitation });
    } catch (error) {
      toast.problem(error, t(w.addedNoInvitation, { name }));
      onClose();
    }
    await refresh("listRecords", "listRoleMembers", "suggestRecords");
    setBusy(false);
  };

  return (
    <Sheet
      opened
      form={{ dirty: roles.length > 0 || Object.values(drafts).some((draft) => !isEmpty(draft.value)), busy }}
      onClose={onClose}
      title={t(w.add)}
      footer={
        <Button loading={busy} onClick={() => void submit()}>
          {t(w.addAndInvite)}
        </Button>
      }
    >
      <form
        className={styles["form"]}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        {problem !== undefined && <ErrorState problem={problem} />}
        {fields.map((field, index) => (
          <Fragment key={field.key}>
            <FieldInput
              field={field}
              label={<FieldLabel label={t(field.labels)} fieldClass={field.class} required={field.required} />}
              draft={drafts[field.key] ?? noDraft}
              error={problems[field.key]}
              autoFocus={index === 0}
              onChange={(draft) => {
                setDrafts({ ...drafts, [field.key]: draft });
                setProblems(Object.fromEntries(Object.entries(problems).filter(([key]) => key !== field.key)));
              }}
            />
            {field.key === "department" && isEmpty(drafts["department"]?.value) && (
              <p className={styles["second"]} role="status">
                {t(w.addNoDepartment)}
              </p>
            )}
          </Fragment>
        ))}
        {mayAssign && <RolesInput value={roles} onChange={setRoles} />}
        <button type="submit" hidden />
      </form>
    </Sheet>
  );
}
