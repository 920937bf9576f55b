// Choosing a password: the server judges it while it is typed, by the same rules that will accept or refuse it. No rules
// of composition are shown, because there are none.
import { PasswordInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { apiQuery } from "../query.ts";
import { doorWords, feedbackWords, passwordWords as w } from "../words/identity.ts";
import { useLanguage } from "../words/words.ts";
import css from "./identity.module.css";

interface Props {
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** Name, company, e-mail: what the password must not be made of. */
  readonly personal: readonly string[];
  readonly error?: string | undefined;
  readonly autoFocus?: boolean;
}

const scores = [w.score0, w.score1, w.score2, w.score3, w.score4] as const;

export function NewPassword({ value, onChange, personal, error, autoFocus = false }: Props) {
  const { t } = useLanguage();
  const [asked] = useDebouncedValue(value, 250);
  const check = useQuery({
    ...apiQuery("checkPassword", {
      body: { password: asked, personal: personal.filter((text) => text !== "").slice(0, 8) },
    }),
    enabled: asked !== "",
    // A password is kept in no cache.
    gcTime: 0,
    staleTime: Infinity,
  });
  const current = asked === value ? check.data : undefined;
  const weakness = current && !current.acceptable ? current.feedback[0] : undefined;
  return (
    <div>
      <PasswordInput
        label={t(doorWords.newPassword)}
        description={t(w.hint)}
        required
        withAsterisk={false}
        autoComplete="new-password"
        maxLength={1024}
        data-autofocus={autoFocus || undefined}
        autoFocus={autoFocus}
        value={value}
        error={error}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      <div className={css["strength"]} data-score={value === "" ? undefined : current?.score} aria-hidden="true">
        {scores.slice(1).map((_, index) => (
          <span
            key={index}
            className={css["strengthMark"]}
            data-on={(value !== "" && current !== undefined && current.score > index) || undefined}
          />
        ))}
      </div>
      <p className={css["strengthText"]} role="status">
        {value === ""
          ? " "
          : current === undefined
            ? check.error
              ? " "
              : t(w.checking)
            : weakness
              ? t(feedbackWords[weakness])
              : t(scores[current.score] ?? w.score2)}
      </p>
    </div>
  );
}
