// The words of the interface. A word is a pair zh + en, so a missing language does not compile; a parameter named in
// the text must be given, and its absence does not compile either.
import { useSyncExternalStore } from "react";
import type { Language } from "../../contract/problem.ts";
import { type Format, formats } from "./format.ts";

export type { Language };

export interface Word {
  readonly zh: string;
  readonly en: string;
}

/** A table of words. Texts may hold `{name}` and, for English plurals, `{count|one|other}`. */
export function words<const T extends Readonly<Record<string, Word>>>(table: T): T {
  return table;
}

type NamesIn<S extends string> = string extends S
  ? never
  : S extends `${string}{${infer Inner}}${infer Rest}`
    ? (Inner extends `${infer Name}|${string}` ? Name : Inner) | NamesIn<Rest>
    : never;
type WordNames<W extends Word> = NamesIn<W["zh"]> | NamesIn<W["en"]>;
export type WordParams<W extends Word> = [WordNames<W>] extends [never]
  ? []
  : [params: Readonly<Record<WordNames<W>, string | number>>];
export type Translate = <const W extends Word>(word: W, ...params: WordParams<W>) => string;

const storageKey = "strongroom.language";
const listeners = new Set<() => void>();
let language: Language = remembered() ?? browsers();

/** Outside components; inside them `useLanguage` follows changes. */
export function currentLanguage(): Language {
  return language;
}

export function languageTag(of: Language): "zh-CN" | "en" {
  return of === "zh" ? "zh-CN" : "en";
}

export function setLanguage(next: Language): void {
  language = next;
  try {
    localStorage.setItem(storageKey, next);
  } catch {
    // Storage refused: the choice holds until the page is closed.
  }
  applyToDocument();
  for (const listener of listeners) listener();
}

/** Marks the page's language for screen readers and the choice of Han glyphs. */
export function applyToDocument(): void {
  document.documentElement.lang = languageTag(language);
}

/** The text of a word in the current language. */
export const translate: Translate = (word, ...params) => fill(word[language], params[0] ?? {}, formats[language]);

const translators: Record<Language, Translate> = {
  zh: (word, ...params) => fill(word.zh, params[0] ?? {}, formats.zh),
  en: (word, ...params) => fill(word.en, params[0] ?? {}, formats.en),
};

export interface LanguageTools {
  readonly language: Language;
  /** The text of a word; also takes labels (`{ zh, en }`) of fields and objects. */
  readonly t: Translate;
  readonly format: Format;
  readonly setLanguage: (next: Language) => void;
}

const tools: Record<Language, LanguageTools> = {
  zh: { language: "zh", t: translators.zh, format: formats.zh, setLanguage },
  en: { language: "en", t: translators.en, format: formats.en, setLanguage },
};

/** The current language, its translator and its formats. The component renders anew when the language changes. */
export function useLanguage(): LanguageTools {
  return tools[useSyncExternalStore(subscribe, currentLanguage)];
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function fill(text: string, params: Readonly<Record<string, string | number>>, format: Format): string {
  return text.replaceAll(
    /\{([^{}|]+)(?:\|([^{}|]*)\|([^{}|]*))?\}/gu,
    (_, name: string, one: string | undefined, other: string | undefined) => {
      const value = params[name] ?? "";
      if (one !== undefined && other !== undefined) return Number(value) === 1 ? one : other;
      return typeof value === "number" ? format.number(value) : value;
    },
  );
}

function remembered(): Language | undefined {
  try {
    const found = localStorage.getItem(storageKey);
    return found === "zh" || found === "en" ? found : undefined;
  } catch {
    return undefined;
  }
}

function browsers(): Language {
  const [first = "en"] = navigator.languages;
  return first.toLowerCase().startsWith("zh") ? "zh" : "en";
}
