// Figures that are links: what is open in the pipeline, what was won this month, and how many customers there are.
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link } from "react-router";
import type { Filter } from "../../contract/query.ts";
import type { CallOutput } from "../endpoint-types.ts";
import { canDo, type Schema } from "../frame/places.ts";
import css from "../pages/home.module.css";
import { apiQuery } from "../query.ts";
import { dayRange } from "../table/day-range.ts";
import { StatTile } from "../ui/StatTile.tsx";
import { figureWords as w } from "../words/home.ts";
import { homeWords } from "../words/identity.ts";
import { type LanguageTools, useLanguage } from "../words/words.ts";
import { countOf, recentAccounts } from "./home-queries.ts";

type Answer = CallOutput<"listRecords">;

/** Deals that match, with their amounts added up. */
function dealsOf(filter: Filter, enabled: boolean) {
  return {
    ...apiQuery("listRecords", {
      path: { object: "opportunity" },
      body: { limit: 1, columns: [], count: true, sums: ["amount"], filter },
    }),
    enabled,
  };
}

export function Figures({ schema }: { readonly schema: Schema | undefined }): ReactNode {
  const tools = useLanguage();
  const { t, format } = tools;
  const [accounts, contacts, people] = [
    canDo(schema, "account", "view"),
    canDo(schema, "contact", "view"),
    canDo(schema, "user", "view"),
  ];
  const amount = schema?.objects
    .find(({ key }) => key === "opportunity")
    ?.fields.find(({ key, level }) => key === "amount" && (level === "read" || level === "write"));
  const deals = amount !== undefined && canDo(schema, "opportunity", "view");
  const month = dayRange("thisMonth", new Date());
  const open = useQuery(dealsOf({ field: "state", op: "eq", value: "open" }, deals)).data;
  const won = useQuery(
    dealsOf(
      {
        all: [
          { field: "state", op: "eq", value: "won" },
          { field: "closedAt", op: "gte", value: month.from ?? "" },
          { field: "closedAt", op: "lte", value: month.until ?? "" },
        ],
      },
      deals,
    ),
  ).data;
  const count = (answer: Pick<Answer, "count"> | undefined): string =>
    answer?.count ? `${format.figure(answer.count.value)}${answer.count.more ? "+" : ""}` : "–";
  const active = { field: "status", op: "eq", value: "active" } as const;
  const tiles = [
    {
      to: "/opportunities?filter=state:is:open",
      label: t(w.pipeline),
      value: amountOf(open, tools),
      note: open && t(w.deals, { n: count(open) }),
      has: deals,
    },
    {
      to: "/opportunities?filter=state:is:won&filter=closedAt:within:thisMonth",
      label: t(w.wonThisMonth),
      value: amountOf(won, tools),
      note: won && t(w.deals, { n: count(won) }),
      has: deals,
    },
    {
      to: "/accounts",
      label: t(homeWords.accounts),
      value: count(useQuery(recentAccounts(accounts)).data),
      has: accounts,
    },
    {
      to: "/contacts",
      label: t(homeWords.contacts),
      value: count(useQuery(countOf("contact", undefined, contacts)).data),
      has: contacts,
    },
    {
      to: "/people",
      label: t(homeWords.people),
      value: count(useQuery(countOf("user", active, people)).data),
      has: people,
    },
  ].filter(({ has }) => has);
  if (tiles.length === 0) return null;
  return (
    <section className={css["figures"]} aria-label={t(homeWords.figures)}>
      {tiles.map(({ to, label, value, note }) => (
        <StatTile key={to} label={label} value={value} note={note} render={(shell) => <Link to={to} {...shell} />} />
      ))}
    </section>
  );
}

/** Of several currencies each stands for itself. */
function amountOf(answer: Answer | undefined, { format }: Pick<LanguageTools, "format">): string {
  if (!answer) return "–";
  const sums = (answer.sums ?? []).map(({ sum, unit }) =>
    unit === null ? format.figure(Number(sum)) : format.moneyFigure(Number(sum), unit),
  );
  return sums.length === 0 ? "0" : sums.join(" · ");
}
