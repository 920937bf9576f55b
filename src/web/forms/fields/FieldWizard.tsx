// A new field in three steps: what it is, how sensitive it is, and the details. The class is explained before it is
// chosen, because everything else follows from it.
import { Button } from "@mantine/core";
import { type ReactNode, useEffect, useState } from "react";
import type { FieldType, Purpose, SensitivityClass } from "../../../contract/field.ts";
import type { SchemaObject } from "../../../contract/schema-verbs.ts";
import { api } from "../../api.ts";
import { ApiProblem } from "../../api-problem.ts";
import { refresh } from "../../query.ts";
import { inSentence } from "../../record/in-sentence.ts";
import { ErrorState } from "../../ui/ErrorState.tsx";
import { Sheet } from "../../ui/Sheet.tsx";
import { toast } from "../../ui/toast.tsx";
import { fieldsWords as w } from "../../words/admin.ts";
import { useLanguage } from "../../words/words.ts";
import styles from "../forms.module.css";
import { StepLine } from "../StepLine.tsx";
import { ClassChoice } from "./ClassChoice.tsx";
import { DetailsStep } from "./DetailsStep.tsx";
import { bothLabels, isKey, keyFrom, keyFromChinese, optionKeys, suggestedClass } from "./field-plan.ts";
import { WhatStep } from "./WhatStep.tsx";

export interface FieldPlan {
  readonly zh: string;
  readonly en: string;
  /** Empty: made from the English label. */
  readonly key: string;
  readonly type: FieldType;
  readonly class: SensitivityClass | undefined;
  readonly purpose: Purpose;
  /** Months after the last change; undefined: as long as the record. */
  readonly months: number | undefined;
  readonly required: boolean;
  readonly listed: boolean;
  readonly searchable: boolean;
  readonly scale: number;
  readonly target: string;
  readonly options: readonly { readonly zh: string; readonly en: string }[];
}

interface Props {
  readonly object: SchemaObject;
  readonly objects: readonly SchemaObject[];
  readonly onClose: () => void;
}

const emptyPlan: FieldPlan = {
  zh: "",
  en: "",
  key: "",
  type: "text",
  class: undefined,
  purpose: "selling",
  months: undefined,
  required: false,
  listed: false,
  searchable: false,
  scale: 2,
  target: "",
  options: [
    { zh: "", en: "" },
    { zh: "", en: "" },
  ],
};

/** The key made from the label: its Latin words, or the pinyin of the Chinese one. */
function useSuggestedKey({ zh, en }: FieldPlan): string {
  const latin = keyFrom(en);
  const [chinese, setChinese] = useState({ of: "", key: "" });
  useEffect(() => {
    if (latin !== "" || zh.trim() === "") return;
    let gone = false;
    const keep = (key: string): void => {
      if (!gone) setChinese({ of: zh, key });
    };
    void keyFromChinese(zh).then(keep, () => keep(""));
    return () => {
      gone = true;
    };
  }, [latin, zh]);
  return latin !== "" ? latin : chinese.of === zh ? chinese.key : "";
}

export function FieldWizard({ object, objects, onClose }: Props): ReactNode {
  const { t } = useLanguage();
  const [step, setStep] = useState(0);
  const [plan, setPlan] = useState<FieldPlan>({ ...emptyPlan, target: objects[0]?.key ?? "" });
  const [problem, setProblem] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const change = (part: Partial<FieldPlan>): void => setPlan({ ...plan, ...part });
  const suggested = useSuggestedKey(plan);
  const key = plan.key === "" ? suggested : plan.key;
  const level = plan.class ?? suggestedClass(plan.type);
  const taken = object.fields.some((field) => field.key === key);
  const keyProblem = key === "" ? undefined : !isKey(key) ? t(w.keyWrong) : taken ? t(w.keyTaken) : undefined;
  const options = plan.options.filter(({ zh, en }) => zh.trim() !== "" || en.trim() !== "");
  const labels = bothLabels(plan);
  const named = labels.zh !== "" && key !== "" && keyProblem === undefined;
  const dirty = Object.entries(plan).some(
    ([part, value]) => part !== "target" && value !== emptyPlan[part as keyof FieldPlan],
  ); // a key of its own
  const ready = named && (plan.type !== "choice" || options.length > 0);

  const define = async (): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    const keys = optionKeys(options.map(({ en, zh }) => en || zh));
    try {
      await api.call("defineField", {
        body: {
          object: object.key,
          key,
          type: plan.type,
          class: level,
          labels,
          purpose: plan.purpose,
          retention: plan.months === undefined ? "with_record" : { monthsAfterChange: plan.months },
          required: plan.required && plan.type !== "boolean",
          listed: plan.listed,
          searchable: plan.searchable && level < 3,
          ...(plan.type === "decimal" && { scale: plan.scale }),
          ...(plan.type === "reference" && { target: plan.target }),
          ...(plan.type === "choice" && {
            options: options.map((option, index) => ({ key: keys[index] ?? "", labels: bothLabels(option) })),
          }),
        },
      });
      await refresh("readSchema", "listRecords");
      toast.done(t(w.defined, { name: t(labels) }));
      onClose();
    } catch (error) {
      setProblem(error);
      if (error instanceof ApiProblem && error.field("key") !== undefined) setStep(0);
      setBusy(false);
    }
  };

  return (
    <Sheet
      opened
      form={{ dirty, busy }}
      wide
      onClose={onClose}
      title={t(w.addTo, { object: inSentence(t(object.labels)) })}
      footer={
        <>
          {step > 0 && (
            <Button variant="default" onClick={() => setStep(step - 1)}>
              {t(w.back)}
            </Button>
          )}
          {step < 2 ? (
            <Button disabled={!named} onClick={() => setStep(step + 1)}>
              {t(w.next)}
            </Button>
          ) : (
            <Button disabled={!ready} loading={busy} onClick={() => void define()}>
              {t(w.define)}
            </Button>
          )}
        </>
      }
    >
      <div className={styles["form"]}>
        <StepLine steps={[t(w.stepWhat), t(w.stepClass), t(w.stepDetails)]} at={step} />
        {problem !== undefined && <ErrorState problem={problem} />}
        {step === 0 && (
          <WhatStep plan={plan} generatedKey={key} keyProblem={keyProblem} objects={objects} onChange={change} />
        )}
        {step === 1 && (
          <ClassChoice
            value={level}
            suggested={suggestedClass(plan.type)}
            onChange={(value) => change({ class: value })}
          />
        )}
        {step === 2 && <DetailsStep plan={plan} level={level} onChange={change} />}
      </div>
    </Sheet>
  );
}
