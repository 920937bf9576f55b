// Home: the date in one line, what to do next, figures that are links, the accounts that changed last, and one's own
// safety. Everything is counted from real data; what one may not see is not mentioned.
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { CircleAlert, CircleCheck, Network, Plus, Upload } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import type { CallOutput } from "../endpoint-types.ts";
import { canDo, recordPath, type Schema } from "../frame/places.ts";
import { useRecoveryKit } from "../identity/RecoveryKit.tsx";
import { apiQuery, useSchema, useSession } from "../query.ts";
import { isOld, useBackups } from "../safety/use-backups.ts";
import { Avatar } from "../ui/Avatar.tsx";
import { ErrorState } from "../ui/ErrorState.tsx";
import { PageHeader } from "../ui/PageHeader.tsx";
import { Page, Panel, PanelRow } from "../ui/Panel.tsx";
import { SkeletonRows } from "../ui/SkeletonRows.tsx";
import { StatTile } from "../ui/StatTile.tsx";
import { backupWords as backup } from "../words/backups.ts";
import { deviceWords, homeWords as w } from "../words/identity.ts";
import { useLanguage } from "../words/words.ts";
import { frameWords, placeWords } from "../words/frame.ts";
import css from "./home.module.css";

const shownAccounts = 8;
const enoughCodes = 3;

/** The accounts that changed last, and how many there are: one list call serves both. */
function recentAccounts(enabled: boolean) {
  return {
    ...apiQuery("listRecords", {
      path: { object: "account" },
      body: { sort: [{ field: "updatedAt", direction: "desc" }], limit: shownAccounts, columns: ["name"], count: true },
    }),
    enabled,
  };
}

function countOf(
  object: string,
  filter: { readonly field: string; readonly op: "eq"; readonly value: string } | undefined,
  enabled: boolean,
) {
  return {
    ...apiQuery("listRecords", {
      path: { object },
      body: { limit: 1, columns: [], count: true, ...(filter && { filter }) },
    }),
    enabled,
  };
}

export default function HomePage() {
  const { t, format } = useLanguage();
  const schema = useSchema().data;
  return (
    <Page>
      <PageHeader title={t(placeWords.home)} heading={format.date(new Date())} />
      <div className={css["columns"]}>
        <div className={css["column"]}>
          <NextSteps schema={schema} />
          <Figures schema={schema} />
          {canDo(schema, "account", "view") && <Recent />}
        </div>
        <div className={css["column"]}>
          <Safety schema={schema} />
        </div>
      </div>
    </Page>
  );
}

/** Only what is really left to do in a new installation; gone once done. */
function NextSteps({ schema }: { readonly schema: Schema | undefined }) {
  const { t } = useLanguage();
  const sells = canDo(schema, "account", "view");
  const managesPeople = schema?.me.capabilities.includes("people.manage") === true;
  const accounts = useQuery(recentAccounts(sells)).data?.count;
  const people = useQuery(countOf("user", undefined, managesPeople)).data?.count;
  const steps: ReactNode[] = [];
  if (accounts?.value === 0 && canDo(schema, "account", "import")) {
    steps.push(
      <PanelRow
        key="import"
        icon={<Upload size={16} />}
        title={t(w.stepImport)}
        note={t(w.stepImportText)}
        end={<Go to="/import" label={t(placeWords.import)} primary />}
      />,
    );
  }
  if (accounts?.value === 0 && canDo(schema, "account", "create")) {
    steps.push(
      <PanelRow
        key="create"
        icon={<Plus size={16} />}
        title={t(w.stepCreate)}
        end={<Go to="/accounts?new" label={t(frameWords.create)} />}
      />,
    );
  }
  if (people?.value === 1 && managesPeople) {
    steps.push(
      <PanelRow
        key="invite"
        icon={<Network size={16} />}
        title={t(w.stepInvite)}
        note={t(w.stepInviteText)}
        end={<Go to="/people" label={t(w.invite)} />}
      />,
    );
  }
  return steps.length === 0 ? null : (
    <Panel title={t(w.nextSteps)} flush>
      {steps}
    </Panel>
  );
}

function Go({
  to,
  label,
  primary = false,
}: {
  readonly to: string;
  readonly label: string;
  readonly primary?: boolean;
}) {
  return (
    <Button component={Link} to={to} variant={primary ? "filled" : "default"}>
      {label}
    </Button>
  );
}

function Figures({ schema }: { readonly schema: Schema | undefined }) {
  const { t, format } = useLanguage();
  const [accounts, contacts, people] = [
    canDo(schema, "account", "view"),
    canDo(schema, "contact", "view"),
    canDo(schema, "user", "view"),
  ];
  const active = { field: "status", op: "eq", value: "active" } as const;
  const tiles = [
    { to: "/accounts", label: t(w.accounts), count: useQuery(recentAccounts(accounts)).data?.count, has: accounts },
    {
      to: "/contacts",
      label: t(w.contacts),
      count: useQuery(countOf("contact", undefined, contacts)).data?.count,
      has: contacts,
    },
    { to: "/people", label: t(w.people), count: useQuery(countOf("user", active, people)).data?.count, has: people },
  ].filter(({ has }) => has);
  if (tiles.length === 0) return null;
  return (
    <section className={css["figures"]} aria-label={t(w.figures)}>
      {tiles.map(({ to, label, count }) => (
        <StatTile
          key={to}
          label={label}
          value={count ? `${format.figure(count.value)}${count.more ? "+" : ""}` : "–"}
          render={(shell) => <Link to={to} {...shell} />}
        />
      ))}
    </section>
  );
}

function Recent() {
  const { t, format } = useLanguage();
  const list = useQuery(recentAccounts(true));
  const rows = list.data?.rows ?? [];
  // Nothing yet: the next steps above say what to do.
  if (list.data && rows.length === 0) return null;
  return (
    <Panel
      title={t(w.recent)}
      flush
      actions={
        rows.length > 0 && (
          <Button component={Link} to="/accounts" variant="subtle" size="compact-sm" className={css["all"] ?? ""}>
            {t(w.all)}
          </Button>
        )
      }
    >
      {list.isPending && <SkeletonRows rows={5} columns={2} />}
      {list.error && <ErrorState problem={list.error} onRetry={() => void list.refetch()} />}
      {rows.map((row) => {
        const owner = row.owner === null ? undefined : list.data?.names[row.owner];
        return (
          <Link key={row.id} to={recordPath("account", row.id) ?? "/accounts"} className={css["recent"]}>
            <span className={css["recentName"]}>{String(row.values["name"] ?? row.masked["name"] ?? "")}</span>
            <span className={css["recentNote"]}>{format.relative(row.updatedAt)}</span>
            {owner !== undefined && <Avatar name={owner} />}
          </Link>
        );
      })}
    </Panel>
  );
}

/** Ticks from one's own credentials and devices. */
function Safety({ schema }: { readonly schema: Schema | undefined }) {
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
