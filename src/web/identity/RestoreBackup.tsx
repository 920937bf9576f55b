// Putting a backup back from the first page: the file in parts, the words of its kit, progress, and the way to the
// sign-in. Strongroom starts anew in between, so that for a while nobody answers.
import { Button, FileInput, Progress, Textarea } from "@mantine/core";
import { useEffect, useEffectEvent, useState } from "react";
import { useNavigate } from "react-router";
import { api } from "../api.ts";
import type { CallOutput } from "../endpoint-types.ts";
import { Door, DoorButtons, DoorForm } from "../frame/Door.tsx";
import { queryClient } from "../query.ts";
import { ErrorState } from "../ui/ErrorState.tsx";
import { firstWords as w } from "../words/first.ts";
import { doorWords as d } from "../words/identity.ts";
import { useLanguage } from "../words/words.ts";
import { problemTitle } from "../../contract/problem.ts";
import css from "./identity.module.css";

/** As the contract's restorePartBytes, whose module would bring the schemas along. */
const partBytes = 4 * 1024 * 1024;
const askEveryMs = 700;

type Told = CallOutput<"readRestore">;
type Step = "file" | "words" | "wait" | "done";

export function RestoreBackup({ code, onBack }: { readonly code: string; readonly onBack: () => void }) {
  const { t, format, language } = useLanguage();
  const navigate = useNavigate();
  const [step, setStep] = useState<Step>("file");
  const [file, setFile] = useState<File | null>(null);
  const [sent, setSent] = useState<number>();
  const [words, setWords] = useState("");
  const [told, setTold] = useState<Told>();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const [failed, setFailed] = useState<string>();
  const count = words.match(/[a-z]+/giu)?.length ?? 0;

  const attempt = async (work: () => Promise<void>): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    setFailed(undefined);
    try {
      await work();
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
      setSent(undefined);
    }
  };
  const send = (chosen: File): Promise<void> =>
    attempt(async () => {
      for (let index = 0; index * partBytes < chosen.size; index += 1) {
        setSent((index * partBytes) / chosen.size);
        const data = await base64(chosen.slice(index * partBytes, (index + 1) * partBytes));
        await api.call("sendRestorePart", { body: { code, index, data } });
      }
      setStep("words");
    });
  const begin = (): Promise<void> =>
    attempt(async () => {
      await api.call("beginRestore", { body: { code, words } });
      setTold(undefined);
      setStep("wait");
    });

  const ask = useEffectEvent(async (): Promise<void> => {
    try {
      const { setUp } = await api.call("installationStatus", { body: {}, quiet: true });
      if (setUp) return setStep("done");
      const now = await api.call("readRestore", { body: { code }, quiet: true });
      if (now.stage !== "failed") return setTold(now);
      setFailed(problemTitle(now.problem, language) ?? t(w.failed));
      setStep("words");
    } catch {
      // Nobody answers while it starts anew. When somebody does and knows neither owner nor code, it went wrong.
      const status = await api.call("installationStatus", { body: {}, quiet: true }).catch(() => undefined);
      if (status?.setUp !== false || told?.stage !== "placing") return;
      setFailed(t(w.failed));
      setStep("file");
    }
  });
  useEffect(() => {
    if (step !== "wait") return;
    let over = false;
    const loop = async (): Promise<void> => {
      while (!over) {
        await ask();
        await new Promise((resolve) => setTimeout(resolve, askEveryMs));
      }
    };
    void loop();
    return () => {
      over = true;
    };
  }, [step]);

  const wrong = (
    <>
      {problem !== undefined && <ErrorState inline problem={problem} />}
      {failed !== undefined && (
        <p role="alert" className={css["failed"]}>
          {failed}
        </p>
      )}
    </>
  );
  if (step === "done")
    return (
      <Door title={t(w.doneTitle)} text={t(w.doneText)}>
        <DoorButtons>
          <Button
            onClick={() => {
              queryClient.clear();
              void navigate("/sign-in", { replace: true });
            }}
          >
            {t(w.signIn)}
          </Button>
        </DoorButtons>
      </Door>
    );
  if (step === "wait") {
    const percent = Math.floor((told?.share ?? 0) * 100);
    return (
      <Door title={t(w.readingTitle)}>
        <p role="status">
          {told?.stage === "placing"
            ? t(w.placing, { records: format.number(told.records ?? 0) })
            : t(w.reading, { percent })}
        </p>
        <Progress value={told?.stage === "placing" ? 100 : percent} animated aria-label={t(w.progress)} />
      </Door>
    );
  }
  if (step === "words")
    return (
      <Door title={t(w.wordsTitle)} text={t(w.wordsText)}>
        <DoorForm onSubmit={() => void begin()}>
          <Textarea
            label={t(w.words)}
            description={t(w.counted, { n: count })}
            value={words}
            onChange={(event) => setWords(event.currentTarget.value)}
            autosize
            minRows={4}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            autoFocus
          />
          {wrong}
          <DoorButtons>
            <Button data-start variant="subtle" color="gray" onClick={() => setStep("file")}>
              {t(w.otherFile)}
            </Button>
            <Button type="submit" loading={busy} disabled={count !== 24}>
              {t(w.begin)}
            </Button>
          </DoorButtons>
        </DoorForm>
      </Door>
    );
  return (
    <Door title={t(w.fileTitle)} text={t(w.fileText)}>
      <DoorForm onSubmit={() => file && void send(file)}>
        <FileInput
          label={t(w.file)}
          placeholder={t(w.choose)}
          value={file}
          onChange={setFile}
          accept=".backup"
          disabled={busy}
        />
        {sent !== undefined && (
          <div>
            <p role="status">{t(w.sending, { name: file?.name ?? "", percent: Math.floor(sent * 100) })}</p>
            <Progress value={sent * 100} aria-label={t(w.progress)} />
          </div>
        )}
        {wrong}
        <DoorButtons>
          <Button data-start variant="subtle" color="gray" disabled={busy} onClick={onBack}>
            {t(d.back)}
          </Button>
          <Button type="submit" loading={busy} disabled={file === null}>
            {t(d.next)}
          </Button>
        </DoorButtons>
      </DoorForm>
    </Door>
  );
}

function base64(part: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("error", () => reject(reader.error ?? new Error("the file cannot be read")));
    // A data URL: what follows the comma.
    reader.addEventListener("load", () => resolve(String(reader.result).replace(/^[^,]*,/u, "")));
    reader.readAsDataURL(part);
  });
}
