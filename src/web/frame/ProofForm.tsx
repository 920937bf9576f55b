// Shows that it is the person: a passkey where there is one, else a code or the password. Used to unlock and to confirm.
import { Button, Divider, PasswordInput, SegmentedControl } from "@mantine/core";
import { useForm } from "@mantine/form";
import { Fingerprint } from "lucide-react";
import { useEffect, useState } from "react";
import type { Proof } from "../../contract/identity-shapes.ts";
import { api } from "../api.ts";
import { ApiProblem } from "../api-problem.ts";
import type { CallOutput } from "../endpoint-types.ts";
import { PasskeyNotUsed, passkeysSupported, askForPasskey } from "../passkey.ts";
import { CodeInput } from "../ui/CodeInput.tsx";
import { ErrorState } from "../ui/ErrorState.tsx";
import { proofWords as w } from "../words/frame.ts";
import { useLanguage } from "../words/words.ts";
import css from "./proof.module.css";

interface Props {
  readonly action: "unlock" | "confirm";
  readonly onDone: () => void;
}

type Way = "totp" | "password";

export function ProofForm({ action, onDone }: Props) {
  const { t } = useLanguage();
  const [way, setWay] = useState<Way>(action === "unlock" ? "password" : "totp");
  const [passkey, setPasskey] = useState<CallOutput<"stepUpPasskeyOptions">>();
  const [busy, setBusy] = useState<"form" | "passkey">();
  /** Shown beside what failed. */
  const [problem, setProblem] = useState<{ readonly of: "form" | "passkey"; readonly what: unknown }>();
  const [twoCodes, setTwoCodes] = useState(false);
  const form = useForm({ mode: "controlled", initialValues: { code: "", nextCode: "", password: "" } });

  // The options are fetched ahead, because browsers open the passkey dialog only right after a click.
  useEffect(() => {
    if (!passkeysSupported) return;
    const controller = new AbortController();
    void api
      .call("stepUpPasskeyOptions", { body: {}, signal: controller.signal, quiet: true })
      .then(setPasskey)
      .catch(() => undefined);
    return () => controller.abort();
  }, []);

  const send = async (proof: Proof): Promise<void> => {
    await api.call(action === "unlock" ? "unlockSession" : "stepUp", { body: proof, quiet: true });
    onDone();
  };
  const attempt = async (kind: "form" | "passkey", work: () => Promise<void>): Promise<void> => {
    setBusy(kind);
    setProblem(undefined);
    try {
      await work();
    } catch (error) {
      form.reset();
      if (error instanceof ApiProblem && error.extra["nextCodeNeeded"] === true) setTwoCodes(true);
      const wrong = error instanceof ApiProblem && error.code === "credentials_wrong" && kind === "form";
      const cancelled = error instanceof PasskeyNotUsed;
      const what = cancelled
        ? { title: t(w.passkeyCancelled), code: "cancelled" }
        : wrong
          ? { title: t(way === "password" ? w.wrongPassword : w.wrongCode), code: error.code }
          : error;
      setProblem({ of: kind, what });
    } finally {
      setBusy(undefined);
    }
  };
  const submit = (code = form.values.code): void => {
    const { password, nextCode } = form.values;
    void attempt("form", () =>
      send(way === "password" ? { with: "password", password } : { with: "totp", code, ...(twoCodes && { nextCode }) }),
    );
  };
  const withPasskey = (options: CallOutput<"stepUpPasskeyOptions">): void => {
    void attempt("passkey", async () => {
      const response = await askForPasskey(options);
      await send({ with: "passkey", response });
    });
  };

  return (
    <div className={css["proof"]}>
      {passkey && (
        <>
          <Button
            leftSection={<Fingerprint size={16} />}
            loading={busy === "passkey"}
            onClick={() => withPasskey(passkey)}
            data-autofocus
          >
            {t(w.withPasskey)}
          </Button>
          <p className={css["hint"]}>{t(w.passkeyHint)}</p>
          {problem?.of === "passkey" && <ErrorState inline problem={problem.what} />}
          <Divider label={t(w.or)} />
        </>
      )}
      <form
        className={css["form"]}
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <SegmentedControl
          fullWidth
          value={way}
          onChange={(next) => setWay(next === "password" ? "password" : "totp")}
          data={[
            { value: "totp", label: t(w.withCode) },
            { value: "password", label: t(w.withPassword) },
          ]}
        />
        {way === "totp" ? (
          <>
            <CodeInput
              label={t(w.code)}
              required
              withAsterisk={false}
              data-autofocus={passkey ? undefined : true}
              {...codeProps(form, "code")}
              onFull={(code) => !twoCodes && submit(code)}
            />
            {twoCodes && (
              <CodeInput
                label={t(w.nextCode)}
                description={t(w.nextCodeHint)}
                required
                withAsterisk={false}
                {...codeProps(form, "nextCode")}
              />
            )}
          </>
        ) : (
          <PasswordInput
            label={t(w.password)}
            required
            withAsterisk={false}
            autoComplete="current-password"
            data-autofocus={passkey ? undefined : true}
            {...form.getInputProps("password")}
          />
        )}
        {problem?.of === "form" && <ErrorState inline problem={problem.what} />}
        <Button type="submit" variant={passkey ? "default" : "filled"} loading={busy === "form"}>
          {t(action === "unlock" ? w.unlock : w.confirm)}
        </Button>
      </form>
    </div>
  );
}

interface CodeForm {
  readonly values: { readonly code: string; readonly nextCode: string };
  readonly setFieldValue: (field: "code" | "nextCode", value: string) => void;
}

function codeProps(form: CodeForm, field: "code" | "nextCode") {
  return { value: form.values[field], onChange: (digits: string) => form.setFieldValue(field, digits) };
}
