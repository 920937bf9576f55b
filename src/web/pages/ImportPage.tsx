// Import: a new file, and the imports made before.
import { Select } from "@mantine/core";
import { useQueries } from "@tanstack/react-query";
import { Upload } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Link, useNavigate, useSearchParams } from "react-router";
import type { SchemaObject } from "../../contract/schema-verbs.ts";
import { FileDrop } from "../forms/import/FileDrop.tsx";
import { stateText } from "../forms/import/state-word.ts";
import { apiQuery, useSchema } from "../query.ts";
import { PlainTable } from "../table/PlainTable.tsx";
import { EmptyState } from "../ui/EmptyState.tsx";
import { ErrorState } from "../ui/ErrorState.tsx";
import { PageHeader } from "../ui/PageHeader.tsx";
import { Page, Panel } from "../ui/Panel.tsx";
import { SkeletonRows } from "../ui/SkeletonRows.tsx";
import { importWords as w } from "../words/imports.ts";
import { useLanguage } from "../words/words.ts";
import styles from "../forms/import/import.module.css";

export default function ImportPage(): ReactNode {
  const { t } = useLanguage();
  const navigate = useNavigate();
  const [params] = useSearchParams();
  const schema = useSchema();
  const objects = schema.data?.objects.filter(({ can }) => (can["import"] ?? "none") !== "none") ?? [];
  const [chosen, setChosen] = useState(params.get("object"));
  const object = objects.find(({ key }) => key === chosen) ?? objects[0];
  return (
    <Page>
      <PageHeader title={t(w.title)} lead={t(w.intro)} />
      {schema.error && <ErrorState problem={schema.error} onRetry={() => void schema.refetch()} />}
      {schema.isPending && <SkeletonRows rows={6} columns={2} />}
      {schema.data && !object && <EmptyState icon={Upload} title={t(w.notAllowed)} />}
      {object && (
        <Panel title={t(w.newImport)}>
          <div className={styles["new"]}>
            <Select
              label={t(w.object)}
              className={styles["object"] ?? ""}
              allowDeselect={false}
              data={objects.map((one) => ({ value: one.key, label: t(one.labels) }))}
              value={object.key}
              onChange={setChosen}
            />
            <FileDrop
              key={object.key}
              object={object.key}
              onUploaded={(key, id) => void navigate(`/import/${id}?object=${key}`)}
            />
          </div>
        </Panel>
      )}
      {objects.length > 0 && <Earlier objects={objects} />}
    </Page>
  );
}

function Earlier({ objects }: { readonly objects: readonly SchemaObject[] }): ReactNode {
  const { t, format } = useLanguage();
  const lists = useQueries({ queries: objects.map(({ key }) => apiQuery("listImports", { path: { object: key } })) });
  const failed = lists.find(({ error }) => error !== null);
  const jobs = lists
    .flatMap(({ data }) => data?.imports ?? [])
    .toSorted((a, b) => b.createdAt.localeCompare(a.createdAt));
  /** What is there of an import's rows now: of one that was undone, what was taken back. */
  const written = ({ state }: (typeof jobs)[number], n: number, taken = 0): string =>
    state === "undone" && taken > 0 ? t(w.takenBackOf, { n: taken }) : format.number(n);
  return (
    <Panel title={t(w.earlier)} flush>
      {failed && <ErrorState problem={failed.error} onRetry={() => void failed.refetch()} />}
      {lists.some(({ isPending }) => isPending) && <SkeletonRows rows={3} columns={4} />}
      {lists.every(({ isSuccess }) => isSuccess) && jobs.length === 0 && (
        <EmptyState title={t(w.earlierEmpty)} text={t(w.earlierEmptyHint)} />
      )}
      {jobs.length > 0 && (
        <PlainTable
          bare
          figures={[3, 4, 5]}
          optional={[1, 4, 5]}
          label={t(w.earlier)}
          head={[t(w.file), t(w.objectName), t(w.state), t(w.created), t(w.updated), t(w.leftOut), t(w.when)]}
        >
          {jobs.map((job) => {
            const object = objects.find(({ key }) => key === job.object);
            return (
              <tr key={job.id}>
                <th scope="row">
                  <Link to={`/import/${job.id}?object=${job.object}`}>{job.fileName}</Link>
                </th>
                <td data-optional>{object && t(object.labels)}</td>
                <td>{stateText(job, t)}</td>
                <td data-figure>{written(job, job.counts.created, job.undo?.removed)}</td>
                <td data-optional data-figure>
                  {written(job, job.counts.updated, job.undo?.restored)}
                </td>
                <td data-optional data-figure>
                  {format.number(job.counts.bad)}
                </td>
                <td>
                  <time dateTime={job.createdAt}>{format.relative(job.createdAt)}</time>
                </td>
              </tr>
            );
          })}
        </PlainTable>
      )}
    </Panel>
  );
}
