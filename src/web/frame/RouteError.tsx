// A page that failed: a missing one, a part of the product that was replaced by an update, or a fault.
import { Button } from "@mantine/core";
import { isRouteErrorResponse, Link, useRouteError } from "react-router";
import { ErrorState } from "../ui/ErrorState.tsx";
import { Page } from "../ui/Panel.tsx";
import { frameWords as w } from "../words/frame.ts";
import { useLanguage } from "../words/words.ts";

export function RouteError() {
  const { t } = useLanguage();
  const error = useRouteError();
  const missing = isRouteErrorResponse(error) && error.status === 404;
  // A chunk of the version before the update: the server no longer has it.
  const outdated = error instanceof TypeError && /import|module|fetch/iu.test(error.message);
  const problem =
    "title" in Object(error) && !missing
      ? error
      : {
          title: t(missing ? w.pageMissing : outdated ? w.newVersion : w.pageFailed),
          code: missing || outdated ? "not_found" : "internal",
        };
  return (
    <Page>
      <title>{`${t(w.pageFailed)} · Strongroom`}</title>
      <ErrorState
        problem={problem}
        {...(missing && { todo: t(w.pageMissingText) })}
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
