// A restricted value: its mask with a lock, Show, and Copy. What is shown goes back under its mask after a minute, and
// nothing of it stays in the page then.
import { ActionIcon, Tooltip } from "@mantine/core";
import { Check, Copy, Eye, EyeOff, Lock } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { uiWords as w } from "../words/ui.ts";
import { useLanguage } from "../words/words.ts";
import { className } from "./ClassDot.tsx";
import { copyText } from "./copy-text.ts";
import { toast } from "./toast.tsx";
import css from "./ui.module.css";

const shownForMs = 60_000;

export interface MaskedProps {
  /** What may be seen without asking: `138****5678`. */
  readonly mask: string;
  readonly fieldClass: 2 | 3;
  /** The field's name, for the buttons: “Show full mobile”. */
  readonly name: string;
  /** Fetches the full value, which is recorded. Absent: it cannot be shown, and `whyNot` says why. */
  readonly onReveal?: ((signal: AbortSignal) => Promise<string>) | undefined;
  readonly whyNot?: string | undefined;
  /** How the full value is drawn, for example as a `tel:` link. */
  readonly render?: ((value: string) => ReactNode) | undefined;
  /** What Copy takes, when that is not the value as stored. */
  readonly copied?: ((value: string) => string) | undefined;
  /** In tables: the buttons come with pointer or focus only. */
  readonly quiet?: boolean;
}

export function Masked({
  mask,
  fieldClass,
  name,
  onReveal,
  whyNot,
  render,
  copied: copyForm,
  quiet = false,
}: MaskedProps) {
  const { t } = useLanguage();
  const [value, setValue] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [copied, setCopied] = useState(false);
  const running = useRef<AbortController>(undefined);

  useEffect(() => () => running.current?.abort(), []);
  useEffect(() => {
    if (value === undefined) return;
    const timer = setTimeout(() => setValue(undefined), shownForMs);
    return () => clearTimeout(timer);
  }, [value]);

  const fetchValue = async (): Promise<string | undefined> => {
    if (value !== undefined) return value;
    if (!onReveal || busy) return undefined;
    const controller = new AbortController();
    running.current = controller;
    setBusy(true);
    try {
      const full = await onReveal(controller.signal);
      if (controller.signal.aborted) return undefined;
      setValue(full);
      return full;
    } catch (error) {
      if (!controller.signal.aborted) toast.problem(error);
      return undefined;
    } finally {
      setBusy(false);
    }
  };
  const copy = async (): Promise<void> => {
    const full = await fetchValue();
    if (full === undefined || !(await copyText(copyForm?.(full) ?? full))) return;
    setCopied(true);
    setTimeout(() => setCopied(false), 1500);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    // Rows open on Enter and Space: here they mean the button.
    if (event.key === "Enter" || event.key === " ") event.stopPropagation();
  };

  const shown = value !== undefined;
  const may = onReveal !== undefined;
  return (
    <span
      className={css["masked"]}
      data-quiet={quiet || undefined}
      onKeyDown={onKeyDown}
      onClick={(event) => event.stopPropagation()}
      role="presentation"
    >
      <Tooltip label={[t(className(fieldClass)), t(w.masked), may ? undefined : whyNot].filter(Boolean).join(" · ")}>
        <Lock size={14} className={css["lock"]} aria-label={t(w.masked)} />
      </Tooltip>
      {shown ? (
        <span className={css["shownText"]}>{render ? render(value) : value}</span>
      ) : (
        <span className={css["maskText"]} data-figure={/^[\d+]/u.test(mask) || undefined}>
          {mask}
        </span>
      )}
      {may && (
        <span className={css["maskedActions"]}>
          <Tooltip label={shown ? t(w.hide) : t(w.showFull, { name })}>
            <ActionIcon
              size={24}
              loading={busy}
              aria-label={shown ? t(w.hide) : t(w.showFull, { name })}
              onClick={() => (shown ? setValue(undefined) : void fetchValue())}
            >
              {shown ? <EyeOff size={14} /> : <Eye size={14} />}
            </ActionIcon>
          </Tooltip>
          <Tooltip label={copied ? t(w.copied) : t(w.copyOf, { name })}>
            <ActionIcon size={24} aria-label={t(w.copyOf, { name })} onClick={() => void copy()}>
              {copied ? <Check size={14} /> : <Copy size={14} />}
            </ActionIcon>
          </Tooltip>
        </span>
      )}
    </span>
  );
}
