// Adding a passkey to one's own account, with the reason where this browser or address cannot have one.
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Fingerprint } from "lucide-react";
import { useState } from "react";
import { Link } from "react-router";
import { api } from "../api.ts";
import { makePasskey, PasskeyNotUsed, passkeysSupported } from "../passkey.ts";
import { apiQuery, refresh, useSession } from "../query.ts";
import { ErrorState } from "../ui/ErrorState.tsx";
import { toast } from "../ui/toast.tsx";
import { passkeyWords as w } from "../words/identity.ts";
import { useLanguage, type Word } from "../words/words.ts";

/** Undefined while not known; otherwise whether passkeys can be used here, or why not. */
export function usePasskeyReason(): { readonly possible: boolean; readonly why: Word | undefined } | undefined {
  const status = useQuery({ ...apiQuery("installationStatus", { body: {} }), staleTime: Infinity });
  if (!status.data) return undefined;
  const { passkeys } = status.data;
  if (passkeys === "needs_host_name") return { possible: false, why: w.needsHostName };
  if (passkeys === "other_host") return { possible: false, why: w.otherHost };
  return passkeysSupported ? { possible: true, why: undefined } : { possible: false, why: w.unsupported };
}

interface Props {
  readonly onAdded?: () => void;
  readonly primary?: boolean;
}

export function AddPasskey({ onAdded, primary = false }: Props) {
  const { t } = useLanguage();
  const known = usePasskeyReason();
  const unconfirmed = useSession().data?.confirmed === false;
  const reason = unconfirmed && known?.possible === true ? { possible: false, why: w.unconfirmed } : known;
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const add = async (): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    try {
      const options = await api.call("passkeyOptions", { body: {} });
      await api.call("addPasskey", { body: { response: await makePasskey(options) } });
      toast.done(t(w.added));
      await refresh("credentialState", "currentSession", "readSchema");
      onAdded?.();
    } catch (error) {
      setProblem(error instanceof PasskeyNotUsed ? { title: t(w.failed), code: "cancelled" } : error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      {problem !== undefined && <ErrorState inline problem={problem} />}
      <Button
        variant={primary ? "filled" : "default"}
        leftSection={<Fingerprint size={16} />}
        loading={busy}
        disabled={reason?.possible !== true}
        title={reason?.why && t(reason.why)}
        onClick={() => void add()}
      >
        {t(w.add)}
      </Button>
      {unconfirmed && reason?.why === w.unconfirmed && <Link to="/devices">{t(w.unconfirmed)}</Link>}
    </>
  );
}
