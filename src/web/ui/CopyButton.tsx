// Copies a text and says so.
import { Button, type ButtonProps } from "@mantine/core";
import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { uiWords as w } from "../words/ui.ts";
import { useLanguage } from "../words/words.ts";
import { copyText } from "./copy-text.ts";

export function CopyButton({ text, label, ...rest }: { readonly text: string; readonly label?: string } & ButtonProps) {
  const { t } = useLanguage();
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    if (!(await copyText(text))) return;
    setCopied(true);
    setTimeout(() => setCopied(false), 1500);
  };
  return (
    <Button
      variant="default"
      leftSection={copied ? <Check size={16} /> : <Copy size={16} />}
      onClick={() => void copy()}
      {...rest}
    >
      {copied ? t(w.copied) : (label ?? t(w.copy))}
    </Button>
  );
}
