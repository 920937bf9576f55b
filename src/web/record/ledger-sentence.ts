// An entry of the audit log as a sentence a person reads: “李雷 查看了客户 北京华信 的电话”. Pure; names come with the
// answer, and what may not be named is named by its kind.
import { type Labels, snake } from "../../contract/field.ts";
import { actNames } from "../words/acts.ts";
import { auditWords, refusedWords } from "../words/audit.ts";
import { actionNames, sentences } from "../words/ledger.ts";
import { inSentence } from "./in-sentence.ts";
import type { LanguageTools, Translate, Word } from "../words/words.ts";

export interface SentenceEntry {
  readonly action: string;
  readonly person: string | null;
  readonly actor: string;
  readonly object: string | null;
  readonly objectIds: readonly string[];
  readonly fields: readonly string[];
  readonly result: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly repeated: number;
}

/** As much of the schema as sentences need. */
export interface SentenceObject {
  readonly key: string;
  readonly labels: Labels;
  readonly plural: Labels;
  readonly fields: readonly { readonly key: string; readonly labels: Labels }[];
}

const approving = "act.approve";

/** Every sentence may use any of these; a parameter it does not name is left out. */
type SentenceWord = { readonly zh: "{who}{object}{objects}{record}{fields}{n}"; readonly en: string };
type Names = Readonly<Record<string, string>>;

export function ledgerSentence(
  entry: SentenceEntry,
  names: Names,
  objects: readonly SentenceObject[],
  { t, format }: Pick<LanguageTools, "t" | "format">,
): string {
  const object = objects.find(({ key }) => key === entry.object);
  const nameOf = (labels: Labels | undefined): string => (labels ? inSentence(t(labels)) : "");
  const record = entry.objectIds[0] === undefined ? undefined : names[entry.objectIds[0]];
  const more = entry.objectIds.length - 1;
  const count = countOf(entry);
  const named = record ?? t(object && entry.objectIds.length > 0 ? auditWords.unnamed : auditWords.aRecord);
  const word = sentenceOf(entry.action) as SentenceWord;
  const sentence = t(word, {
    who: whoIs(entry, names, t),
    object: nameOf(object?.labels),
    objects: nameOf(count === 1 && word.en.includes("{n}") ? object?.labels : object?.plural),
    record: more > 0 ? `${named} ${t(auditWords.moreRecords, { n: more })}` : named,
    fields:
      entry.fields.length === 0
        ? t(entry.action === approving ? auditWords.anAct : auditWords.details)
        : format.list(
            namedFields(entry, object, t).map((name) => (entry.action === approving ? name : inSentence(name))),
          ),
    n: count,
  })
    .replaceAll(/ {2,}/gu, " ")
    .trim();
  const whole = sentence.slice(0, 1).toUpperCase() + sentence.slice(1);
  return entry.result === "refused" && entry.actor !== "system" && entry.action !== "anonymous.refused"
    ? t(refusedWords.tried, { sentence: whole })
    : whole;
}

export function whoIs(entry: Pick<SentenceEntry, "person" | "actor">, names: Names, t: Translate): string {
  if (entry.person !== null) return names[entry.person] ?? t(auditWords.aColleague);
  return t(entry.actor === "system" ? auditWords.system : auditWords.somebody);
}

/** The short name of an action. */
export function actionText(action: string, t: Translate): string {
  return t(lookUp(actionNames, codeOf(action)) ?? actionNames.other);
}

function sentenceOf(action: string): Word {
  const key = codeOf(action);
  return lookUp(sentences, key) ?? (key.startsWith("request.") ? sentences.request : sentences.other);
}

function lookUp(table: Readonly<Record<string, Word>>, key: string): Word | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

/** Refused verbs stand by their verb's name: signIn.password is sign_in.password. */
function codeOf(action: string): string {
  return action.startsWith("request.") ? action : snake(action);
}

/** What an entry names as its fields: labels of fields, or of an approval the act that was approved. */
export function namedFields(
  { action, fields }: Pick<SentenceEntry, "action" | "fields">,
  object: SentenceObject | undefined,
  t: Translate,
): readonly string[] {
  if (action === approving) return fields.map((key) => t(lookUp(actNames, key) ?? auditWords.anAct));
  return fields.map((key) => {
    const field = object?.fields.find((one) => one.key === key);
    return field ? t(field.labels) : key;
  });
}

function countOf({ counts, repeated }: SentenceEntry): number {
  const first = Object.values(counts).find((count) => count > 0);
  return counts["listed"] ?? counts["refused"] ?? first ?? counts["written"] ?? repeated;
}
