// Setting up the installation: the code from the console makes the first person the company owner. Each step keeps what
// was entered in the one before.
import { Button, Progress, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useState } from "react";
import { useNavigate } from "react-router";
import { api } from "../api.ts";
import { ApiProblem } from "../api-problem.ts";
import { rememberBinding } from "../device-key.ts";
import type { CallOutput } from "../endpoint-types.ts";
import { Door, DoorButtons, DoorForm, Steps } from "../frame/Door.tsx";
import { takeFragmentCode } from "../identity/fragment-code.ts";
import { type Beginning, FirstChoice } from "../identity/FirstChoice.tsx";
import { RestoreBackup } from "../identity/RestoreBackup.tsx";
import { LastSteps } from "../identity/LastSteps.tsx";
import { NewPassword } from "../identity/NewPassword.tsx";
import { TotpSetup } from "../identity/TotpSetup.tsx";
import { apiQuery, queryClient } from "../query.ts";
import { ErrorState } from "../ui/ErrorState.tsx";
import { firstWords } from "../words/first.ts";
import { toast } from "../ui/toast.tsx";
import { doorWords as d, totpWords, welcomeWords as w } from "../words/identity.ts";
import { currentLanguage, languageTag, useLanguage } from "../words/words.ts";

type Step = "choice" | "code" | "restore" | "you" | "totp" | "last";
const total = 5;

export default function WelcomePage() {
  const { t } = useLanguage();
  const navigate = useNavigate();
  const [code, setCode] = useState(takeFragmentCode);
  const [step, setStep] = useState<Step>("choice");
  const [beginning, setBeginning] = useState<Beginning>("company");
  // Known to be right: it need not be typed again.
  const [codeHolds, setCodeHolds] = useState(false);
  const [codeError, setCodeError] = useState<string>();
  const [you, setYou] = useState({ company: "", name: "", email: "", password: "" });
  const [emailLeft, setEmailLeft] = useState(false);
  const [totp, setTotp] = useState<CallOutput<"beginEnrolment">["totp"]>();
  const [totpCode, setTotpCode] = useState("");
  const [totpError, setTotpError] = useState<string>();
  const [problem, setProblem] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const [loading, setLoading] = useState(false);
  const status = useQuery({ ...apiQuery("installationStatus", { body: {} }), staleTime: Infinity });
  const progress = (at: number) => <Steps step={at} total={total} label={t(w.stepOf, { step: at, total })} />;

  const attempt = async (work: () => Promise<void>): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    setTotpError(undefined);
    try {
      await work();
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      if (error.code === "code_invalid") {
        setCodeError(t(w.codeWrong));
        setStep("code");
      } else if (error.code === "password_weak") {
        setProblem(error);
        setStep("you");
      } else if (error.code === "credentials_wrong") {
        setTotpCode("");
        setTotpError(t(totpWords.wrong));
      } else if (error.code === "handle_expired") {
        setTotpCode("");
        setTotpError(t(totpWords.expired));
        setTotp((await api.call("beginEnrolment", { body: { code, email: you.email } })).totp);
      } else setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  const check = (): Promise<void> =>
    attempt(async () => {
      setCodeError(undefined);
      await api.call("checkEnrolment", { body: { code } });
      setCodeHolds(true);
      setStep((now) => (now === "choice" ? now : beginning === "restore" ? "restore" : "you"));
    });
  // A code that came with the address is asked about at once, before anything is typed in vain.
  const checkGiven = useEffectEvent(() => {
    if (code !== "") void check();
  });
  useEffect(() => checkGiven(), []);
  const begin = (): Promise<void> =>
    attempt(async () => {
      setTotp((await api.call("beginEnrolment", { body: { code, email: you.email } })).totp);
      setStep("totp");
    });
  const complete = (given: string): Promise<void> =>
    attempt(async () => {
      const { deviceId } = await api.call("completeEnrolment", {
        body: { code, ...you, totpCode: given, locale: languageTag(currentLanguage()) },
      });
      await rememberBinding(deviceId);
      setStep("last");
    });

  const enter = async (): Promise<void> => {
    if (beginning === "sample") {
      setLoading(true);
      // They can be loaded again from the settings; the company is there in any case.
      await api.call("loadSamples", { body: { language: currentLanguage() } }).catch(toast.problem);
    }
    queryClient.clear();
    void navigate("/", { replace: true });
  };
  if (status.data?.setUp === true && step !== "last") {
    return (
      <Door title={t(w.alreadySetUp)} text={t(w.alreadySetUpText)}>
        <DoorButtons>
          <Button onClick={() => void navigate("/sign-in", { replace: true })}>{t(w.enter)}</Button>
        </DoorButtons>
      </Door>
    );
  }
  const choose = (chosen: Beginning): void => {
    setBeginning(chosen);
    if (chosen === "sample") setYou({ ...you, company: t(firstWords.sampleCompany) });
    setStep(!codeHolds ? "code" : chosen === "restore" ? "restore" : "you");
  };
  switch (step) {
    case "choice":
      return <FirstChoice onChoose={choose} />;
    case "restore":
      return <RestoreBackup code={code} onBack={() => setStep("choice")} />;
    case "code":
      return (
        <Door title={t(w.codeTitle)} text={t(w.codeText)} progress={progress(1)}>
          <DoorForm onSubmit={() => void check()}>
            <TextInput
              label={t(w.code)}
              value={code}
              onChange={(event) => setCode(event.currentTarget.value)}
              error={codeError}
              autoComplete="off"
              autoCapitalize="characters"
              spellCheck={false}
              autoFocus
              placeholder="XXXX-XXXX-XXXX-XXXX"
            />
            {problem !== undefined && <ErrorState inline problem={problem} />}
            <DoorButtons>
              <Button data-start variant="subtle" color="gray" onClick={() => setStep("choice")}>
                {t(d.back)}
              </Button>
              <Button type="submit" loading={busy} disabled={code.trim().length < 8}>
                {t(d.next)}
              </Button>
            </DoorButtons>
          </DoorForm>
        </Door>
      );
    case "you":
      return (
        <Door title={t(w.youTitle)} text={t(w.youText)} progress={progress(2)}>
          <DoorForm onSubmit={() => void begin()}>
            <TextInput
              label={t(d.company)}
              value={you.company}
              onChange={(event) => setYou({ ...you, company: event.currentTarget.value })}
              autoComplete="organization"
              maxLength={200}
              autoFocus
            />
            <TextInput
              label={t(d.name)}
              value={you.name}
              onChange={(event) => setYou({ ...you, name: event.currentTarget.value })}
              autoComplete="name"
              maxLength={100}
            />
            <TextInput
              label={t(d.email)}
              type="email"
              value={you.email}
              onChange={(event) => setYou({ ...you, email: event.currentTarget.value })}
              onBlur={() => setEmailLeft(true)}
              error={emailLeft && you.email !== "" && !isEmail(you.email) && t(d.notAnEmail)}
              autoComplete="username"
              maxLength={254}
            />
            <NewPassword
              value={you.password}
              onChange={(password) => setYou({ ...you, password })}
              personal={[you.company, you.name, you.email]}
            />
            {problem !== undefined && <ErrorState inline problem={problem} />}
            <DoorButtons>
              <Button data-start variant="subtle" color="gray" onClick={() => setStep("choice")}>
                {t(d.back)}
              </Button>
              <Button
                type="submit"
                loading={busy}
                disabled={
                  you.company.trim() === "" || you.name.trim() === "" || !isEmail(you.email) || you.password.length < 8
                }
              >
                {t(d.next)}
              </Button>
            </DoorButtons>
          </DoorForm>
        </Door>
      );
    case "totp":
      return (
        <Door title={t(totpWords.title)} text={t(totpWords.text)} progress={progress(3)}>
          <DoorForm onSubmit={() => void complete(totpCode)}>
            {totp && (
              <TotpSetup
                totp={totp}
                code={totpCode}
                onCode={setTotpCode}
                onFull={(full) => void complete(full)}
                error={totpError}
              />
            )}
            {problem !== undefined && <ErrorState inline problem={problem} />}
            <DoorButtons>
              <Button data-start variant="subtle" color="gray" onClick={() => setStep("you")}>
                {t(d.back)}
              </Button>
              <Button type="submit" loading={busy} disabled={totpCode.length < 6}>
                {t(w.finish)}
              </Button>
            </DoorButtons>
          </DoorForm>
        </Door>
      );
    case "last":
      if (loading)
        return (
          <Door title={t(firstWords.loading)}>
            <Progress value={100} animated aria-label={t(firstWords.loading)} />
          </Door>
        );
      return <LastSteps email={you.email} progress={(at) => progress(4 + at)} onDone={() => void enter()} />;
  }
}

function isEmail(text: string): boolean {
  return /^\S+@\S+\.\S+$/u.test(text);
}
