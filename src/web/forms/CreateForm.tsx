// The form of a new record, made from the schema: required fields first, then those lists show, the rest on demand. Every
// problem the vault names stands at its field.
import { newId } from "../new-id.ts";
import { Button } from "@mantine/core";
import { type ReactNode, useEffect, useRef, useState } from "react";
import type { SchemaField, SchemaObject } from "../../contract/schema-verbs.ts";
import { api } from "../api.ts";
import { ApiProblem } from "../api-problem.ts";
import { refresh, useMe } from "../query.ts";
import { inSentence } from "../record/in-sentence.ts";
import { ErrorState } from "../ui/ErrorState.tsx";
import { FieldLabel } from "../ui/FieldLabel.tsx";
import { Sheet } from "../ui/Sheet.tsx";
import { toast } from "../ui/toast.tsx";
import { formWords } from "../words/records.ts";
import { useLanguage } from "../words/words.ts";
import { type Draft, isEmpty, noDraft } from "./draft.ts";
import { DuplicateHint } from "./DuplicateHint.tsx";
import { FieldInput } from "./FieldInput.tsx";
import styles from "./forms.module.css";

interface Props {
  readonly object: SchemaObject;
  readonly initial: Readonly<Record<string, Draft>>;
  /** A reference made meanwhile in a second sheet. */
  readonly filled: { readonly field: string; readonly draft: Draft } | undefined;
  readonly onClose: () => void;
  readonly onCreateReference: (field: string, object: string, name: string) => void;
  readonly onCreated: (id: string, name: string, another: boolean) => void;
}

/** Who may create records of his own only has no owner to choose. */
function mayChoose({ can }: SchemaObject, { key }: SchemaField): boolean {
  return key !== "owner" || can.create !== "own";
}

type Drafts = Readonly<Record<string, Draft>>;

export function CreateForm({
  object,
  initial: given,
  filled,
  onClose,
  onCreateReference,
  onCreated,
}: Props): ReactNode {
  const { t } = useLanguage();
  const me = useMe();
  const form = useRef<HTMLFormElement>(null);
  const fields = object.fields.filter(
    (field) => field.level === "write" && !field.computed && mayChoose(object, field),
  );
  // Whoever makes a record is its owner unless he names another.
  const [initial] = useState<Drafts>(() =>
    me && fields.some(({ key }) => key === "owner") ? { owner: { value: me.userId, label: me.name }, ...given } : given,
  );
  const [drafts, setDrafts] = useState<Drafts>(initial);
  const [problems, setProblems] = useState<Readonly<Record<string, string>>>({});
  const [problem, setProblem] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const [all, setAll] = useState(false);
  const first = fields.filter((field) => field.required);
  const usual = fields.filter((field) => !field.required && (field.listed || field.key in initial || field.system));
  const rest = fields.filter((field) => !first.includes(field) && !usual.includes(field));
  const dirty = Object.entries(drafts).some(
    ([key, draft]) => !isEmpty(draft.value) && draft.value !== (initial[key]?.value ?? null),
  );
  const name = String(drafts[object.nameField]?.value ?? "");

  useEffect(() => {
    if (filled) setDrafts((now) => ({ ...now, [filled.field]: filled.draft }));
  }, [filled]);

  const change = (key: string, draft: Draft): void => {
    setDrafts({ ...drafts, [key]: draft });
    if (problems[key] !== undefined)
      setProblems(Object.fromEntries(Object.entries(problems).filter(([other]) => other !== key)));
  };
  const submit = async (another: boolean): Promise<void> => {
    const missing = first.filter(
      (field) => isEmpty(drafts[field.key]?.value) && drafts[field.key]?.problem === undefined,
    );
    const unreadable = fields.filter((field) => drafts[field.key]?.problem !== undefined);
    if (missing.length + unreadable.length > 0) {
      setProblems(Object.fromEntries(missing.map((field) => [field.key, t(formWords.isRequired)])));
      return focus([...missing, ...unreadable].map(({ key }) => key));
    }
    setBusy(true);
    setProblem(undefined);
    try {
      const values = Object.fromEntries(
        Object.entries(drafts).flatMap(([key, { value }]) => (isEmpty(value) ? [] : [[key, value]])),
      );
      const made = await api.call("createRecord", { path: { object: object.key }, body: { id: newId(), values } });
      setDrafts(initial);
      setProblems({});
      toast.done(t(formWords.created, { name }));
      await refresh("listRecords", "suggestRecords");
      onCreated(made.id, name, another);
      if (another) focus(first.map(({ key }) => key));
    } catch (error) {
      const named = error instanceof ApiProblem ? error.fields : [];
      setProblems(Object.fromEntries(named.map((one) => [one.field, one.message])));
      if (named.some((one) => rest.some(({ key }) => key === one.field))) setAll(true);
      if (named.every((one) => !fields.some(({ key }) => key === one.field))) setProblem(error);
      focus(named.map((one) => one.field));
    } finally {
      setBusy(false);
    }
  };
  const focus = (keys: readonly string[]): void => {
    setTimeout(() => {
      const inputs = [...(form.current?.querySelectorAll<HTMLElement>("[name]") ?? [])];
      inputs.find((input) => keys.includes(input.getAttribute("name") ?? ""))?.focus();
    });
  };
  const input = (field: SchemaField, index: number): ReactNode => (
    <FieldInput
      key={field.key}
      field={field}
      label={<FieldLabel label={t(field.labels)} fieldClass={field.class} required={field.required} />}
      draft={drafts[field.key] ?? noDraft}
      error={problems[field.key]}
      autoFocus={index === 0}
      onChange={(draft) => change(field.key, draft)}
      onCreateReference={(target, text) => onCreateReference(field.key, target, text)}
    />
  );
  const wrong = Object.keys(problems).length;

  return (
    <Sheet
      opened
      form={{ dirty, busy }}
      onClose={onClose}
      title={t(formWords.newTitle, { object: inSentence(t(object.labels)) })}
      footer={
        <>
          <Button variant="default" disabled={busy} onClick={() => void submit(true)}>
            {t(formWords.createAnother)}
          </Button>
          <Button loading={busy} onClick={() => void submit(false)}>
            {t(formWords.create)}
          </Button>
        </>
      }
    >
      <form
        ref={form}
        className={styles["form"]}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit(false);
        }}
      >
        {problem !== undefined && <ErrorState problem={problem} />}
        {wrong > 0 && (
          <p className={styles["banner"]} role="alert">
            {t(formWords.correct, { n: wrong })}
          </p>
        )}
        <DuplicateHint object={object} drafts={drafts} />
        {[...first, ...usual].map(input)}
        {rest.length > 0 && !all && (
          <Button className={styles["more"] ?? ""} variant="subtle" size="xs" onClick={() => setAll(true)}>
            {t(formWords.optional)} ({rest.length})
          </Button>
        )}
        {all && rest.map((field) => input(field, -1))}
        {/* Enter in an input sends the form. */}
        <button type="submit" hidden />
      </form>
    </Sheet>
  );
}
