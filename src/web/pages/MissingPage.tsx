// An address that leads nowhere.
import { Button } from "@mantine/core";
import { MapPinOff } from "lucide-react";
import { Link } from "react-router";
import { EmptyState } from "../ui/EmptyState.tsx";
import { PageHeader } from "../ui/PageHeader.tsx";
import { Page } from "../ui/Panel.tsx";
import { frameWords as w } from "../words/frame.ts";
import { useLanguage } from "../words/words.ts";

export default function MissingPage() {
  const { t } = useLanguage();
  return (
    <Page>
      <PageHeader title={t(w.pageMissing)} />
      <EmptyState
        icon={MapPinOff}
        title={t(w.pageMissingWhy)}
        text={t(w.pageMissingText)}
        actions={
          <Button component={Link} to="/">
            {t(w.backHome)}
          </Button>
        }
      />
    </Page>
  );
}
