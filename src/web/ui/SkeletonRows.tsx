// Table rows that are still coming, in their final height.
import { Skeleton } from "@mantine/core";
import { uiWords as w } from "../words/ui.ts";
import { useLanguage } from "../words/words.ts";
import css from "./ui.module.css";

const widths = ["72%", "48%", "60%", "36%"] as const;

export function SkeletonRows({ rows = 8, columns = 4 }: { readonly rows?: number; readonly columns?: number }) {
  const { t } = useLanguage();
  return (
    <div role="status" aria-label={t(w.loading)}>
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className={css["skeletonRow"]} aria-hidden="true">
          {Array.from({ length: columns }, (_unused, column) => (
            <Skeleton key={column} height={10} width={widths[(row + column) % widths.length] ?? "50%"} />
          ))}
        </div>
      ))}
    </div>
  );
}
