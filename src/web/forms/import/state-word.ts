// The state of an import in a word; one that was taken back says how much of it.
import { importWords as w } from "../../words/imports.ts";
import type { Translate, Word } from "../../words/words.ts";
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

export function stateText({ state, undo }: Pick<ImportJob, "state" | "undo">, t: Translate): string {
  if (state !== "undone" || !undo || undo.kept === 0) return t(states[state]);
  const taken = undo.removed + undo.restored;
  return taken === 0 ? t(w.undoneNone, { kept: undo.kept }) : t(w.undonePartly, { taken, kept: undo.kept });
}
