// Home: the date in one line, today's list first, then figures that are links, the accounts that changed last, and one's
// own safety. Everything is counted from real data; what one may not see is not mentioned.
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Network, Plus, Upload } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { canDo, recordPath, type Schema } from "../frame/places.ts";
import { Figures } from "../home/Figures.tsx";
import { countOf, recentAccounts } from "../home/home-queries.ts";
import { Safety } from "../home/Safety.tsx";
import { Today } from "../home/Today.tsx";
import { useSchema } from "../query.ts";
import { Avatar } from "../ui/Avatar.tsx";
import { ErrorState } from "../ui/ErrorState.tsx";
import { PageHeader } from "../ui/PageHeader.tsx";
import { Page, Panel, PanelRow } from "../ui/Panel.tsx";
import { SkeletonRows } from "../ui/SkeletonRows.tsx";
import { homeWords as w } from "../words/identity.ts";
import { useLanguage } from "../words/words.ts";
import { frameWords, placeWords } from "../words/frame.ts";
import css from "./home.module.css";

export default function HomePage() {
  const { t, format } = useLanguage();
  const schema = useSchema().data;
  return (
    <Page>
      <PageHeader title={t(placeWords.home)} heading={format.date(new Date())} />
      <div className={css["columns"]}>
        <div className={css["column"]}>
          <NextSteps schema={schema} />
          <Today schema={schema} />
          <Figures schema={schema} />
          {canDo(schema, "account", "view") && <Recent />}
        </div>
        <div className={css["column"]}>
          <Safety schema={schema} />
        </div>
      </div>
    </Page>
  );
}

/** Only what is really left to do in a new installation; gone once done. */
function NextSteps({ schema }: { readonly schema: Schema | undefined }) {
  const { t } = useLanguage();
  const sells = canDo(schema, "account", "view");
  const managesPeople = schema?.me.capabilities.includes("people.manage") === true;
  const accounts = useQuery(recentAccounts(sells)).data?.count;
  const people = useQuery(countOf("user", undefined, managesPeople)).data?.count;
  const steps: ReactNode[] = [];
  if (accounts?.value === 0 && canDo(schema, "account", "import")) {
    steps.push(
      <PanelRow
        key="import"
        icon={<Upload size={16} />}
        title={t(w.stepImport)}
        note={t(w.stepImportText)}
        end={<Go to="/import" label={t(placeWords.import)} primary />}
      />,
    );
  }
  if (accounts?.value === 0 && canDo(schema, "account", "create")) {
    steps.push(
      <PanelRow
        key="create"
        icon={<Plus size={16} />}
        title={t(w.stepCreate)}
        end={<Go to="/accounts?new" label={t(frameWords.create)} />}
      />,
    );
  }
  if (people?.value === 1 && managesPeople) {
    steps.push(
      <PanelRow
        key="invite"
        icon={<Network size={16} />}
        title={t(w.stepInvite)}
        note={t(w.stepInviteText)}
        end={<Go to="/people" label={t(w.invite)} />}
      />,
    );
  }
  return steps.length === 0 ? null : (
    <Panel title={t(w.nextSteps)} flush>
      {steps}
    </Panel>
  );
}

function Go({
  to,
  label,
  primary = false,
}: {
  readonly to: string;
  readonly label: string;
  readonly primary?: boolean;
}) {
  return (
    <Button component={Link} to={to} variant={primary ? "filled" : "default"}>
      {label}
    </Button>
  );
}

function Recent() {
  const { t, format } = useLanguage();
  const list = useQuery(recentAccounts(true));
  const rows = list.data?.rows ?? [];
  // Nothing yet: the next steps above say what to do.
  if (list.data && rows.length === 0) return null;
  return (
    <Panel
      title={t(w.recent)}
      flush
      actions={
        rows.length > 0 && (
          <Button component={Link} to="/accounts" variant="subtle" size="compact-sm" className={css["all"] ?? ""}>
            {t(w.all)}
          </Button>
        )
      }
    >
      {list.isPending && <SkeletonRows rows={5} columns={2} />}
      {list.error && <ErrorState problem={list.error} onRetry={() => void list.refetch()} />}
      {rows.map((row) => {
        const owner = row.owner === null ? undefined : list.data?.names[row.owner];
        return (
          <Link key={row.id} to={recordPath("account", row.id) ?? "/accounts"} className={css["recent"]}>
            <span className={css["recentName"]}>{String(row.values["name"] ?? row.masked["name"] ?? "")}</span>
            <span className={css["recentNote"]}>{format.relative(row.updatedAt)}</span>
            {owner !== undefined && <Avatar name={owner} />}
          </Link>
        );
      })}
    </Panel>
  );
}
