// A place that this person, or this device, may not enter: one plain page with the reason and the way on.
import { Button } from "@mantine/core";
import { Lock } from "lucide-react";
import { Link } from "react-router";
import { EmptyState } from "../ui/EmptyState.tsx";
import { PageHeader } from "../ui/PageHeader.tsx";
import { Page } from "../ui/Panel.tsx";
import { frameWords as w } from "../words/frame.ts";
import { useLanguage } from "../words/words.ts";
import type { Place } from "./places.ts";
import type { Refusal } from "./refusal.ts";

export function NoAccess({ place, refusal }: { readonly place: Place; readonly refusal: Refusal }) {
  const { t } = useLanguage();
  return (
    <Page>
      <PageHeader title={t(place.word)} />
      <EmptyState
        icon={Lock}
        title={t(refusal === "role" ? w.noAccess : w.confirmFirst)}
        text={t(refusal === "role" ? w.noAccessText : w.confirmFirstText)}
        actions={
          refusal === "role" ? (
            <Button component={Link} to="/">
              {t(w.backHome)}
            </Button>
          ) : (
            <Button component={Link} to="/devices">
              {t(w.confirmNow)}
            </Button>
          )
        }
      />
    </Page>
  );
}
