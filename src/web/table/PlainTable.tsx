// A simple table for pages whose rows are no records of one object: people, roles, fields, the audit log. On phones it
// scrolls sideways inside its frame, never the page.
import type { ReactNode } from "react";
import styles from "./plain-table.module.css";

interface Props {
  readonly label: string;
  /** Names of the columns; an empty one is for the buttons at the end. */
  readonly head: readonly ReactNode[];
  readonly children: ReactNode;
}

export function PlainTable({ label, head, children }: Props): ReactNode {
  return (
    <div className={styles["frame"]} role="region" aria-label={label} tabIndex={0}>
      <table className={styles["table"]}>
        <thead>
          <tr>
            {head.map((name, index) =>
              name === "" ? (
                <td key={index} />
              ) : (
                <th key={index} scope="col">
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
