// Accepting an invitation. The link only looks; the invitation is used up by the last button, so a chat app that opens
// the link ahead of the person spoils nothing.
import { Button, TextInput } from "@mantine/core";
import { useEffect, useState } from "react";
import { useNavigate } from "react-router";
import { api } from "../api.ts";
import { ApiProblem } from "../api-problem.ts";
import { rememberBinding } from "../device-key.ts";
import type { CallOutput } from "../endpoint-types.ts";
import { Door, DoorButtons, DoorForm, Steps } from "../frame/Door.tsx";
import { takeFragmentCode } from "../identity/fragment-code.ts";
import { LastSteps } from "../identity/LastSteps.tsx";
import { NewPassword } from "../identity/NewPassword.tsx";
import { TotpSetup } from "../identity/TotpSetup.tsx";
import { queryClient } from "../query.ts";
import { ErrorState } from "../ui/ErrorState.tsx";
import { SkeletonRows } from "../ui/SkeletonRows.tsx";
import { doorWords as d, joinWords as w, totpWords, welcomeWords } from "../words/identity.ts";
import { useLanguage } from "../words/words.ts";

type Invitation = CallOutput<"inspectInvitation">;
type Step = "password" | "totp" | "last";
const total = 4;

export default function JoinPage() {
  const { t, format } = useLanguage();
  const navigate = useNavigate();
  const [code, setCode] = useState(takeFragmentCode);
  const [given, setGiven] = useState(code);
  const [invitation, setInvitation] = useState<Invitation>();
  const [step, setStep] = useState<Step>("password");
  const [password, setPassword] = useState("");
  const [totpCode, setTotpCode] = useState("");
  const [totpError, setTotpError] = useState<string>();
  const [problem, setProblem] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const progress = (at: number) => (
    <Steps step={at} total={total} label={t(welcomeWords.stepOf, { step: at, total })} />
  );

  useEffect(() => {
    if (given === "") return;
    const controller = new AbortController();
    api
      .call("inspectInvitation", { body: { code: given }, signal: controller.signal })
      .then(setInvitation, (error: unknown) => !controller.signal.aborted && setProblem(error));
    return () => controller.abort();
  }, [given]);

  const accept = async (totpGiven: string): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    setTotpError(undefined);
    try {
      const { deviceId } = await api.call("acceptInvitation", { body: { code: given, password, totpCode: totpGiven } });
      await rememberBinding(deviceId);
      setStep("last");
    } catch (error) {
      setTotpCode("");
      if (!(error instanceof ApiProblem)) throw error;
      if (error.code === "credentials_wrong") setTotpError(t(totpWords.wrong));
      else if (error.code === "handle_expired") {
        setTotpError(t(totpWords.expired));
        setInvitation(await api.call("inspectInvitation", { body: { code: given } }));
      } else {
        setProblem(error);
        if (error.code === "password_weak") setStep("password");
      }
    } finally {
      setBusy(false);
    }
  };

  if (problem instanceof ApiProblem && (problem.code === "code_invalid" || problem.code === "invitation_void")) {
    return (
      <Door title={t(w.invalid)} text={t(problem.code === "code_invalid" ? w.invalidText : w.voidText)}>
        <DoorButtons>
          <Button
            data-start
            variant="subtle"
            color="gray"
            onClick={() => {
              setProblem(undefined);
              setGiven("");
              setInvitation(undefined);
            }}
          >
            {t(w.otherCode)}
          </Button>
          <Button onClick={() => void navigate("/sign-in", { replace: true })}>{t(w.toSignIn)}</Button>
        </DoorButtons>
      </Door>
    );
  }
  if (given === "") {
    return (
      <Door title={t(w.titlePlain)} text={t(w.codeText)}>
        <DoorForm onSubmit={() => setGiven(code.trim())}>
          <TextInput
            label={t(w.code)}
            value={code}
            onChange={(event) => setCode(event.currentTarget.value)}
            autoComplete="off"
            autoCapitalize="characters"
            spellCheck={false}
            autoFocus
            maxLength={64}
          />
          <DoorButtons>
            <Button type="submit" disabled={code.trim().length < 8}>
              {t(d.next)}
            </Button>
          </DoorButtons>
        </DoorForm>
      </Door>
    );
  }
  if (!invitation) {
    return (
      <Door title={t(w.titlePlain)}>
        {problem === undefined ? <SkeletonRows rows={4} columns={1} /> : <ErrorState problem={problem} />}
      </Door>
    );
  }
  const { name, email, company, expiresAt, totp } = invitation;
  switch (step) {
    case "password":
      return (
        <Door title={t(w.title, { company })} text={t(w.hello, { name, email })} progress={progress(1)}>
          <DoorForm
            onSubmit={() => {
              setProblem(undefined);
              setStep("totp");
            }}
          >
            {/* For password managers: whose password this is. */}
            <input type="hidden" autoComplete="username" value={email} readOnly />
            <NewPassword value={password} onChange={setPassword} personal={[company, name, email]} autoFocus />
            {problem !== undefined && <ErrorState inline problem={problem} />}
            <DoorButtons>
              <Button type="submit" disabled={password.length < 8}>
                {t(d.next)}
              </Button>
            </DoorButtons>
          </DoorForm>
        </Door>
      );
    case "totp":
      return (
        <Door title={t(totpWords.title)} text={t(totpWords.text)} progress={progress(2)}>
          <DoorForm onSubmit={() => void accept(totpCode)}>
            <TotpSetup
              totp={totp}
              code={totpCode}
              onCode={setTotpCode}
              onFull={(full) => void accept(full)}
              error={totpError}
            />
            {problem !== undefined && <ErrorState inline problem={problem} />}
            <DoorButtons>
              <Button data-start variant="subtle" color="gray" onClick={() => setStep("password")}>
                {t(d.back)}
              </Button>
              <Button
                type="submit"
                loading={busy}
                disabled={totpCode.length < 6}
                title={t(w.until, { when: format.dateTime(expiresAt) })}
              >
                {t(w.accept)}
              </Button>
            </DoorButtons>
          </DoorForm>
        </Door>
      );
    case "last":
      return (
        <LastSteps
          email={email}
          progress={(at) => progress(3 + at)}
          onDone={() => {
            queryClient.clear();
            void navigate("/", { replace: true });
          }}
        />
      );
  }
}
