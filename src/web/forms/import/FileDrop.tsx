// Takes a CSV file by drag and drop or by choice, and uploads it with progress.
import { Button, Progress } from "@mantine/core";
import { FileUp } from "lucide-react";
import { type DragEvent, type ReactNode, useRef, useState } from "react";
import { ErrorState } from "../../ui/ErrorState.tsx";
import { importWords as w } from "../../words/imports.ts";
import { useLanguage } from "../../words/words.ts";
import styles from "./import.module.css";
import { createUpload, maxFileBytes, PartFailed, sendParts, type UploadPlan } from "./upload.ts";

interface Props {
  readonly object: string;
  readonly onUploaded: (object: string, id: string) => void;
}

export function FileDrop({ object, onUploaded }: Props): ReactNode {
  const { t, format } = useLanguage();
  const input = useRef<HTMLInputElement>(null);
  const running = useRef<AbortController>(undefined);
  const [over, setOver] = useState(false);
  const [share, setShare] = useState<number>();
  const [name, setName] = useState("");
  const [problem, setProblem] = useState<{
    readonly error: unknown;
    readonly plan?: UploadPlan;
    readonly part?: number;
  }>();

  const send = async (plan: UploadPlan, from: number): Promise<void> => {
    setProblem(undefined);
    const controller = new AbortController();
    running.current = controller;
    try {
      await sendParts(plan, from, setShare, controller.signal);
      onUploaded(plan.object, plan.id);
    } catch (error) {
      setShare(undefined);
      if (controller.signal.aborted) return;
      setProblem(error instanceof PartFailed ? { error: error.problem, plan, part: error.part } : { error });
    }
  };
  const take = async (file: File | undefined): Promise<void> => {
    if (!file) return;
    setName(file.name);
    if (file.size === 0) return setProblem({ error: { title: t(w.emptyFile), code: "file" } });
    if (file.size > maxFileBytes)
      return setProblem({ error: { title: t(w.tooLarge, { mb: maxFileBytes / 1024 / 1024 }), code: "file" } });
    setProblem(undefined);
    setShare(0);
    try {
      await send(await createUpload(object, file), 0);
    } catch (error) {
      setShare(undefined);
      setProblem({ error });
    }
  };
  const onDrop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    void take(event.dataTransfer.files[0]);
  };

  if (share !== undefined) {
    return (
      <div className={styles["drop"]} role="status">
        <p>{name}</p>
        <Progress
          className={styles["progress"] ?? ""}
          value={share * 100}
          aria-label={t(w.uploading, { percent: Math.round(share * 100) })}
        />
        <p className={styles["second"]}>{t(w.uploading, { percent: format.number(Math.round(share * 100)) })}</p>
        <Button variant="subtle" size="xs" onClick={() => running.current?.abort()}>
          {t(w.cancel)}
        </Button>
      </div>
    );
  }
  return (
    <>
      <div
        className={styles["drop"]}
        data-over={over || undefined}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={onDrop}
      >
        <FileUp size="1.5em" aria-hidden />
        <p>{t(over ? w.dropNow : w.drop)}</p>
        <Button onClick={() => input.current?.click()}>{t(w.choose)}</Button>
        <p className={styles["second"]}>{t(w.dropHint)}</p>
        <input
          ref={input}
          type="file"
          hidden
          aria-label={t(w.choose)}
          accept=".csv,.tsv,.txt,text/csv,text/plain"
          onChange={(event) => {
            void take(event.currentTarget.files?.[0]);
            event.currentTarget.value = "";
          }}
        />
      </div>
      {problem && (
        <ErrorState
          problem={problem.error}
          kept={
            problem.part !== undefined && problem.part > 0 ? t(w.uploadKept, { part: problem.part + 1 }) : undefined
          }
          onRetry={problem.plan && (() => problem.plan && void send(problem.plan, problem.part ?? 0))}
        />
      )}
    </>
  );
}
