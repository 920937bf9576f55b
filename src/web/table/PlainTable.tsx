// A simple table for pages whose rows are no records of one object: people, roles, fields, the audit log. On phones
// the less important columns go, and the rest scrolls sideways inside its frame, never the page.
import type { ReactNode } from "react";
import styles from "./plain-table.module.css";

interface Props {
  readonly label: string;
  /** Names of the columns; an empty one is for the buttons at the end. */
  readonly head: readonly ReactNode[];
  /** Places of the columns that hold figures, from 0: their heads stand at the right as well. */
  readonly figures?: readonly number[];
  /** Places of the columns that phones leave out; their cells bear `data-optional`. */
  readonly optional?: readonly number[];
  /** Without a frame of its own: inside a panel. */
  readonly bare?: boolean;
  /** On phones each row is a block of lines, for tables whose cells cannot be narrow. */
  readonly stacked?: boolean;
  readonly children: ReactNode;
}

export function PlainTable({
  label,
  head,
  figures = [],
  optional = [],
  bare = false,
  stacked = false,
  children,
}: Props): ReactNode {
  return (
    <div
      className={styles["frame"]}
      data-bare={bare || undefined}
      data-stacked={stacked || undefined}
      role="region"
      aria-label={label}
      tabIndex={0}
    >
      <table className={styles["table"]}>
        <thead>
          <tr>
            {head.map((name, index) =>
              name === "" ? (
                <td key={index} />
              ) : (
                <th
                  key={index}
                  scope="col"
                  data-figure={figures.includes(index) || undefined}
                  data-optional={optional.includes(index) || undefined}
                >
                  {name}
                </th>
              ),
            )}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
