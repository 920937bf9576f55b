// The end of setting up and of joining: recovery codes, which are shown once, then a passkey for those who want one.
import { Button } from "@mantine/core";
import { type ReactNode, useEffect, useState } from "react";
import { api } from "../api.ts";
import { Door, DoorButtons } from "../frame/Door.tsx";
import { ErrorState } from "../ui/ErrorState.tsx";
import { SkeletonRows } from "../ui/SkeletonRows.tsx";
import { doorWords, passkeyWords, recoveryWords } from "../words/identity.ts";
import { useLanguage } from "../words/words.ts";
import { AddPasskey, usePasskeyReason } from "./AddPasskey.tsx";
import { RecoveryCodes } from "./RecoveryCodes.tsx";

interface Props {
  readonly email: string;
  /** Marks of the steps; 0 is the recovery codes' step. */
  readonly progress: (step: 0 | 1) => ReactNode;
  readonly onDone: () => void;
}

export function LastSteps({ email, progress, onDone }: Props) {
  const { t } = useLanguage();
  const [codes, setCodes] = useState<readonly string[]>();
  const [problem, setProblem] = useState<unknown>();
  const [kept, setKept] = useState(false);
  /** He was told what it costs to have no passkey. */
  const [warned, setWarned] = useState(false);
  const [tries, setTries] = useState(0);
  const reason = usePasskeyReason();

  useEffect(() => {
    let gone = false;
    api.call("createRecoveryCodes", { body: {} }).then(
      (answer) => !gone && setCodes(answer.codes),
      (error: unknown) => !gone && setProblem(error),
    );
    return () => {
      gone = true;
    };
  }, [tries]);

  if (!kept) {
    return (
      <Door title={t(recoveryWords.title)} text={t(recoveryWords.text)} progress={progress(0)}>
        {codes ? (
          <RecoveryCodes
            codes={codes}
            email={email}
            done={t(doorWords.next)}
            onDone={() => (reason?.possible === true ? setKept(true) : onDone())}
          />
        ) : problem === undefined ? (
          <SkeletonRows rows={5} columns={2} />
        ) : (
          <ErrorState
            problem={problem}
            onRetry={() => {
              setProblem(undefined);
              setTries((before) => before + 1);
            }}
          />
        )}
      </Door>
    );
  }
  return (
    <Door title={t(passkeyWords.title)} text={t(passkeyWords.text)} progress={progress(1)}>
      {warned && <p role="alert">{t(passkeyWords.withoutOne)}</p>}
      <DoorButtons>
        <Button variant="subtle" color="gray" onClick={() => (warned ? onDone() : setWarned(true))}>
          {t(warned ? doorWords.skipAnyway : doorWords.skip)}
        </Button>
        <AddPasskey primary onAdded={onDone} />
      </DoorButtons>
    </Door>
  );
}
