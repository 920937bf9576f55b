// What opens one's own account: passkeys, password, authenticator, recovery codes. The server asks for a fresh
// confirmation before each change.
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Fingerprint, KeyRound, LifeBuoy, Smartphone } from "lucide-react";
import { useState } from "react";
import { api } from "../api.ts";
import type { CallOutput } from "../endpoint-types.ts";
import { AddPasskey, usePasskeyReason } from "../identity/AddPasskey.tsx";
import { ChangePassword, NewRecoveryCodes, ReplaceTotp } from "../identity/credential-sheets.tsx";
import { RecoveryKit } from "../identity/RecoveryKit.tsx";
import { apiQuery, refresh } from "../query.ts";
import { ConfirmSheet } from "../ui/ConfirmSheet.tsx";
import { ErrorState } from "../ui/ErrorState.tsx";
import { PageHeader } from "../ui/PageHeader.tsx";
import { Page, Panel, PanelRow } from "../ui/Panel.tsx";
import { SkeletonRows } from "../ui/SkeletonRows.tsx";
import { toast } from "../ui/toast.tsx";
import { aboutWords } from "../words/acts.ts";
import { securityWords as w } from "../words/identity.ts";
import { useLanguage } from "../words/words.ts";

type Passkey = CallOutput<"credentialState">["passkeys"][number];
type Open = "password" | "totp" | "recovery";
const enoughCodes = 3;

export default function SecurityPage() {
  const { t, format } = useLanguage();
  const state = useQuery(apiQuery("credentialState"));
  const reason = usePasskeyReason();
  const [open, setOpen] = useState<Open>();
  const [removing, setRemoving] = useState<Passkey>();
  const close = (): void => setOpen(undefined);
  const data = state.data;
  return (
    <Page>
      <PageHeader title={t(w.title)} lead={t(w.lead)} />
      {state.error && <ErrorState problem={state.error} onRetry={() => void state.refetch()} />}
      <Panel
        title={t(w.passkeys)}
        text={reason?.why ? t(reason.why) : t(w.passkeysText)}
        actions={<AddPasskey />}
        flush
      >
        {state.isPending && <SkeletonRows rows={2} columns={2} />}
        {data?.passkeys.length === 0 && <PanelRow icon={<Fingerprint size={16} />} title={t(w.noPasskeys)} />}
        {data?.passkeys.map((passkey) => (
          <PanelRow
            key={passkey.id}
            icon={<Fingerprint size={16} />}
            title={passkey.family}
            note={[
              t(passkey.synced ? w.synced : w.boundHere),
              t(w.addedAt, { when: format.date(passkey.createdAt) }),
              passkey.lastUsed === undefined
                ? t(w.neverUsed)
                : t(w.lastUsed, { when: format.relative(passkey.lastUsed) }),
            ].join(" · ")}
            end={
              <Button variant="default" onClick={() => setRemoving(passkey)}>
                {t(w.remove)}
              </Button>
            }
          />
        ))}
      </Panel>
      <Panel title={t(w.secondFactor)} flush>
        {data ? (
          <>
            <PanelRow
              icon={<KeyRound size={16} />}
              title={t(w.password)}
              note={
                data.passwordChangedAt === undefined
                  ? t(w.passwordNone)
                  : t(w.passwordSince, { when: format.date(data.passwordChangedAt) })
              }
              end={
                <Button variant="default" onClick={() => setOpen("password")}>
                  {t(w.passwordChange)}
                </Button>
              }
            />
            <PanelRow
              icon={<Smartphone size={16} />}
              title={t(w.totp)}
              note={
                data.totpSince === undefined ? t(w.passwordNone) : t(w.totpSince, { when: format.date(data.totpSince) })
              }
              end={
                <Button variant="default" onClick={() => setOpen("totp")}>
                  {t(w.totpChange)}
                </Button>
              }
            />
            <PanelRow
              icon={<LifeBuoy size={16} />}
              title={t(w.recovery)}
              note={
                data.recoveryCodesLeft === 0 ? t(w.recoveryNone) : t(w.recoveryLeft, { count: data.recoveryCodesLeft })
              }
              end={
                <Button
                  variant={data.recoveryCodesLeft < enoughCodes ? "filled" : "default"}
                  onClick={() => setOpen("recovery")}
                >
                  {t(w.recoveryNew)}
                </Button>
              }
            />
          </>
        ) : (
          state.isPending && <SkeletonRows rows={3} columns={2} />
        )}
      </Panel>
      <RecoveryKit />
      <ConfirmSheet
        opened={removing !== undefined}
        title={t(w.removePasskey)}
        text={t(w.removePasskeyText)}
        confirm={t(w.remove)}
        danger
        onClose={() => setRemoving(undefined)}
        onConfirm={async () => {
          await api.call("removePasskey", {
            path: { id: removing?.id ?? "" },
            body: {},
            about: t(aboutWords.passkey, {
              family: removing?.family ?? "",
              added: t(w.addedAt, { when: removing === undefined ? "" : format.date(removing.createdAt) }),
            }),
          });
          toast.done(t(w.passkeyRemoved));
          await refresh("credentialState");
        }}
      />
      {open === "password" && <ChangePassword onClose={close} />}
      {open === "totp" && <ReplaceTotp onClose={close} />}
      {open === "recovery" && <NewRecoveryCodes onClose={close} />}
    </Page>
  );
}
