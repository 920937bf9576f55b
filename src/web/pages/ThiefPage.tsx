// What a thief of the disk sees of one record: its row as bytes, and a search of the data folder that finds none of its
// values. Looking here is an opening of the record like any other, counted and in the log.
import { Button, Progress } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { CircleCheck, Lock, RotateCw, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { Link, useParams } from "react-router";
import { systemFields } from "../../contract/field.ts";
import type { CallOutput } from "../endpoint-types.ts";
import { recordPath } from "../frame/places.ts";
import { apiQuery, useSchema } from "../query.ts";
import { nameOf } from "../record/value-text.ts";
import { useRecord } from "../record/use-record.ts";
import { ClassDot } from "../ui/ClassDot.tsx";
import { ErrorState } from "../ui/ErrorState.tsx";
import { PageHeader } from "../ui/PageHeader.tsx";
import { Page, Panel } from "../ui/Panel.tsx";
import { SkeletonRows } from "../ui/SkeletonRows.tsx";
import { thiefWords as w } from "../words/thief.ts";
import { useLanguage } from "../words/words.ts";
import css from "../safety/safety.module.css";

type Look = CallOutput<"lookAsThief">;
type Column = Look["columns"][number];
const askEveryMs = 300;

export default function ThiefPage() {
  const { object = "", id = "" } = useParams();
  const { t, format } = useLanguage();
  const fields = useSchema().data?.objects.find(({ key }) => key === object);
  const record = useRecord(object, id);
  // Each look is counted: the page asks once, and again when the person does.
  const look = useQuery({
    ...apiQuery("lookAsThief", { path: { object, id }, body: {} }),
    staleTime: Infinity,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
  const state = useQuery({
    ...apiQuery("readDiskSearch"),
    queryKey: ["readDiskSearch", look.dataUpdatedAt],
    enabled: look.data !== undefined && !look.isFetching,
    refetchInterval: ({ state: { data } }) =>
      data && !data.running && data.search?.done !== false ? false : askEveryMs,
  });
  const name = record.data && fields ? nameOf(record.data.record, fields.nameField) : "";
  const labelOf = (key: string): string => {
    const found = [...(fields?.fields ?? []), ...systemFields].find((field) => field.key === key);
    return found === undefined ? key : t(found.labels);
  };
  const path = recordPath(object, id);
  const error = look.error ?? state.error;
  return (
    <Page>
      <PageHeader
        title={t(w.title)}
        heading={name === "" ? t(w.title) : t(w.of, { name })}
        lead={t(w.lead)}
        actions={
          path !== undefined && (
            <Button component={Link} to={path} variant="default">
              {t(w.back)}
            </Button>
          )
        }
      />
      {error && <ErrorState problem={error} onRetry={() => void look.refetch()} />}
      {!look.data && !error && <SkeletonRows rows={10} columns={3} />}
      {look.data && (
        <>
          <Panel
            title={t(w.search)}
            text={t(w.searchText)}
            actions={
              <Button
                variant="default"
                leftSection={<RotateCw size={14} aria-hidden="true" />}
                disabled={state.data?.search?.done !== true}
                onClick={() => void look.refetch()}
              >
                {t(w.again)}
              </Button>
            }
          >
            <Search state={state.data} labelOf={labelOf} />
            <div className={css["small"]}>
              <p>
                {look.data.sought.length === 0
                  ? t(w.soughtNone)
                  : t(w.sought, { fields: format.list(look.data.sought.map(labelOf)) })}
              </p>
              {look.data.tooShort.length > 0 && (
                <p>{t(w.tooShort, { fields: format.list(look.data.tooShort.map(labelOf)) })}</p>
              )}
              <p>{t(w.forms)}</p>
            </div>
          </Panel>
          <Panel title={t(w.row)} text={t(w.rowText, { table: look.data.table })} flush>
            <Row columns={look.data.columns} labelOf={labelOf} />
          </Panel>
          <p className={css["small"]}>{t(w.honest)}</p>
        </>
      )}
    </Page>
  );
}

function Search({
  state,
  labelOf,
}: {
  readonly state: CallOutput<"readDiskSearch"> | undefined;
  readonly labelOf: (key: string) => string;
}): ReactNode {
  const { t, format } = useLanguage();
  const search = state?.search;
  if (!search) return <p role="status">{t(w.begins)}</p>;
  const { bytes, totalBytes, files, hits } = search;
  if (!search.done)
    return (
      <div className={css["running"]}>
        <p role="status">{t(w.searching, { bytes: format.bytes(bytes), total: format.bytes(totalBytes) })}</p>
        <Progress value={totalBytes === 0 ? 0 : Math.min(100, (bytes / totalBytes) * 100)} aria-label={t(w.progress)} />
      </div>
    );
  const times = hits.reduce((sum, hit) => sum + hit.times, 0);
  return (
    <div className={css["result"]}>
      <p className={css["figure"]} data-found={times > 0 || undefined} role="status">
        {times === 0 ? <CircleCheck size={20} aria-hidden="true" /> : <TriangleAlert size={20} aria-hidden="true" />}
        {times === 0 ? t(w.none) : t(w.found, { n: times })}
      </p>
      <p>
        {t(w.noneText, { files: format.number(files), bytes: format.bytes(bytes) })}{" "}
        {search.idFound > 0 && t(w.control, { n: search.idFound })}
      </p>
      {times > 0 && (
        <>
          <p>{t(w.foundText)}</p>
          <ul className={css["path"]}>
            {hits.map(({ field, file, times: n }) => (
              <li key={`${field} ${file}`}>{t(w.hit, { field: labelOf(field), file, n })}</li>
            ))}
          </ul>
        </>
      )}
      {!search.database && <p className={css["warning"]}>{t(w.elsewhere)}</p>}
      {search.cut && <p className={css["warning"]}>{t(w.cut)}</p>}
    </div>
  );
}

function Row({
  columns,
  labelOf,
}: {
  readonly columns: readonly Column[];
  readonly labelOf: (key: string) => string;
}): ReactNode {
  const { t, format } = useLanguage();
  return (
    <table className={css["columns"]}>
      <thead>
        <tr>
          <th scope="col">{t(w.column)}</th>
          <th scope="col">{t(w.holds)}</th>
          <th scope="col">{t(w.content)}</th>
        </tr>
      </thead>
      <tbody>
        {columns.map((column) => (
          <tr key={column.column} data-kind={column.kind}>
            <th scope="row" className={css["path"]}>
              {column.column}
            </th>
            <td>
              <What column={column} labelOf={labelOf} />
            </td>
            <td className={css["bytes"]}>
              {column.kind === "plain" ? column.text : grouped(column.text)}
              {column.kind !== "plain" && column.text.length < column.bytes * 2 && "…"}
              {column.kind !== "plain" && (
                <span className={css["length"]}>{t(w.bytes, { bytes: format.number(column.bytes) })}</span>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function What({
  column: { kind, class: level, field },
  labelOf,
}: {
  readonly column: Column;
  readonly labelOf: (key: string) => string;
}): ReactNode {
  const { t } = useLanguage();
  if (kind === "tag") return t(w.tag);
  if (kind === "sealed")
    return (
      <span className={css["what"]}>
        <Lock size={14} className={css["brass"]} aria-hidden="true" />
        {t(level === 3 ? w.sealed3 : w.sealed2)}
      </span>
    );
  if (field === null || level === null) return t(w.system);
  return (
    <span className={css["what"]}>
      <ClassDot value={level === 0 ? 0 : 1} />
      {labelOf(field)}
    </span>
  );
}

/** Hex digits in fours, so that lines may break and eyes may rest. */
function grouped(hex: string): string {
  return hex.replaceAll(/(.{8})(?=.)/gu, "$1 ");
}
