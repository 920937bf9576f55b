// Preferences of this device, who one is, and what one has looked at today.
import { Progress } from "@mantine/core";
import { LanguageChoice, ThemeChoice } from "../frame/PersonMenu.tsx";
import { useSchema } from "../query.ts";
import { SampleData } from "../safety/SampleData.tsx";
import { ErrorState } from "../ui/ErrorState.tsx";
import { PageHeader } from "../ui/PageHeader.tsx";
import { Page, Panel, PanelRow } from "../ui/Panel.tsx";
import { SkeletonRows } from "../ui/SkeletonRows.tsx";
import { frameWords } from "../words/frame.ts";
import { settingsWords as w } from "../words/identity.ts";
import { useLanguage } from "../words/words.ts";
import css from "./home.module.css";

export default function SettingsPage() {
  const { t, format, language, setLanguage } = useLanguage();
  const schema = useSchema();
  const me = schema.data?.me;
  const allowances =
    me &&
    ([
      [w.revealed, me.allowances.revealed],
      [w.outside, me.allowances.outside],
      [w.opened, me.allowances.opened],
      [w.listed, me.allowances.listed],
      [w.matched, me.allowances.matched],
    ] as const);
  return (
    <Page>
      <PageHeader title={t(w.title)} lead={t(w.lead)} />
      <Panel flush>
        <PanelRow
          title={t(w.language)}
          note={t(w.languageText)}
          end={
            <div className={css["choice"]}>
              <LanguageChoice value={language} onChange={setLanguage} label={t(w.language)} />
            </div>
          }
        />
        <PanelRow
          title={t(w.appearance)}
          note={t(w.appearanceText)}
          end={
            <div className={css["choiceWide"]}>
              <ThemeChoice />
            </div>
          }
        />
      </Panel>
      {schema.error && <ErrorState problem={schema.error} onRetry={() => void schema.refetch()} />}
      {!me && !schema.error && <SkeletonRows rows={4} columns={2} />}
      {me && (
        <Panel title={t(w.you)} flush>
          <PanelRow title={t(w.name)} end={me.name} />
          <PanelRow title={t(w.company)} end={me.company} />
          <PanelRow title={t(w.department)} end={me.departmentName ?? t(w.none)} />
          <PanelRow title={t(w.roles)} end={format.list(me.roles.map((role) => t(role.labels))) || t(w.none)} />
        </Panel>
      )}
      {allowances && (
        <Panel title={t(w.allowances)} text={t(w.allowancesText)} flush>
          {allowances.map(([word, { used, limit }]) => (
            <PanelRow
              key={word.en}
              title={t(word)}
              note={
                limit > 0 && (
                  <Progress
                    className={css["bar"]}
                    value={Math.min(100, (used / limit) * 100)}
                    size={4}
                    aria-label={t(frameWords.allowanceOf, { used, limit })}
                    color={used >= limit * 0.8 ? "warning" : "accent"}
                  />
                )
              }
              end={
                <span className={css["used"]}>
                  {format.number(used)} / {format.number(limit)}
                </span>
              }
            />
          ))}
        </Panel>
      )}
      <SampleData />
    </Page>
  );
}
