// The devices of a colleague, for those who manage people: confirm a new one, unbind a lost one.
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { MonitorSmartphone } from "lucide-react";
import { type ReactNode, useState } from "react";
import { api } from "../../api.ts";
import type { CallOutput } from "../../endpoint-types.ts";
import { ConfirmByCode } from "../../identity/ConfirmByCode.tsx";
import { apiQuery, refresh } from "../../query.ts";
import { ConfirmSheet } from "../../ui/ConfirmSheet.tsx";
import { EmptyState } from "../../ui/EmptyState.tsx";
import { ErrorState } from "../../ui/ErrorState.tsx";
import { PanelRow } from "../../ui/Panel.tsx";
import { Sheet } from "../../ui/Sheet.tsx";
import { SkeletonRows } from "../../ui/SkeletonRows.tsx";
import { toast } from "../../ui/toast.tsx";
import { aboutWords } from "../../words/acts.ts";
import { peopleWords as w } from "../../words/admin.ts";
import { useLanguage } from "../../words/words.ts";

type Device = CallOutput<"listPersonDevices">["devices"][number];

export function DevicesSheet({
  id,
  name,
  onClose,
}: {
  readonly id: string;
  readonly name: string;
  readonly onClose: () => void;
}): ReactNode {
  const { t, format } = useLanguage();
  const list = useQuery(apiQuery("listPersonDevices", { path: { userId: id } }));
  const [asking, setAsking] = useState<Device>();
  const [confirming, setConfirming] = useState<Device>();
  const revoke = async (device: Device): Promise<void> => {
    await api.call("revokePersonDevice", { path: { userId: id, id: device.id }, body: {} });
    await refresh("listPersonDevices");
    toast.done(t(w.deviceRevoked));
  };
  const state = (device: Device): string =>
    t(
      device.endedAt !== undefined
        ? device.replaced
          ? w.replaced
          : w.ended
        : device.confirmed
          ? w.confirmed
          : w.unconfirmed,
    );

  return (
    <Sheet opened onClose={onClose} title={t(w.devicesOf, { name })}>
      {list.error && <ErrorState problem={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <SkeletonRows rows={3} columns={2} />}
      {list.data?.devices.length === 0 && <EmptyState icon={MonitorSmartphone} title={t(w.noDevices)} />}
      {list.data?.devices.map((device) => (
        <PanelRow
          key={device.id}
          icon={<MonitorSmartphone size="1em" aria-hidden />}
          title={device.family}
          note={[
            state(device),
            t(w.lastSeen, { time: format.relative(device.lastSeen) }),
            device.lastIp,
            t(w.boundAt, { time: format.dateTime(device.createdAt) }),
          ]
            .filter(Boolean)
            .join(" · ")}
          end={
            device.endedAt === undefined && (
              <>
                {!device.confirmed && (
                  <Button size="compact-sm" onClick={() => setConfirming(device)}>
                    {t(w.confirmDevice)}
                  </Button>
                )}
                <Button size="compact-sm" variant="default" onClick={() => setAsking(device)}>
                  {t(w.revokeDevice)}
                </Button>
              </>
            )
          }
        />
      ))}
      {confirming && (
        <ConfirmByCode
          device={confirming}
          text={t(w.confirmDeviceText)}
          onClose={() => setConfirming(undefined)}
          send={async (code) => {
            await api.call("confirmPersonDevice", {
              path: { userId: id, id: confirming.id },
              body: { code },
              about: t(aboutWords.device, { name, family: confirming.family }),
            });
            await refresh("listPersonDevices");
          }}
        />
      )}
      <ConfirmSheet
        opened={asking !== undefined}
        title={t(w.revokeTitle, { family: asking?.family ?? "" })}
        text={t(w.revokeHint)}
        confirm={t(w.revokeDevice)}
        danger
        onConfirm={() => (asking ? revoke(asking) : Promise.resolve())}
        onClose={() => setAsking(undefined)}
      />
    </Sheet>
  );
}
