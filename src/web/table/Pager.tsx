// The foot of a list: which rows these are, pages by number, and how many a page holds.
import { Pagination, Select } from "@mantine/core";
import type { ReactNode } from "react";
import { listWords } from "../words/records.ts";
import { useLanguage } from "../words/words.ts";
import styles from "./table.module.css";

/** Rows of a page, to choose from. */
const pageSizes = [50, 100, 200] as const;

interface Props {
  readonly page: number;
  readonly pageSize: number;
  readonly rows: number;
  readonly count: { readonly value: number; readonly more: boolean } | undefined;
  readonly onPage: (page: number) => void;
  readonly onPageSize: (size: number) => void;
}

export function Pager({ page, pageSize, rows, count, onPage, onPageSize }: Props): ReactNode {
  const { t, format } = useLanguage();
  const from = page * pageSize + 1;
  const total = count ? `${format.number(count.value)}${count.more ? "+" : ""}` : "…";
  const pages = Math.max(page + 1, Math.ceil((count?.value ?? 0) / pageSize));
  return (
    <footer className={styles["pager"]}>
      <span className={styles["pagerText"]}>
        {rows > 0 && t(listWords.pageOf, { from: format.number(from), to: format.number(from + rows - 1), total })}
      </span>
      {pages > 1 && (
        <Pagination
          size="sm"
          total={pages}
          value={page + 1}
          onChange={(next) => onPage(next - 1)}
          getItemProps={(n) => ({ "aria-label": t(listWords.goToPage, { n }) })}
          getControlProps={(control) => ({
            "aria-label": t(
              control === "previous" || control === "first" ? listWords.previousPage : listWords.nextPage,
            ),
          })}
        />
      )}
      <Select
        size="xs"
        className={styles["pageSize"] ?? ""}
        aria-label={t(listWords.pageSize)}
        allowDeselect={false}
        data={pageSizes.map((size) => ({ value: String(size), label: t(listWords.perPage, { n: size }) }))}
        value={String(pageSize)}
        onChange={(value) => onPageSize(Number(value))}
      />
    </footer>
  );
}
