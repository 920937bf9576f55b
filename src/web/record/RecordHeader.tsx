// The head of a record: its name, who is responsible, how fresh it is, and what may be done with it.
import { ActionIcon, Button, Tooltip } from "@mantine/core";
import { ArrowLeft, ChevronLeft, ChevronRight, RotateCcw, Trash2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Link, useNavigate } from "react-router";
import type { SchemaObject } from "../../contract/schema-verbs.ts";
import { api } from "../api.ts";
import { recordPath } from "../frame/places.ts";
import { queryClient, refresh } from "../query.ts";
import { neighboursOf } from "../table/list-order.ts";
import { Avatar } from "../ui/Avatar.tsx";
import { ConfirmSheet } from "../ui/ConfirmSheet.tsx";
import { toast } from "../ui/toast.tsx";
import { frameWords } from "../words/frame.ts";
import { recordWords } from "../words/records.ts";
import { useLanguage } from "../words/words.ts";
import { NextStep } from "./NextStep.tsx";
import { StageBar, stageFieldOf } from "./StageBar.tsx";
import { leftListPath } from "./record-path.ts";
import { type Opened, recordQuery } from "./use-record.ts";
import styles from "./record.module.css";

export function RecordHeader({
  object,
  opened,
  name,
}: {
  readonly object: SchemaObject;
  readonly opened: Opened;
  readonly name: string;
}): ReactNode {
  const { t, format } = useLanguage();
  const navigate = useNavigate();
  const [asking, setAsking] = useState(false);
  const { record, names } = opened;
  const path = { object: record.object, id: record.id };
  const owner = record.owner === null ? undefined : names[record.owner];
  const by = record.updatedBy === null ? undefined : names[record.updatedBy];
  const when = format.relative(record.updatedAt);
  const deleted = record.deletedAt !== null;
  const stageField = stageFieldOf(object);
  const nextField = object.fields.find(
    ({ key, level }) => key === "nextFollowUp" && (level === "read" || level === "write"),
  );
  // The vault deletes no person: too much refers to him.
  const stays = object.key === "user";

  const restore = async (): Promise<void> => {
    try {
      await api.call("restoreRecord", { path });
      await Promise.all([
        queryClient.invalidateQueries(recordQuery(record.object, record.id)),
        refresh("listRecords", "readHistory"),
      ]);
      toast.done(t(recordWords.restoredOne, { name }));
    } catch (error) {
      toast.problem(error);
    }
  };
  const remove = async (): Promise<void> => {
    await api.call("deleteRecord", { path, body: { version: record.version } });
    await refresh("listRecords");
    toast.done(t(recordWords.deletedOne, { name }), { undo: () => void restore() });
    queryClient.removeQueries(recordQuery(record.object, record.id));
    void navigate(leftListPath(record.object));
  };

  return (
    <header className={styles["header"]}>
      <title>{t(frameWords.windowTitle, { title: name })}</title>
      <div className={styles["headerTop"]}>
        <Link to={leftListPath(record.object)} className={styles["back"]}>
          <ArrowLeft size="1em" aria-hidden /> {t(object.plural)}
        </Link>
        <div className={styles["headerActions"]}>
          <Steps object={record.object} id={record.id} />
          {deleted ? (
            <Button
              leftSection={<RotateCcw size="1em" aria-hidden />}
              disabled={!record.can.delete}
              onClick={() => void restore()}
            >
              {t(recordWords.restore)}
            </Button>
          ) : (
            <Tooltip label={t(recordWords.deleteDenied)} disabled={record.can.delete}>
              <Button
                variant="default"
                leftSection={<Trash2 size="1em" aria-hidden />}
                {...(!record.can.delete && { "data-disabled": true })}
                aria-disabled={!record.can.delete}
                onClick={() => record.can.delete && setAsking(true)}
              >
                {t(recordWords.delete)}
              </Button>
            </Tooltip>
          )}
        </div>
      </div>
      <div>
        <h1>{name}</h1>
        <p className={styles["headerFacts"]}>
          {object.fields.some(({ key, computed }) => key === "owner" && !computed) && (
            <span className={styles["person"]}>
              {owner === undefined ? (
                t(recordWords.noOwner)
              ) : (
                <>
                  <Avatar name={owner} /> <span className={styles["second"]}>{t(recordWords.ownerIs)}</span> {owner}
                </>
              )}
            </span>
          )}
          {nextField && <NextStep field={nextField} opened={opened} />}
          <span className={styles["second"]} title={format.exact(record.updatedAt)}>
            {by === undefined
              ? t(recordWords.updated, { time: when })
              : t(recordWords.updatedBy, { person: by, time: when })}
          </span>
        </p>
      </div>
      {stageField && <StageBar object={object} field={stageField} opened={opened} />}
      {record.deletedAt !== null && (
        <p className={styles["banner"]}>{t(recordWords.deletedBanner, { time: format.dateTime(record.deletedAt) })}</p>
      )}
      <ConfirmSheet
        opened={asking}
        {...(stays
          ? {
              title: t(recordWords.personStays),
              text: t(recordWords.personStaysText, { name }),
              confirm: t(recordWords.toPeople),
              onConfirm: async () => navigate("/people"),
            }
          : {
              title: t(recordWords.deleteTitle, { name }),
              text: t(recordWords.deleteHint),
              confirm: t(recordWords.delete),
              danger: true,
              onConfirm: remove,
            })}
        onClose={() => setAsking(false)}
      />
    </header>
  );
}

/** To the record before and after this one in the list it was opened from. */
function Steps({ object, id }: { readonly object: string; readonly id: string }): ReactNode {
  const { t } = useLanguage();
  const neighbours = neighboursOf(object, id);
  if (!neighbours) return null;
  const step = (to: string | undefined, label: string, icon: ReactNode): ReactNode =>
    to === undefined ? (
      <ActionIcon aria-label={label} disabled>
        {icon}
      </ActionIcon>
    ) : (
      <ActionIcon component={Link} to={recordPath(object, to) ?? "."} aria-label={label} replace>
        {icon}
      </ActionIcon>
    );
  return (
    <span className={styles["steps"]}>
      <span className={styles["second"]}>{t(recordWords.place, { n: neighbours.place, total: neighbours.total })}</span>
      {step(neighbours.previous, t(recordWords.previous), <ChevronLeft size="1em" aria-hidden />)}
      {step(neighbours.next, t(recordWords.next), <ChevronRight size="1em" aria-hidden />)}
    </span>
  );
}
