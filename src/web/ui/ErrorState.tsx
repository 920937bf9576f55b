// Something failed: what happened, what was kept, what to do, and the request's number for the administrator.
import { Button } from "@mantine/core";
import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { uiWords as w } from "../words/ui.ts";
import { useLanguage } from "../words/words.ts";
import css from "./ui.module.css";

/** As much of a problem as is shown; an ApiProblem fits. */
export interface ShownProblem {
  readonly title: string;
  readonly code?: string;
  readonly requestId?: string | undefined;
}

interface Props {
  readonly problem: unknown;
  /** What was kept, for example what was typed. */
  readonly kept?: ReactNode;
  readonly todo?: ReactNode;
  readonly onRetry?: (() => void) | undefined;
  readonly actions?: ReactNode;
  /** In forms: one calm line, and the request's number only when nobody foresaw the problem. */
  readonly inline?: boolean;
}

export function ErrorState({ problem, kept, todo, onRetry, actions, inline = false }: Props) {
  const { t } = useLanguage();
  const shown = shownProblem(problem);
  const unforeseen = shown?.code === undefined || shown.code === "internal";
  const advice = todo ?? (shown?.code === "offline" ? t(w.todoOffline) : unforeseen ? t(w.todoDefault) : undefined);
  return (
    <div className={css["error"]} data-inline={inline || undefined} role="alert">
      <CircleAlert size={16} className={css["errorIcon"]} aria-hidden="true" />
      <div className={css["errorBody"]}>
        <p className={css["errorTitle"]}>{shown?.title ?? t(w.failed)}</p>
        {kept !== undefined && <p className={css["second"]}>{kept}</p>}
        {advice !== undefined && <p className={css["second"]}>{advice}</p>}
        {shown?.requestId !== undefined && (!inline || unforeseen) && (
          <p className={css["small"]}>
            {t(w.requestId)} <span className={css["mono"]}>{shown.requestId}</span>
          </p>
        )}
        {(onRetry || actions !== undefined) && (
          <div className={css["actions"]}>
            {onRetry && (
              <Button variant="default" onClick={onRetry}>
                {t(w.retry)}
              </Button>
            )}
            {actions}
          </div>
        )}
      </div>
    </div>
  );
}

/** The readable part of whatever was thrown. */
export function shownProblem(problem: unknown): ShownProblem | undefined {
  if (typeof problem !== "object" || problem === null || !("title" in problem) || typeof problem.title !== "string")
    return undefined;
  const code = "code" in problem && typeof problem.code === "string" ? problem.code : undefined;
  const requestId = "requestId" in problem && typeof problem.requestId === "string" ? problem.requestId : undefined;
  return { title: problem.title, ...(code !== undefined && { code }), requestId };
}
