// The state of an import in a word.
import { importWords as w } from "../../words/imports.ts";
import type { Word } from "../../words/words.ts";
import type { ImportJob } from "./import-plan.ts";

const states: Readonly<Record<ImportJob["state"], Word>> = {
  uploading: w.stateUploading,
  uploaded: w.stateDraft,
  analysed: w.stateDraft,
  checking: w.checking,
  checked: w.stateChecked,
  running: w.running,
  done: w.done,
  failed: w.failed,
  undoing: w.undoing,
  undone: w.undone,
  cancelled: w.stateCancelled,
};

export function stateWord(state: ImportJob["state"]): Word {
  return states[state];
}
