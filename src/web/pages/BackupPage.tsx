// Backing up the whole company by one button: what the last backup was, how far the one under way is, and where they go.
import { Button, Progress, Radio } from "@mantine/core";
import { CircleCheck, HardDrive, TriangleAlert } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { problemTitle } from "../../contract/problem.ts";
import { api } from "../api.ts";
import type { CallOutput } from "../endpoint-types.ts";
import { refresh } from "../query.ts";
import { useBackups } from "../safety/use-backups.ts";
import { CopyButton } from "../ui/CopyButton.tsx";
import { EmptyState } from "../ui/EmptyState.tsx";
import { ErrorState } from "../ui/ErrorState.tsx";
import { PageHeader } from "../ui/PageHeader.tsx";
import { Page, Panel, PanelRow } from "../ui/Panel.tsx";
import { SkeletonRows } from "../ui/SkeletonRows.tsx";
import { toast } from "../ui/toast.tsx";
import { backupWords as w } from "../words/backups.ts";
import { useLanguage } from "../words/words.ts";
import css from "../safety/safety.module.css";

type Backups = CallOutput<"readBackups">;

export default function BackupPage() {
  const { t, format } = useLanguage();
  const { data, error, refetch } = useBackups();
  const [chosen, setChosen] = useState<string>();
  const [asking, setAsking] = useState(false);
  const running = data?.running ?? null;
  const folder =
    chosen ?? data?.folders.find(({ freeBytes }) => freeBytes !== null)?.folder ?? data?.folders[0]?.folder;
  const last = data?.last ?? null;
  const was = useRef(running);
  useEffect(() => {
    if (was.current !== null && running === null && last !== null && data?.failure === null) {
      toast.done(t(w.done, { records: format.number(last.records) }));
      void refresh("listLedger");
    }
    was.current = running;
  });

  const start = async (): Promise<void> => {
    if (folder === undefined) return;
    setAsking(true);
    try {
      await api.call("makeBackup", { body: { folder }, about: folder });
    } catch (problem) {
      toast.problem(problem);
    } finally {
      setAsking(false);
      await refetch();
    }
  };

  return (
    <Page>
      <PageHeader
        title={t(w.title)}
        lead={t(w.lead)}
        actions={
          <Button onClick={() => void start()} loading={asking} disabled={!data || running !== null}>
            {t(w.now)}
          </Button>
        }
      />
      {error && <ErrorState problem={error} onRetry={() => void refetch()} />}
      {!data && !error && <SkeletonRows rows={4} columns={2} />}
      {data && (
        <>
          {running && <Running share={running.share} />}
          {data.failure && (
            <p role="alert" className={css["warning"]}>
              <TriangleAlert size={16} aria-hidden="true" />
              <span>
                {t(w.failed, { when: format.relative(data.failure.at) })}：
                <FailureText problem={data.failure.problem} />
              </span>
            </p>
          )}
          <Last last={last} />
          <Folders folders={data.folders} chosen={folder} onChoose={setChosen} />
          {last && <HowToRestore file={last.file} />}
        </>
      )}
    </Page>
  );
}

function FailureText({ problem }: { readonly problem: string }) {
  const { language } = useLanguage();
  return problemTitle(problem, language) ?? problem;
}

function Running({ share }: { readonly share: number }) {
  const { t } = useLanguage();
  const percent = Math.floor(share * 100);
  return (
    <Panel>
      <div className={css["running"]}>
        <p role="status">{t(share < 0.5 ? w.writing : w.reading, { percent })}</p>
        <Progress value={percent} aria-label={t(w.progress)} />
      </div>
    </Panel>
  );
}

function Last({ last }: { readonly last: Backups["last"] }) {
  const { t, format } = useLanguage();
  if (last === null)
    return (
      <Panel title={t(w.last)}>
        <EmptyState icon={HardDrive} title={t(w.none)} text={t(w.noneText)} />
      </Panel>
    );
  return (
    <Panel title={t(w.last)} flush>
      <PanelRow
        title={t(w.made)}
        {...(last.madeBy === null && { note: t(w.byConsole) })}
        end={format.dateTime(last.madeAt)}
      />
      <PanelRow title={t(w.file)} note={<span className={css["path"]}>{`${last.folder}/${last.file}`}</span>} />
      <PanelRow title={t(w.size)} end={format.bytes(last.bytes)} />
      <PanelRow title={t(w.records)} end={format.number(last.records)} />
      <PanelRow icon={<CircleCheck size={16} className={css["good"]} />} title={t(w.check)} note={t(w.checked)} />
    </Panel>
  );
}

function Folders({
  folders,
  chosen,
  onChoose,
}: {
  readonly folders: Backups["folders"];
  readonly chosen: string | undefined;
  readonly onChoose: (folder: string) => void;
}) {
  const { t, format } = useLanguage();
  return (
    <Panel title={t(w.where)} text={t(w.whereText)} flush>
      <Radio.Group value={chosen ?? null} onChange={onChoose} aria-label={t(w.where)}>
        {folders.map(({ folder, freeBytes, sharesDisk }) => (
          <PanelRow
            key={folder}
            title={<Radio value={folder} label={<span className={css["path"]}>{folder}</span>} />}
            note={
              <>
                {freeBytes === null ? t(w.away) : t(w.free, { bytes: format.bytes(freeBytes) })}
                {sharesDisk && (
                  <span className={css["warning"]}>
                    <TriangleAlert size={16} aria-hidden="true" />
                    <span>{t(w.sameDisk)}</span>
                  </span>
                )}
              </>
            }
          />
        ))}
      </Radio.Group>
    </Panel>
  );
}

function HowToRestore({ file }: { readonly file: string }) {
  const { t } = useLanguage();
  const command = `npx strongroom restore ${file}`;
  return (
    <Panel title={t(w.restore)} text={t(w.restoreText)}>
      <div className={css["command"]}>
        <code className={css["path"]}>{command}</code>
        <CopyButton text={command} label={t(w.copy)} size="xs" />
      </div>
    </Panel>
  );
}
