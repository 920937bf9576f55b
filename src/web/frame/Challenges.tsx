// The sheets that a call may ask for: unlocking, which hides the page until it is done, confirming that it is the person,
// and signing one act. Whatever was open or typed stays as it was, and the call goes on afterwards.
import { Button, Modal } from "@mantine/core";
import { KeyRound, Lock, Signature } from "lucide-react";
import { useEffect, useEffectEvent, useState } from "react";
import { useNavigate } from "react-router";
import { type ActToSign, setChallenges, type StepUpReason } from "../api.ts";
import { queryClient, refresh } from "../query.ts";
import { actNames, actWords } from "../words/acts.ts";
import { proofWords as w } from "../words/frame.ts";
import { uiWords } from "../words/ui.ts";
import { useLanguage } from "../words/words.ts";
import { ActForm } from "./ActForm.tsx";
import { ProofForm } from "./ProofForm.tsx";
import { signOut } from "./sign-out.ts";
import css from "./proof.module.css";

interface Waiting {
  readonly what: "unlock" | StepUpReason;
  readonly answer: (settled: boolean) => void;
}

interface Signing {
  readonly act: ActToSign;
  readonly answer: (signed: boolean) => void;
}

/** `locked`: the page is to be hidden now, although no call has asked. */
export function Challenges({ locked, onUnlocked }: { readonly locked: boolean; readonly onUnlocked: () => void }) {
  const { t } = useLanguage();
  const navigate = useNavigate();
  const [unlocking, setUnlocking] = useState<Waiting>();
  const [confirming, setConfirming] = useState<Waiting>();
  const [signing, setSigning] = useState<Signing>();

  const leave = useEffectEvent(() => {
    queryClient.clear();
    const here = location.pathname + location.search;
    void navigate(here === "/" ? "/sign-in" : `/sign-in?to=${encodeURIComponent(here)}`, {
      replace: true,
      state: { ended: true },
    });
  });
  useEffect(
    () =>
      setChallenges({
        unlock: () => new Promise((answer) => setUnlocking({ what: "unlock", answer })),
        stepUp: (what) => new Promise((answer) => setConfirming({ what, answer })),
        approve: (act) => new Promise((answer) => setSigning({ act, answer })),
        signedOut: () => leave(),
      }),
    [],
  );

  const unlocked = (): void => {
    unlocking?.answer(true);
    setUnlocking(undefined);
    onUnlocked();
    void refresh("currentSession");
  };
  const confirmed = (settled: boolean): void => {
    confirming?.answer(settled);
    setConfirming(undefined);
    if (settled) void refresh("currentSession");
  };
  const signed = (done: boolean): void => {
    signing?.answer(done);
    setSigning(undefined);
  };
  return (
    <>
      <Modal
        opened={signing !== undefined && !locked}
        onClose={() => signed(false)}
        zIndex={300}
        size={400}
        closeOnClickOutside={false}
        closeButtonProps={{ "aria-label": t(uiWords.close) }}
        title={
          <span className={css["title"]}>
            <Signature size={16} aria-hidden="true" />
            {t(actWords.title)}
            {signing?.act.step && <span className={css["step"]}>{t(actWords.step, signing.act.step)}</span>}
          </span>
        }
      >
        {signing && (
          <>
            <div className={css["act"]}>
              <p>{t(actNames[signing.act.name])}</p>
              {signing.act.about !== undefined && <p>{signing.act.about}</p>}
            </div>
            <p className={css["text"]}>
              {t(signing.act.step && signing.act.step.at > 1 ? actWords.nextStep : actWords.text)}
            </p>
            <ActForm key={`${signing.act.path} ${signing.act.digest}`} act={signing.act} onDone={() => signed(true)} />
          </>
        )}
      </Modal>
      <Modal
        opened={confirming !== undefined && !locked}
        onClose={() => confirmed(false)}
        zIndex={300}
        size={400}
        closeButtonProps={{ "aria-label": t(uiWords.close) }}
        title={
          <span className={css["title"]}>
            <KeyRound size={16} aria-hidden="true" />
            {t(w.stepUp)}
          </span>
        }
      >
        <p className={css["text"]}>{t(confirming?.what === "allowance" ? w.allowanceText : w.stepUpText)}</p>
        <ProofForm action="confirm" onDone={() => confirmed(true)} />
      </Modal>
      <Modal
        opened={locked || unlocking !== undefined}
        onClose={() => undefined}
        zIndex={400}
        size={400}
        withCloseButton={false}
        closeOnEscape={false}
        closeOnClickOutside={false}
        transitionProps={{ duration: 0 }}
        overlayProps={{ backgroundOpacity: 1, color: "var(--ground)" }}
        title={
          <span className={css["title"]}>
            <Lock size={16} aria-hidden="true" />
            {t(w.locked)}
          </span>
        }
      >
        <p className={css["text"]}>{t(w.lockedText)}</p>
        <ProofForm action="unlock" onDone={unlocked} />
        <div className={css["foot"]}>
          <Button variant="subtle" color="gray" onClick={() => void signOut()}>
            {t(w.otherPerson)}
          </Button>
        </div>
      </Modal>
    </>
  );
}
