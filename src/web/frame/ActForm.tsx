// Signs one act: the passkey answers for exactly the request that will be sent, or a code is given for it. The question
// is fetched ahead, because browsers open the passkey dialog only right after a click.
import { Button, TextInput } from "@mantine/core";
import { Fingerprint } from "lucide-react";
import { useEffect, useState } from "react";
import { actChallenge, actCommitment } from "../../contract/act.ts";
import type { ActProof } from "../../contract/identity-shapes.ts";
import { type ActToSign, api } from "../api.ts";
import { ApiProblem } from "../api-problem.ts";
import type { CallOutput } from "../endpoint-types.ts";
import { askForPasskey, PasskeyNotUsed, passkeysSupported } from "../passkey.ts";
import { CodeInput } from "../ui/CodeInput.tsx";
import { ErrorState } from "../ui/ErrorState.tsx";
import { SkeletonRows } from "../ui/SkeletonRows.tsx";
import { actWords as w } from "../words/acts.ts";
import { proofWords } from "../words/frame.ts";
import { useLanguage } from "../words/words.ts";
import css from "./proof.module.css";

interface Question extends CallOutput<"beginAct"> {
  readonly challenge: string;
}

async function begin(act: ActToSign): Promise<Question> {
  const begun = await api.call("beginAct", { body: {}, quiet: true });
  const commitment = await actCommitment(begun.nonce, act.digest);
  return { ...begun, challenge: await actChallenge({ ...act, commitment }) };
}

export function ActForm({ act, onDone }: { readonly act: ActToSign; readonly onDone: () => void }) {
  const { t } = useLanguage();
  const [question, setQuestion] = useState<Question>();
  const [busy, setBusy] = useState<"form" | "passkey">();
  const [problem, setProblem] = useState<unknown>();
  const [recovering, setRecovering] = useState(false);
  const [code, setCode] = useState("");
  const [nextCode, setNextCode] = useState("");
  const [recoveryCode, setRecoveryCode] = useState("");

  useEffect(() => {
    let gone = false;
    begin(act).then(
      (made) => !gone && setQuestion(made),
      (error: unknown) => !gone && setProblem(error),
    );
    return () => {
      gone = true;
    };
  }, [act]);

  if (question === undefined)
    return problem === undefined ? <SkeletonRows rows={2} columns={1} /> : <ErrorState inline problem={problem} />;

  const { ways, nonce, passkey, challenge, nextCodeNeeded } = question;
  const withPasskey = passkey !== undefined && passkeysSupported;
  const spare = ways.includes("recovery");
  const withCode = ways.includes("totp") && !recovering;

  const attempt = async (kind: "form" | "passkey", answer: () => Promise<ActProof>): Promise<void> => {
    setBusy(kind);
    setProblem(undefined);
    try {
      const { method, path, digest } = act;
      await api.call("approveAct", { body: { nonce, method, path, digest, proof: await answer() }, quiet: true });
      onDone();
    } catch (error) {
      setCode("");
      setNextCode("");
      const wrong = error instanceof ApiProblem && error.code === "credentials_wrong";
      if (error instanceof PasskeyNotUsed) setProblem({ title: t(proofWords.passkeyCancelled), code: "cancelled" });
      else if (wrong) setProblem({ title: t(withCode ? proofWords.wrongCode : w.wrongRecovery), code: error.code });
      else setProblem(error);
      // Also for a question that grew old, or another code that is needed now.
      await begin(act).then(setQuestion, setProblem);
    } finally {
      setBusy(undefined);
    }
  };
  const submit = (full = code): void => {
    void attempt("form", async () =>
      withCode
        ? { with: "totp", code: full, ...(nextCodeNeeded && { nextCode }) }
        : { with: "recovery", recoveryCode: recoveryCode.trim() },
    );
  };

  return (
    <div className={css["proof"]}>
      {withPasskey && (
        <Button
          leftSection={<Fingerprint size={16} />}
          loading={busy === "passkey"}
          onClick={() =>
            void attempt("passkey", async () => ({
              with: "passkey",
              response: await askForPasskey({ ...passkey, challenge }),
            }))
          }
          autoFocus
        >
          {t(proofWords.withPasskey)}
        </Button>
      )}
      {withPasskey && !recovering && !withCode && <p className={css["hint"]}>{t(proofWords.passkeyHint)}</p>}
      {!withPasskey && !withCode && <p className={css["hint"]}>{t(w.cannot)}</p>}
      {problem !== undefined && <ErrorState inline problem={problem} />}
      {(withCode || recovering) && (
        <form
          className={css["form"]}
          onSubmit={(event) => {
            event.preventDefault();
            submit();
          }}
        >
          {withCode ? (
            <>
              <CodeInput
                label={t(proofWords.code)}
                description={t(w.codeHint)}
                required
                withAsterisk={false}
                autoFocus={!withPasskey}
                value={code}
                onChange={setCode}
                onFull={(full) => !nextCodeNeeded && submit(full)}
              />
              {nextCodeNeeded && (
                <CodeInput
                  label={t(proofWords.nextCode)}
                  description={t(proofWords.nextCodeHint)}
                  required
                  withAsterisk={false}
                  value={nextCode}
                  onChange={setNextCode}
                />
              )}
            </>
          ) : (
            <TextInput
              label={t(w.recoveryCode)}
              required
              withAsterisk={false}
              autoComplete="off"
              spellCheck={false}
              value={recoveryCode}
              onChange={(event) => setRecoveryCode(event.currentTarget.value)}
            />
          )}
          <Button type="submit" variant={withPasskey ? "default" : "filled"} loading={busy === "form"}>
            {t(w.approve)}
          </Button>
        </form>
      )}
      {spare && (
        <Button variant="subtle" color="gray" size="xs" onClick={() => setRecovering(!recovering)}>
          {t(recovering && ways.includes("totp") ? w.withCode : w.withRecovery)}
        </Button>
      )}
    </div>
  );
}
