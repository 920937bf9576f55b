// One change of a record in its timeline: who changed which field, from what to what. Restricted values stay masked.
import { ArrowRight, ArrowRightLeft, History, Lock, Pencil, Plus, RotateCcw, Trash2, Upload } from "lucide-react";
import type { ReactNode } from "react";
import type { SchemaField, SchemaObject } from "../../contract/schema-verbs.ts";
import type { CallOutput } from "../endpoint-types.ts";
import { recordWords, valueWords } from "../words/records.ts";
import { useLanguage, type Word } from "../words/words.ts";
import { inSentence } from "./in-sentence.ts";
import { type Names, valueText } from "./value-text.ts";
import styles from "./record.module.css";

export type Change = CallOutput<"readHistory">["changes"][number];

interface Props {
  readonly object: SchemaObject;
  readonly change: Change;
  readonly names: Names;
}

export function ChangeEntry({ object, change, names }: Props): ReactNode {
  const { t, format } = useLanguage();
  const { icon: Icon, word, fresh } = kindOf(change);
  const person = change.by === null ? t(valueWords.system) : (names[change.by] ?? t(valueWords.somebody));
  const named = change.fields.flatMap((one) => {
    const field = object.fields.find(({ key }) => key === one.field);
    return field ? [{ ...one, field }] : [];
  });
  // What the product keeps by itself follows from the rest and is only told where there is nothing else.
  const own = named.filter(({ field }) => !field.computed);
  const fields = own.length > 0 ? own : named;
  const labels = fields.map(({ field }) => inSentence(t(field.labels)));
  return (
    <li>
      <span className={styles["timelineIcon"]}>
        <Icon size="1em" aria-hidden />
      </span>
      <div className={styles["timelineBody"]}>
        <p className={styles["timelineHead"]}>
          <strong>{person}</strong>
          <span>
            {t((labels.length === 0 ? nameless(word) : word) as KindWord, {
              fields: format.list(labels),
              object: inSentence(t(object.labels)),
            })}
          </span>
          <time dateTime={change.at} title={format.exact(change.at)}>
            {format.relative(change.at)}
          </time>
        </p>
        {fields.length > 0 && (
          <dl className={styles["changes"]}>
            {fields.map((one) => (
              <div key={one.field.key} data-single={(fields.length === 1 && !fresh) || undefined}>
                {(fields.length > 1 || fresh) && <dt>{t(one.field.labels)}</dt>}
                <dd>
                  {fresh || isRewritten(one) ? null : (
                    <>
                      <OneValue field={one.field} value={one.before} masked={one.masked} names={names} old />
                      <ArrowRight size="1em" aria-label={t(recordWords.after)} className={styles["arrow"]} />
                    </>
                  )}
                  <OneValue field={one.field} value={one.after} masked={one.masked} names={names} />
                  {isRewritten(one) && <span className={styles["second"]}>{t(recordWords.rewritten)}</span>}
                </dd>
              </div>
            ))}
          </dl>
        )}
      </div>
    </li>
  );
}

/** Two masks that look the same tell nothing by standing side by side: that the value was written is all there is to say. */
function isRewritten({ before, after, masked }: Omit<Change["fields"][number], "field">): boolean {
  return masked && before === after;
}

interface ValueProps {
  readonly field: SchemaField;
  readonly value: Change["fields"][number]["before"];
  readonly masked: boolean;
  readonly names: Names;
  readonly old?: boolean;
}

function OneValue({ field, value, masked, names, old = false }: ValueProps): ReactNode {
  const { t, format } = useLanguage();
  const text = masked ? String(value ?? "") : valueText(field, value, names, { t, format });
  if (text === "") return <span className={styles["none"]}>{t(recordWords.emptyValue)}</span>;
  return (
    <span className={old ? styles["old"] : undefined}>
      {masked && <Lock size="1em" className={styles["lock"]} aria-label={t(valueWords.masked)} />} {text}
    </span>
  );
}

/** Of a change none of whose fields may be seen only that there was one is said. */
function nameless(word: Word): Word {
  return word.en.includes("{fields}") ? recordWords.otherAction : word;
}

type KindWord = { readonly zh: "{fields}{object}"; readonly en: string };

interface Kind {
  readonly icon: typeof Plus;
  /** It may name the fields. */
  readonly word: Word;
  /** There was nothing before. */
  readonly fresh: boolean;
}

function kindOf({ action }: Change): Kind {
  const last = action.split(".").at(-1);
  if (action.startsWith("import.")) return importKindOf(last);
  switch (last) {
    case "create":
      return { icon: Plus, word: recordWords.created, fresh: true };
    case "update":
      return { icon: Pencil, word: recordWords.wasChanged, fresh: false };
    case "transfer":
      return { icon: ArrowRightLeft, word: recordWords.wasTransferred, fresh: false };
    case "delete":
      return { icon: Trash2, word: recordWords.wasDeleted, fresh: false };
    case "restore":
      return { icon: RotateCcw, word: recordWords.wasRestored, fresh: false };
    default:
      return { icon: History, word: recordWords.otherAction, fresh: false };
  }
}

function importKindOf(deed: string | undefined): Kind {
  if (deed === "create") return { icon: Upload, word: recordWords.wasImported, fresh: true };
  if (deed === "delete") return { icon: Trash2, word: recordWords.removedByImport, fresh: false };
  return { icon: Upload, word: recordWords.changedByImport, fresh: false };
}
