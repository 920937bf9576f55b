// One figure with its name; each figure is a link where `render` makes it one.
import type { ReactNode } from "react";
import css from "./ui.module.css";

interface TileShell {
  readonly className: string;
  readonly children: ReactNode;
}

interface Props {
  readonly label: string;
  readonly value: ReactNode;
  readonly note?: ReactNode;
  /** Draws the tile as a link: `(shell) => <Link to="/accounts" {...shell} />`. */
  readonly render?: (shell: TileShell) => ReactNode;
}

export function StatTile({ label, value, note, render }: Props) {
  const shell: TileShell = {
    className: css["tile"] ?? "",
    children: (
      <>
        <span className={css["tileLabel"]}>{label}</span>
        <span className={css["tileValue"]}>{value}</span>
        {note !== undefined && <span className={css["tileNote"]}>{note}</span>}
      </>
    ),
  };
  return render ? render(shell) : <div {...shell} />;
}
