// The search box above a list; `/` leads to it from anywhere on the page.
import { CloseButton, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { Search } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { listWords } from "../words/records.ts";
import { useLanguage } from "../words/words.ts";
import styles from "./table.module.css";

interface SearchProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
}

export function SearchBox({ label, value, onChange }: SearchProps): ReactNode {
  const { t } = useLanguage();
  const [text, setText] = useState(value);
  const input = useRef<HTMLInputElement>(null);
  const reported = useRef(value);
  const report = useDebouncedCallback((next: string) => {
    reported.current = next;
    onChange(next);
  }, 200);

  useEffect(() => {
    // Cleared elsewhere on the page.
    if (value === reported.current) return;
    reported.current = value;
    setText(value);
  }, [value]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      event.preventDefault();
      input.current?.focus();
      input.current?.select();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
  const set = (next: string): void => {
    setText(next);
    report(next);
  };

  return (
    <TextInput
      ref={input}
      type="search"
      className={styles["search"] ?? ""}
      aria-label={label}
      placeholder={label}
      title={t(listWords.searchHint)}
      aria-keyshortcuts="/"
      autoComplete="off"
      maxLength={200}
      leftSection={<Search size="1em" aria-hidden />}
      rightSection={
        text === "" ? undefined : (
          <CloseButton size="sm" aria-label={t(listWords.clearSearch)} onClick={() => set("")} />
        )
      }
      value={text}
      onChange={(event) => set(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === "Escape" && text !== "") set("");
      }}
    />
  );
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      /^(?:INPUT|TEXTAREA|SELECT)$/u.test(target.tagName) ||
      target.closest("[role=dialog]") !== null)
  );
}
