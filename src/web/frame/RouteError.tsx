// Pages that failed: a fault while drawing, an address without a page, or a part of the product that could not be fetched.
import { Button } from "@mantine/core";
import { isRouteErrorResponse, Link, useRouteError } from "react-router";
import { ErrorState, type ShownProblem, shownProblem } from "../ui/ErrorState.tsx";
import { PageHeader } from "../ui/PageHeader.tsx";
import { Page } from "../ui/Panel.tsx";
import { frameWords as w } from "../words/frame.ts";
import { uiWords } from "../words/ui.ts";
import { useLanguage } from "../words/words.ts";

export function RouteError() {
  const { t } = useLanguage();
  const error = useRouteError();
  const missing = isRouteErrorResponse(error) && error.status === 404;
  if (missing) return <Failed problem={{ title: t(w.pageMissing), code: "not_found" }} todo={t(w.pageMissingText)} />;
  return <Failed problem={shownProblem(error) ?? { title: t(w.pageFailed), code: "internal" }} />;
}

/** The network is away, or an update has replaced the part: a fresh page brings the right one. */
export function PartMissing() {
  const { t } = useLanguage();
  return navigator.onLine ? (
    <Failed problem={{ title: t(w.newVersion), code: "outdated" }} />
  ) : (
    <Failed problem={{ title: t(w.partOffline), code: "offline" }} todo={t(uiWords.todoOffline)} />
  );
}

function Failed({ problem, todo }: { readonly problem: ShownProblem; readonly todo?: string }) {
  const { t } = useLanguage();
  return (
    <Page>
      <PageHeader title={t(w.pageFailed)} />
      <ErrorState
        problem={problem}
        {...(todo !== undefined && { todo })}
        actions={
          <>
            <Button variant="default" onClick={() => location.reload()}>
              {t(w.reload)}
            </Button>
            <Button variant="subtle" component={Link} to="/">
              {t(w.backHome)}
            </Button>
          </>
        }
      />
    </Page>
  );
}
