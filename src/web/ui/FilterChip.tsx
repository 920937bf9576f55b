// A filter in words, with a way to change it and one to take it away.
import { X } from "lucide-react";
import { uiWords as w } from "../words/ui.ts";
import { useLanguage } from "../words/words.ts";
import css from "./ui.module.css";

interface Props {
  /** The condition as a sentence part: “Owner is me”. */
  readonly text: string;
  readonly onEdit?: (() => void) | undefined;
  readonly onRemove?: (() => void) | undefined;
}

export function FilterChip({ text, onEdit, onRemove }: Props) {
  const { t } = useLanguage();
  return (
    <span className={css["chip"]}>
      {onEdit ? (
        <button type="button" className={css["chipText"]} onClick={onEdit}>
          {text}
        </button>
      ) : (
        <span className={css["chipText"]} data-plain>
          {text}
        </span>
      )}
      {onRemove && (
        <button type="button" className={css["chipRemove"]} aria-label={t(w.removeFilter, { text })} onClick={onRemove}>
          <X size={14} aria-hidden="true" />
        </button>
      )}
    </span>
  );
}
