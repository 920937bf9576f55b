// Signing in: a passkey, or e-mail and password, then a code. A browser that lost its key is bound again by the same
// steps; afterwards the person is back where he was going.
import { Anchor, Button, Divider, PasswordInput, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Fingerprint } from "lucide-react";
import { useEffect, useState } from "react";
import { useLocation, useNavigate, useSearchParams } from "react-router";
import { api } from "../api.ts";
import { ApiProblem } from "../api-problem.ts";
import { loadDevice, rememberBinding } from "../device-key.ts";
import type { CallOutput } from "../endpoint-types.ts";
import { Door, DoorButtons, DoorForm } from "../frame/Door.tsx";
import { usePasskeyReason } from "../identity/AddPasskey.tsx";
import { PasskeyNotUsed, askForPasskey } from "../passkey.ts";
import { apiQuery, queryClient } from "../query.ts";
import { CodeInput } from "../ui/CodeInput.tsx";
import { ErrorState } from "../ui/ErrorState.tsx";
import { proofWords } from "../words/frame.ts";
import { doorWords as d, signInWords as w } from "../words/identity.ts";
import { useLanguage } from "../words/words.ts";

type Step = "password" | "totp" | "recovery";
const wrongWords = { password: w.wrongPassword, totp: proofWords.wrongCode, recovery: w.wrongRecovery } as const;

export default function SignInPage() {
  const { t } = useLanguage();
  const go = useWayBack();
  const { state } = useLocation();
  const navigate = useNavigate();
  const [step, setStep] = useState<Step>("password");
  const [values, setValues] = useState({ email: "", password: "", code: "", nextCode: "", recoveryCode: "" });
  const [twoCodes, setTwoCodes] = useState(false);
  const [forgotten, setForgotten] = useState(false);
  const [busy, setBusy] = useState<"form" | "passkey">();
  const [problem, setProblem] = useState<unknown>(
    Object(state)["ended"] === true ? { title: t(w.ended), code: "session_ended" } : undefined,
  );
  const status = useQuery({ ...apiQuery("installationStatus", { body: {} }), staleTime: Infinity });
  const passkey = usePasskeyReason();
  const set = (part: Partial<typeof values>): void => setValues((before) => ({ ...before, ...part }));

  useEffect(() => {
    if (status.data?.setUp === false) void navigate("/welcome", { replace: true });
  }, [status.data, navigate]);

  const attempt = async (kind: "form" | "passkey", work: () => Promise<void>): Promise<void> => {
    setBusy(kind);
    setProblem(undefined);
    try {
      await work();
    } catch (error) {
      setProblem(error);
      if (error instanceof PasskeyNotUsed) setProblem({ title: t(proofWords.passkeyCancelled), code: "cancelled" });
      if (!(error instanceof ApiProblem)) return;
      set({ code: "", nextCode: "", recoveryCode: "" });
      if (error.extra["nextCodeNeeded"] === true) setTwoCodes(true);
      if (error.code === "credentials_wrong" && kind === "form")
        setProblem({ title: t(wrongWords[step]), code: error.code });
      if (error.code === "handle_expired") {
        setStep("password");
        setProblem({ title: t(w.expired), code: error.code });
      }
    } finally {
      setBusy(undefined);
    }
  };
  const enter = async (signedIn: CallOutput<"signInTotp">): Promise<void> => {
    await rememberBinding(signedIn.deviceId);
    queryClient.clear();
    go();
  };
  const givePassword = (): void =>
    void attempt("form", async () => {
      const { nextCodeNeeded } = await api.call("signInPassword", {
        body: { email: values.email.trim(), password: values.password },
      });
      setTwoCodes(nextCodeNeeded);
      setStep("totp");
    });
  const giveCode = (code = values.code): void =>
    void attempt("form", async () =>
      enter(
        await api.call("signInTotp", {
          body: { code, ...(twoCodes && { nextCode: values.nextCode }) },
        }),
      ),
    );
  const giveRecovery = (): void =>
    void attempt("form", async () =>
      enter(
        await api.call("signInRecovery", {
          body: { recoveryCode: values.recoveryCode },
        }),
      ),
    );
  const givePasskey = (): void =>
    void attempt("passkey", async () => {
      const options = await api.call("signInPasskeyOptions", { body: {} });
      await enter(await api.call("signInPasskey", { body: { response: await askForPasskey(options) } }));
    });

  const failed = problem !== undefined && <ErrorState inline problem={problem} />;
  const back = (
    <Button data-start variant="subtle" color="gray" onClick={() => setStep("password")}>
      {t(w.otherAccount)}
    </Button>
  );
  switch (step) {
    case "password":
      return (
        <Door title={t(w.title)}>
          <DoorForm onSubmit={givePassword}>
            {failed}
            <TextInput
              label={t(d.email)}
              type="email"
              autoComplete="username webauthn"
              autoFocus
              value={values.email}
              onChange={(event) => set({ email: event.currentTarget.value })}
              maxLength={254}
            />
            <PasswordInput
              label={t(d.password)}
              autoComplete="current-password"
              value={values.password}
              onChange={(event) => set({ password: event.currentTarget.value })}
              maxLength={1024}
            />
            <Button
              type="submit"
              mt="xs"
              loading={busy === "form"}
              disabled={values.email.trim().length < 3 || values.password === ""}
            >
              {t(d.next)}
            </Button>
            <Anchor
              component="button"
              type="button"
              ta="start"
              size="sm"
              aria-expanded={forgotten}
              onClick={() => setForgotten((now) => !now)}
            >
              {t(w.forgotten)}
            </Anchor>
            {forgotten && <p role="status">{t(w.forgottenText)}</p>}
            {passkey?.possible === true && (
              <>
                <Divider label={t(w.or)} />
                <Button
                  variant="default"
                  leftSection={<Fingerprint size={16} />}
                  loading={busy === "passkey"}
                  onClick={givePasskey}
                >
                  {t(w.withPasskey)}
                </Button>
              </>
            )}
          </DoorForm>
        </Door>
      );
    case "totp":
      return (
        <Door title={t(w.codeTitle)} text={t(w.codeText)}>
          <DoorForm onSubmit={() => giveCode()}>
            {failed}
            <CodeInput
              label={t(proofWords.code)}
              autoFocus
              value={values.code}
              onChange={(code) => set({ code })}
              onFull={(code) => !twoCodes && giveCode(code)}
            />
            {twoCodes && (
              <CodeInput
                label={t(proofWords.nextCode)}
                description={t(proofWords.nextCodeHint)}
                value={values.nextCode}
                onChange={(nextCode) => set({ nextCode })}
              />
            )}
            <Anchor component="button" type="button" ta="start" size="sm" onClick={() => setStep("recovery")}>
              {t(w.toRecovery)}
            </Anchor>
            <DoorButtons>
              {back}
              <Button
                type="submit"
                loading={busy === "form"}
                disabled={values.code.length < 6 || (twoCodes && values.nextCode.length < 6)}
              >
                {t(w.submit)}
              </Button>
            </DoorButtons>
          </DoorForm>
        </Door>
      );
    case "recovery":
      return (
        <Door title={t(w.recoveryTitle)} text={t(w.recoveryText)}>
          <DoorForm onSubmit={giveRecovery}>
            {failed}
            <TextInput
              label={t(w.recoveryCode)}
              autoFocus
              autoComplete="off"
              autoCapitalize="characters"
              spellCheck={false}
              value={values.recoveryCode}
              onChange={(event) => set({ recoveryCode: event.currentTarget.value })}
              maxLength={64}
            />
            <Anchor component="button" type="button" ta="start" size="sm" onClick={() => setStep("totp")}>
              {t(w.toCode)}
            </Anchor>
            <DoorButtons>
              {back}
              <Button type="submit" loading={busy === "form"} disabled={values.recoveryCode.trim().length < 8}>
                {t(w.submit)}
              </Button>
            </DoorButtons>
          </DoorForm>
        </Door>
      );
  }
}

/** Back to where the person was going; at once where this browser is signed in already. */
function useWayBack(): () => void {
  const navigate = useNavigate();
  const [search] = useSearchParams();
  const wanted = search.get("to") ?? "/";
  // Only a path of this product: never another host.
  const to = /^\/(?![/\\])/u.test(wanted) ? wanted : "/";
  useEffect(() => {
    void (async () => {
      if ((await loadDevice()).deviceId === undefined) return;
      const session = await api.call("currentSession", { quiet: true }).catch(() => undefined);
      if (session) void navigate(to, { replace: true });
    })();
  }, [navigate, to]);
  return () => void navigate(to, { replace: true });
}
