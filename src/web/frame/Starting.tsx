// The blink before the first page: the mark, and nothing that moves.
import { Seal } from "./Seal.tsx";
import css from "./frame.module.css";

export function Starting() {
  return (
    <div className={css["starting"]} role="status" aria-label="Strongroom">
      <Seal size={32} />
    </div>
  );
}
