// The foot of a list: which rows are in sight of how many, and pages by number for whoever wants to go far at once.
import { Pagination } from "@mantine/core";
import type { ReactNode } from "react";
import { listWords } from "../words/records.ts";
import { useLanguage } from "../words/words.ts";
import { pageSize } from "./list-address.ts";
import { type Sight, useSight } from "./sight.ts";
import styles from "./table.module.css";

interface Props {
  readonly sight: Sight;
  readonly length: number;
  readonly total: { readonly value: number; readonly more: boolean };
  readonly onPage: (page: number) => void;
}

export function WindowFoot({ sight, length, total, onPage }: Props): ReactNode {
  const { t, format } = useLanguage();
  const { first, last } = useSight(sight);
  const pages = Math.ceil(length / pageSize);
  return (
    <footer className={styles["pager"]}>
      <span className={styles["pagerText"]}>
        {length > 0 &&
          t(listWords.pageOf, {
            from: format.number(first + 1),
            to: format.number(Math.min(length, last + 1)),
            total: `${format.number(total.value)}${total.more ? "+" : ""}`,
          })}
      </span>
      {pages > 1 && (
        <Pagination
          size="sm"
          total={pages}
          value={Math.floor(first / pageSize) + 1}
          onChange={(next) => onPage(next - 1)}
          getItemProps={(n) => ({ "aria-label": t(listWords.goToPage, { n }) })}
          getControlProps={(control) => ({
            "aria-label": t(
              control === "previous" || control === "first" ? listWords.previousPage : listWords.nextPage,
            ),
          })}
        />
      )}
    </footer>
  );
}
