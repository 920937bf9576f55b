// A code of digits: one field that takes pasted and filled-in codes, drops whatever is no digit, and reports when full.
import { TextInput, type TextInputProps } from "@mantine/core";
import css from "./code.module.css";

interface Props extends Omit<TextInputProps, "onChange" | "value" | "type"> {
  readonly value: string;
  readonly onChange: (digits: string) => void;
  /** Called once all digits stand there. */
  readonly onFull?: (digits: string) => void;
  readonly length?: number;
}

export function CodeInput({ value, onChange, onFull, length = 6, ...rest }: Props) {
  const change = (text: string): void => {
    // Full-width digits come from Chinese input methods.
    const digits = text.normalize("NFKC").replaceAll(/\D/gu, "").slice(0, length);
    onChange(digits);
    if (digits.length === length && digits !== value) onFull?.(digits);
  };
  return (
    <TextInput
      inputMode="numeric"
      autoComplete={length === 6 ? "one-time-code" : "off"}
      spellCheck={false}
      value={value}
      onChange={(event) => change(event.currentTarget.value)}
      classNames={{ input: css["code"] ?? "" }}
      {...rest}
    />
  );
}
