// The foot of a table: what its columns add up to over all rows that match, loaded or not. Amounts of different currencies
// stand beside each other and are never added.
import type { ReactNode } from "react";
import type { SchemaField } from "../../contract/schema-verbs.ts";
import type { CallOutput } from "../endpoint-types.ts";
import { isFigure } from "../record/value-text.ts";
import { windowWords as w } from "../words/lists.ts";
import { useLanguage } from "../words/words.ts";
import styles from "./table.module.css";

interface Props {
  readonly columns: readonly SchemaField[];
  readonly sums: NonNullable<CallOutput<"listRecords">["sums"]>;
}

export function SumRow({ columns, sums }: Props): ReactNode {
  const { t, format } = useLanguage();
  if (!columns.some(({ key }) => sums.some(({ field }) => field === key))) return null;
  return (
    <div role="rowgroup" className={styles["sums"]}>
      <div role="row" className={styles["sumRow"]}>
        {columns.map((field, at) => {
          const of = sums.filter((sum) => sum.field === field.key);
          const texts = of.map(({ sum, unit }) => ({
            short: unit === null ? format.figure(valueOf(field, sum)) : format.moneyFigure(Number(sum), unit),
            exact: unit === null ? format.number(Number(sum)) : format.money(Number(sum), unit),
          }));
          return (
            <div
              key={field.key}
              role={at === 0 ? "rowheader" : "gridcell"}
              aria-colindex={at + 1}
              className={styles["cell"]}
              data-first={at === 0 || undefined}
              data-figure={isFigure(field) || undefined}
              title={texts.map(({ exact }) => exact).join(" · ")}
            >
              <span className={styles["value"]}>
                {at === 0 ? t(w.sum) : texts.map(({ short }) => short).join(" · ")}
              </span>
            </div>
          );
        })}
      </div>
    </div>
  );
}

function valueOf({ magnitude }: SchemaField, sum: string): number {
  return Number(sum) * (magnitude === "million" ? 1e6 : 1);
}
