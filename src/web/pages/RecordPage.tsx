// The page of one record of any object: facts at the left, what happened in the middle, related records at the right.
import { Tabs } from "@mantine/core";
import { Eye, History, SearchX } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Link, useLocation, useParams } from "react-router";
import type { SchemaObject } from "../../contract/schema-verbs.ts";
import { ApiProblem } from "../api-problem.ts";
import { objectAt } from "../frame/places.ts";
import { useSchema } from "../query.ts";
import { inSentence } from "../record/in-sentence.ts";
import { Lookers } from "../record/Lookers.tsx";
import { PurposeSheet } from "../record/PurposeSheet.tsx";
import { leftListPath } from "../record/record-path.ts";
import { RecordFacts } from "../record/RecordFacts.tsx";
import { RecordHeader } from "../record/RecordHeader.tsx";
import { Relations, relationsTo } from "../record/Relations.tsx";
import { Timeline } from "../record/Timeline.tsx";
import { useRecord } from "../record/use-record.ts";
import { nameOf } from "../record/value-text.ts";
import { EmptyState } from "../ui/EmptyState.tsx";
import { ErrorState } from "../ui/ErrorState.tsx";
import { Page } from "../ui/Panel.tsx";
import { SkeletonRows } from "../ui/SkeletonRows.tsx";
import { recordWords, valueWords } from "../words/records.ts";
import { useLanguage } from "../words/words.ts";
import styles from "../record/record.module.css";

export default function RecordPage(): ReactNode {
  const { id = "" } = useParams();
  const { pathname } = useLocation();
  const schema = useSchema();
  const key = objectAt(pathname);
  const object = schema.data?.objects.find((one) => one.key === key);
  if (!schema.data) {
    return (
      <Page wide>
        <SkeletonRows rows={10} columns={3} />
      </Page>
    );
  }
  return object ? <RecordOf key={`${object.key} ${id}`} object={object} id={id} /> : <NotThere />;
}

function RecordOf({ object, id }: { readonly object: SchemaObject; readonly id: string }): ReactNode {
  const { t } = useLanguage();
  const opened = useRecord(object.key, id);
  const [tab, setTab] = useState<string | null>("timeline");
  const related = relationsTo(useSchema().data?.objects ?? [], object.key).length > 0;
  if (opened.error instanceof ApiProblem && (opened.error.code === "not_found" || opened.error.code === "malformed"))
    return <NotThere object={object} />;
  if (opened.error) {
    return (
      <Page wide>
        <ErrorState problem={opened.error} onRetry={() => void opened.refetch()} />
      </Page>
    );
  }
  if (!opened.data) {
    return (
      <Page wide>
        <SkeletonRows rows={12} columns={3} />
      </Page>
    );
  }
  const name = nameOf(opened.data.record, object.nameField) || t(valueWords.unknownRecord);
  return (
    <Page wide>
      <RecordHeader object={object} opened={opened.data} name={name} />
      <div className={styles["columns"]} data-two={!related || undefined}>
        <section className={styles["card"]} aria-label={t(recordWords.facts)}>
          <RecordFacts object={object} opened={opened.data} />
        </section>
        <section className={styles["card"]} data-middle aria-label={t(recordWords.timeline)}>
          <Tabs value={tab} onChange={setTab} keepMounted={false}>
            <Tabs.List>
              <Tabs.Tab value="timeline" leftSection={<History size="1em" aria-hidden />}>
                {t(recordWords.timeline)}
              </Tabs.Tab>
              <Tabs.Tab value="lookers" leftSection={<Eye size="1em" aria-hidden />}>
                {t(recordWords.lookers)}
              </Tabs.Tab>
            </Tabs.List>
            <Tabs.Panel value="timeline" className={styles["tab"] ?? ""}>
              <Timeline object={object} id={id} writable={opened.data.record.deletedAt === null} />
            </Tabs.Panel>
            <Tabs.Panel value="lookers" className={styles["tab"] ?? ""}>
              <Lookers object={object} id={id} />
            </Tabs.Panel>
          </Tabs>
        </section>
        {related && (
          <section className={styles["card"]} aria-label={t(recordWords.related)}>
            <Relations target={{ object: object.key, id, name }} />
          </section>
        )}
      </div>
      <PurposeSheet />
    </Page>
  );
}

/** The same for what does not exist and for what one may not see. */
function NotThere({ object }: { readonly object?: SchemaObject }): ReactNode {
  const { t } = useLanguage();
  return (
    <Page wide>
      <EmptyState
        icon={SearchX}
        title={t(recordWords.notFound)}
        text={t(recordWords.notFoundHint)}
        actions={
          object && (
            <Link to={leftListPath(object.key)}>
              {t(recordWords.backToList, { objects: inSentence(t(object.plural)) })}
            </Link>
          )
        }
      />
    </Page>
  );
}
