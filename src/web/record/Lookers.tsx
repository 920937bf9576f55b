// Who has looked at this record: every opening, revealed value and change, by whom and from where.
import { useQuery } from "@tanstack/react-query";
import { Eye } from "lucide-react";
import type { ReactNode } from "react";
import type { SchemaObject } from "../../contract/record-verbs.ts";
import { apiQuery } from "../query.ts";
import { Avatar } from "../ui/Avatar.tsx";
import { EmptyState } from "../ui/EmptyState.tsx";
import { ErrorState } from "../ui/ErrorState.tsx";
import { SkeletonRows } from "../ui/SkeletonRows.tsx";
import { recordWords, valueWords } from "../words/records.ts";
import { useLanguage } from "../words/words.ts";
import { actionText } from "./ledger-sentence.ts";
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
      <p className={styles["second"]}>{t(recordWords.lookersHint)}</p>
      <div className={styles["tableScroll"]} tabIndex={0} role="region" aria-label={t(recordWords.lookers)}>
        <table className={styles["table"]}>
          <thead>
            <tr>
              <th scope="col">{t(recordWords.who)}</th>
              <th scope="col">{t(recordWords.did)}</th>
              <th scope="col">{t(recordWords.when)}</th>
              <th scope="col">{t(recordWords.where)}</th>
            </tr>
          </thead>
          <tbody>
            {looks.map((look, index) => {
              const person = look.by === null ? t(valueWords.system) : (names[look.by] ?? t(valueWords.somebody));
              const fields = look.fields
                .flatMap((key) => object.fields.find((field) => field.key === key) ?? [])
                .map((field) => t(field.labels));
              const counted = look.action === "record.reveal" || look.action === "record.update";
              return (
                <tr key={`${look.at} ${index}`}>
                  <td>
                    <span className={styles["person"]}>
                      <Avatar name={person} /> {person}
                    </span>
                  </td>
                  <td>
                    {actionText(look.action, t)}
                    {counted && fields.length > 0 && <span className={styles["second"]}> {format.list(fields)}</span>}
                  </td>
                  <td>
                    <time dateTime={look.at} title={format.exact(look.at)}>
                      {format.relative(look.at)}
                    </time>
                  </td>
                  <td className={styles["second"]}>{look.ip ?? t(valueWords.none)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </>
  );
}
