// One's own safety on the home page: devices, passkeys, recovery codes, and for owners the recovery kit.
import { useQuery } from "@tanstack/react-query";
import { CircleAlert, CircleCheck } from "lucide-react";
import { Link } from "react-router";
import type { CallOutput } from "../endpoint-types.ts";
import type { Schema } from "../frame/places.ts";
import { useRecoveryKit } from "../identity/RecoveryKit.tsx";
import css from "../pages/home.module.css";
import { apiQuery, useSession } from "../query.ts";
import { isOld, useBackups } from "../safety/use-backups.ts";
import { Panel, PanelRow } from "../ui/Panel.tsx";
import { SkeletonRows } from "../ui/SkeletonRows.tsx";
import { backupWords as backup } from "../words/backups.ts";
import { deviceWords, homeWords as w } from "../words/identity.ts";
import { useLanguage } from "../words/words.ts";

const enoughCodes = 3;

/** Ticks from one's own credentials and devices. */
export function Safety({ schema }: { readonly schema: Schema | undefined }) {
  const { t, format } = useLanguage();
  const kit = useRecoveryKit(schema);
  const backups = useBackups().data;
  const state = useQuery(apiQuery("credentialState")).data;
  const session = useSession().data;
  const bound = session?.news.filter(({ kind }) => kind === "device_bound") ?? [];
  return (
    <Panel title={t(w.safety)} flush>
      {(!state || !session) && <SkeletonRows rows={3} columns={1} />}
      {state && session && (
        <>
          <Tick
            done={session.confirmed}
            to="/devices"
            title={t(session.confirmed ? w.deviceOk : w.deviceWaiting)}
            {...(!session.confirmed && { note: t(w.deviceText) })}
          />
          <Tick
            done={state.passkeys.length >= 2}
            to="/security"
            title={
              state.passkeys.length >= 2
                ? t(w.passkeyOk, { count: state.passkeys.length })
                : t(state.passkeys.length === 1 ? w.passkeyOne : w.passkeyNone)
            }
            {...(state.passkeys.length < 2 && {
              note: t(state.passkeys.length === 1 ? w.passkeyOneText : w.passkeyNoneText),
            })}
          />
          <Tick
            done={state.recoveryCodesLeft >= enoughCodes}
            to="/security"
            title={
              state.recoveryCodesLeft >= enoughCodes
                ? t(w.recoveryOk, { count: state.recoveryCodesLeft })
                : t(w.recoveryLow)
            }
            {...(state.recoveryCodesLeft < enoughCodes && { note: t(w.recoveryText) })}
          />
          {kit && (
            <Tick
              done={kit.printedAt !== null}
              to="/security"
              title={kit.printedAt === null ? t(w.kitPrint) : t(w.kitOk, { when: format.day(kit.printedAt) })}
              {...(kit.printedAt === null && { note: t(w.kitText) })}
            />
          )}
          {backups && <BackupTick last={backups.last} />}
          {bound.map(({ deviceId, family, at }) => (
            <Tick
              key={deviceId}
              done={false}
              to="/devices"
              title={family}
              note={t(deviceWords.boundAt, { when: format.relative(at) })}
            />
          ))}
        </>
      )}
    </Panel>
  );
}

function BackupTick({ last }: { readonly last: CallOutput<"readBackups">["last"] }) {
  const { t, format } = useLanguage();
  if (last === null) return <Tick done={false} to="/backup" title={t(backup.tickNone)} note={t(backup.tickText)} />;
  const old = isOld(last.madeAt);
  const title = t(old ? backup.tickOld : backup.tickOk, { when: format.relative(last.madeAt) });
  return <Tick done={!old} to="/backup" title={title} {...(old && { note: t(backup.tickText) })} />;
}

function Tick({
  done,
  to,
  title,
  note,
}: {
  readonly done: boolean;
  readonly to: string;
  readonly title: string;
  readonly note?: string;
}) {
  return (
    <PanelRow
      icon={
        done ? (
          <CircleCheck size={16} className={css["done"]} aria-hidden="true" />
        ) : (
          <CircleAlert size={16} className={css["open"]} aria-hidden="true" />
        )
      }
      title={done ? title : <Link to={to}>{title}</Link>}
      {...(note !== undefined && { note })}
    />
  );
}
