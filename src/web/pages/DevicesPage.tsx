// One's own devices and sessions: which browsers are bound, where one is signed in, and how to end or confirm them.
import { Badge, Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Monitor, Smartphone } from "lucide-react";
import { useState } from "react";
import { api } from "../api.ts";
import type { CallOutput } from "../endpoint-types.ts";
import { ConfirmByCode } from "../identity/ConfirmByCode.tsx";
import { ConfirmThisDevice } from "../identity/ConfirmThisDevice.tsx";
import { apiQuery, refresh, useSession } from "../query.ts";
import { ConfirmSheet } from "../ui/ConfirmSheet.tsx";
import { ErrorState } from "../ui/ErrorState.tsx";
import { PageHeader } from "../ui/PageHeader.tsx";
import { Page, Panel, PanelRow } from "../ui/Panel.tsx";
import { SkeletonRows } from "../ui/SkeletonRows.tsx";
import { toast } from "../ui/toast.tsx";
import { assuranceWords, confirmedHowWords, deviceWords as w } from "../words/identity.ts";
import { useLanguage } from "../words/words.ts";

type Device = CallOutput<"listDevices">["devices"][number];
type Session = CallOutput<"listSessions">["sessions"][number];

export default function DevicesPage() {
  const { t, format } = useLanguage();
  const devices = useQuery(apiQuery("listDevices"));
  const sessions = useQuery(apiQuery("listSessions"));
  const session = useSession();
  const [removing, setRemoving] = useState<Device>();
  const [ending, setEnding] = useState<Session>();
  const [confirming, setConfirming] = useState<Device>();
  const confirmedById = new Map(devices.data?.devices.map((device) => [device.id, device.confirmed]));
  /** A device that waits to be confirmed ends none that is; the reason, where that is so. */
  const kept = (confirmed: boolean | undefined): string | undefined =>
    session.data?.confirmed === false && confirmed === true ? t(w.confirmFirst) : undefined;
  const living = devices.data?.devices.filter((device) => device.endedAt === undefined) ?? [];
  const earlier = devices.data?.devices.filter((device) => device.endedAt !== undefined) ?? [];

  return (
    <Page>
      <PageHeader title={t(w.title)} lead={t(w.lead)} />
      {session.data?.confirmCode !== undefined && <ConfirmThisDevice code={session.data.confirmCode} />}
      {devices.error && <ErrorState problem={devices.error} onRetry={() => void devices.refetch()} />}
      <Panel title={t(w.devices)} flush>
        {devices.isPending && <SkeletonRows rows={2} columns={3} />}
        {living.map((device) => (
          <PanelRow
            key={device.id}
            icon={<DeviceIcon family={device.family} />}
            title={
              <>
                {device.family}
                {device.current && <Badge variant="light">{t(w.thisDevice)}</Badge>}
                {!device.confirmed && (
                  <Badge variant="light" color="brass">
                    {t(w.unconfirmed)}
                  </Badge>
                )}
              </>
            }
            note={[
              t(w.lastSeen, { when: format.relative(device.lastSeen) }),
              device.lastIp,
              device.confirmedHow && t(confirmedHowWords[device.confirmedHow]),
              t(w.boundAt, { when: format.dateTime(device.createdAt) }),
            ]
              .filter(Boolean)
              .join(" · ")}
            end={
              <>
                {!device.confirmed && !device.current && session.data?.confirmed === true && (
                  <Button onClick={() => setConfirming(device)}>{t(w.confirm)}</Button>
                )}
                {!device.current && (
                  <Button
                    variant="default"
                    disabled={kept(device.confirmed) !== undefined}
                    title={kept(device.confirmed)}
                    onClick={() => setRemoving(device)}
                  >
                    {t(w.remove)}
                  </Button>
                )}
              </>
            }
          />
        ))}
      </Panel>
      <Panel title={t(w.sessions)} flush>
        {sessions.isPending && <SkeletonRows rows={2} columns={3} />}
        {sessions.error && <ErrorState problem={sessions.error} onRetry={() => void sessions.refetch()} />}
        {sessions.data?.sessions.map((row) => (
          <PanelRow
            key={row.id}
            icon={<DeviceIcon family={row.family} />}
            title={
              <>
                {row.family}
                {row.current && <Badge variant="light">{t(w.thisSession)}</Badge>}
                {row.locked && (
                  <Badge variant="light" color="gray">
                    {t(w.locked)}
                  </Badge>
                )}
              </>
            }
            note={[
              t(w.activeAt, { when: format.relative(row.lastActive) }),
              t(w.signedInAt, { when: format.dateTime(row.startedAt) }),
              t(w.signedInBy, { how: t(assuranceWords[row.assurance]) }),
              t(w.expires, { when: format.date(row.expiresAt) }),
            ].join(" · ")}
            end={
              !row.current && (
                <Button
                  variant="default"
                  disabled={kept(confirmedById.get(row.deviceId)) !== undefined}
                  title={kept(confirmedById.get(row.deviceId))}
                  onClick={() => setEnding(row)}
                >
                  {t(w.end)}
                </Button>
              )
            }
          />
        ))}
      </Panel>
      {earlier.length > 0 && (
        <Panel title={t(w.earlier)} flush>
          {earlier.map((device) => (
            <PanelRow
              key={device.id}
              icon={<DeviceIcon family={device.family} />}
              title={device.family}
              note={[
                t(device.replaced ? w.replaced : w.revoked),
                device.endedAt && t(w.endedAt, { when: format.dateTime(device.endedAt) }),
                device.lastIp,
              ]
                .filter(Boolean)
                .join(" · ")}
            />
          ))}
        </Panel>
      )}
      <ConfirmSheet
        opened={removing !== undefined}
        title={t(w.removeTitle, { family: removing?.family ?? "" })}
        text={t(w.removeText)}
        confirm={t(w.remove)}
        danger
        onClose={() => setRemoving(undefined)}
        onConfirm={async () => {
          await api.call("revokeDevice", { path: { id: removing?.id ?? "" }, body: {} });
          toast.done(t(w.removed));
          await refresh("listDevices", "listSessions", "currentSession");
        }}
      />
      <ConfirmSheet
        opened={ending !== undefined}
        title={t(w.endTitle)}
        text={t(w.endText)}
        confirm={t(w.end)}
        danger
        onClose={() => setEnding(undefined)}
        onConfirm={async () => {
          await api.call("revokeSession", { path: { id: ending?.id ?? "" }, body: {} });
          toast.done(t(w.ended));
          await refresh("listSessions");
        }}
      />
      {confirming && (
        <ConfirmByCode
          device={confirming}
          text={t(w.confirmText)}
          onClose={() => setConfirming(undefined)}
          send={async (code) => {
            await api.call("confirmDevice", { path: { id: confirming.id }, body: { code }, about: confirming.family });
            await refresh("listDevices");
          }}
        />
      )}
    </Page>
  );
}

function DeviceIcon({ family }: { readonly family: string }) {
  return /Android|iOS|iPhone|iPad/u.test(family) ? (
    <Smartphone size={16} aria-hidden="true" />
  ) : (
    <Monitor size={16} aria-hidden="true" />
  );
}
