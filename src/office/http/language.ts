// The language of an answer, from what the browser prefers.
import type { Language } from "../../contract/problem.ts";

/** `preferred`: an Accept-Language field or a language tag. */
export function languageFrom(preferred: string | null | undefined): Language {
  return /^\s*zh/iu.test(preferred ?? "") ? "zh" : "en";
}
