// Who has looked at this record: every opening, revealed value and change, by whom and from where.
import { useQuery } from "@tanstack/react-query";
import { Eye } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import type { SchemaObject } from "../../contract/schema-verbs.ts";
import { apiQuery } from "../query.ts";
import { Avatar } from "../ui/Avatar.tsx";
import { EmptyState } from "../ui/EmptyState.tsx";
import { ErrorState } from "../ui/ErrorState.tsx";
import { SkeletonRows } from "../ui/SkeletonRows.tsx";
import { thiefWords } from "../words/thief.ts";
import { recordWords, valueWords } from "../words/records.ts";
import { useLanguage } from "../words/words.ts";
import { actionText } from "./ledger-sentence.ts";
import { visitsOf } from "./visits.ts";
import styles from "./record.module.css";

export function Lookers({ object, id }: { readonly object: SchemaObject; readonly id: string }): ReactNode {
  const { t, format } = useLanguage();
  const lookers = useQuery({
    ...apiQuery("readLookers", { path: { object: object.key, id } }),
    refetchOnWindowFocus: false,
  });
  if (lookers.error) return <ErrorState problem={lookers.error} onRetry={() => void lookers.refetch()} />;
  if (!lookers.data) return <SkeletonRows rows={6} columns={4} />;
  const { looks, names } = lookers.data;
  if (looks.length === 0)
    return <EmptyState icon={Eye} title={t(recordWords.lookersEmpty)} text={t(recordWords.lookersHint)} />;
  return (
    <>
      <p className={styles["second"]}>
        {t(recordWords.lookersHint)}{" "}
        <Link to={`/thief/${object.key}/${id}`} className={styles["inText"]}>
          {t(thiefWords.link)}
        </Link>
      </p>
      <ol className={styles["visits"]}>
        {visitsOf(looks).map((visit) => {
          const person = visit.by === null ? t(valueWords.system) : (names[visit.by] ?? t(valueWords.somebody));
          const deeds = visit.deeds.map(({ action, fields }) => {
            const labels = object.fields.filter(({ key }) => fields.includes(key)).map((field) => t(field.labels));
            const deed = actionText(action, t);
            return labels.length === 0 ? deed : t(recordWords.deedOn, { deed, fields: format.list(labels) });
          });
          return (
            <li key={`${visit.at} ${visit.by ?? ""} ${visit.ip ?? ""}`}>
              <Avatar name={person} />
              <p>
                <strong>{person}</strong> {deeds.join(t(recordWords.deedThen))}
                {visit.purposes.length > 0 && (
                  <span className={styles["second"]}>
                    {" "}
                    {t(recordWords.forPurpose, { purpose: format.list(visit.purposes) })}
                  </span>
                )}
              </p>
              <p className={styles["visitWhen"]}>
                <time dateTime={visit.at} title={format.exact(visit.at)}>
                  {format.relative(visit.at)}
                </time>
                {visit.ip !== null && <span>{visit.ip}</span>}
              </p>
            </li>
          );
        })}
      </ol>
    </>
  );
}
