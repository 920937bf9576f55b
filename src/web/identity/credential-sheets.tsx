// The three changes of the security page: a new password, another authenticator, new recovery codes. Each begins with a
// call that makes the server ask who it is.
import { Button, Modal } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect, useEffectEvent, useState } from "react";
import { api } from "../api.ts";
import { ApiProblem } from "../api-problem.ts";
import type { CallOutput } from "../endpoint-types.ts";
import { refresh, useMe } from "../query.ts";
import { ErrorState } from "../ui/ErrorState.tsx";
import { SkeletonRows } from "../ui/SkeletonRows.tsx";
import { toast } from "../ui/toast.tsx";
import { doorWords, passwordWords, recoveryWords, securityWords as w, totpWords } from "../words/identity.ts";
import { uiWords } from "../words/ui.ts";
import { useLanguage } from "../words/words.ts";
import { NewPassword } from "./NewPassword.tsx";
import { RecoveryCodes } from "./RecoveryCodes.tsx";
import { TotpSetup } from "./TotpSetup.tsx";
import css from "./identity.module.css";

interface SheetProps {
  readonly onClose: () => void;
}

export function ChangePassword({ onClose }: SheetProps) {
  const { t } = useLanguage();
  const me = useMe();
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const save = async (): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    try {
      await api.call("changePassword", { body: { password } });
      toast.done(t(passwordWords.changed));
      await refresh("credentialState", "listSessions");
      onClose();
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <CredentialSheet title={t(w.passwordChange)} onClose={onClose} onSubmit={() => void save()}>
      <p className={css["note"]}>{t(w.passwordText)}</p>
      <NewPassword value={password} onChange={setPassword} personal={[me?.name ?? "", me?.company ?? ""]} autoFocus />
      {problem !== undefined && <ErrorState inline problem={problem} />}
      <Buttons onClose={onClose}>
        <Button type="submit" loading={busy} disabled={password.length < 8}>
          {t(w.save)}
        </Button>
      </Buttons>
    </CredentialSheet>
  );
}

export function ReplaceTotp({ onClose }: SheetProps) {
  const { t } = useLanguage();
  const [code, setCode] = useState("");
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const setup = useQuery({
    queryKey: ["beginTotp", "sheet"],
    queryFn: ({ signal }) => api.call("beginTotp", { body: {}, signal }),
    gcTime: 0,
    staleTime: Infinity,
  });
  useCloseWhenGivenUp(setup.error, onClose);
  const confirm = async (given: string): Promise<void> => {
    setBusy(true);
    setError(undefined);
    setProblem(undefined);
    try {
      await api.call("confirmTotp", { body: { code: given } });
      toast.done(t(w.totpChanged));
      await refresh("credentialState");
      onClose();
    } catch (failure) {
      setCode("");
      if (failure instanceof ApiProblem && failure.code === "credentials_wrong") setError(t(totpWords.wrong));
      else if (failure instanceof ApiProblem && failure.code === "handle_expired") {
        setError(t(totpWords.expired));
        await setup.refetch();
      } else setProblem(failure);
    } finally {
      setBusy(false);
    }
  };
  return (
    <CredentialSheet title={t(w.totpChange)} onClose={onClose} onSubmit={() => void confirm(code)}>
      <p className={css["note"]}>{t(totpWords.text)}</p>
      {setup.data ? (
        <TotpSetup totp={setup.data} code={code} onCode={setCode} onFull={(full) => void confirm(full)} error={error} />
      ) : setup.error ? (
        <ErrorState problem={setup.error} />
      ) : (
        <SkeletonRows rows={4} columns={1} />
      )}
      {problem !== undefined && <ErrorState inline problem={problem} />}
      <Buttons onClose={onClose}>
        <Button type="submit" loading={busy} disabled={code.length < 6}>
          {t(w.save)}
        </Button>
      </Buttons>
    </CredentialSheet>
  );
}

export function NewRecoveryCodes({ onClose }: SheetProps) {
  const { t } = useLanguage();
  const me = useMe();
  const [made, setMade] = useState<CallOutput<"createRecoveryCodes">>();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const make = async (): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    try {
      setMade(await api.call("createRecoveryCodes", { body: {} }));
      await refresh("credentialState");
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  if (made) {
    return (
      <CredentialSheet title={t(recoveryWords.title)} onClose={() => undefined} stays>
        <p className={css["note"]}>{t(recoveryWords.text)}</p>
        <RecoveryCodes codes={made.codes} email={me?.name ?? ""} done={t(doorWords.done)} onDone={onClose} />
      </CredentialSheet>
    );
  }
  return (
    <CredentialSheet title={t(w.recoveryNewTitle)} onClose={onClose} onSubmit={() => void make()}>
      <p className={css["note"]}>{t(w.recoveryNewText)}</p>
      {problem !== undefined && <ErrorState inline problem={problem} />}
      <Buttons onClose={onClose}>
        <Button type="submit" loading={busy} data-autofocus>
          {t(w.recoveryNew)}
        </Button>
      </Buttons>
    </CredentialSheet>
  );
}

interface FrameProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly onSubmit?: () => void;
  /** Closes by its own button only: what it shows is not shown again. */
  readonly stays?: boolean;
  readonly children: ReactNode;
}

function CredentialSheet({ title, onClose, onSubmit, stays = false, children }: FrameProps) {
  const { t } = useLanguage();
  return (
    <Modal
      opened
      onClose={onClose}
      title={title}
      size={480}
      withCloseButton={!stays}
      closeOnEscape={!stays}
      closeOnClickOutside={false}
      closeButtonProps={{ "aria-label": t(uiWords.close) }}
    >
      <form
        className={css["stack"]}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit?.();
        }}
      >
        {children}
      </form>
    </Modal>
  );
}

function Buttons({ onClose, children }: { readonly onClose: () => void; readonly children: ReactNode }) {
  const { t } = useLanguage();
  return (
    <div className={css["end"]}>
      <Button variant="default" onClick={onClose}>
        {t(uiWords.cancel)}
      </Button>
      {children}
    </div>
  );
}

/** Without the confirmation there is nothing to show: the sheet goes with it. */
function useCloseWhenGivenUp(error: unknown, onClose: () => void): void {
  const close = useEffectEvent(onClose);
  const givenUp = error instanceof ApiProblem && error.code === "step_up_needed";
  useEffect(() => {
    if (givenUp) close();
  }, [givenUp]);
}
