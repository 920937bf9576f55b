// Short messages at the lower edge: what was done, with Undo where it can be taken back, and what failed.
import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { uiWords as w } from "../words/ui.ts";
import { translate as t } from "../words/words.ts";
import { shownProblem } from "./ErrorState.tsx";
import css from "./ui.module.css";

interface DoneOptions {
  readonly undo?: () => void;
}

function done(message: string, { undo }: DoneOptions = {}): void {
  const id = notifications.show({
    color: "accent",
    autoClose: undo ? 8000 : 4000,
    closeButtonProps: { "aria-label": t(w.close) },
    message: (
      <div className={css["toast"]}>
        <span>{message}</span>
        {undo && (
          <Button
            size="compact-sm"
            variant="subtle"
            onClick={() => {
              notifications.hide(id);
              undo();
            }}
          >
            {t(w.undo)}
          </Button>
        )}
      </div>
    ),
  });
}

/** `what`: what was tried, when the problem alone does not say it. */
function problem(error: unknown, what?: string): void {
  if (error instanceof DOMException && error.name === "AbortError") return;
  const shown = shownProblem(error);
  notifications.show({
    color: "danger",
    autoClose: 10_000,
    closeButtonProps: { "aria-label": t(w.close) },
    title: what,
    message: (
      <>
        {shown?.title ?? t(w.failed)}
        {shown?.requestId !== undefined && (shown.code === undefined || shown.code === "internal") && (
          <span className={css["small"]}>
            {" "}
            {t(w.requestId)} <span className={css["mono"]}>{shown.requestId}</span>
          </span>
        )}
      </>
    ),
  });
}

export const toast = { done, problem };
