// The views of a list as tabs: all, one's own records, and those that were saved. A view that was changed on the screen
// says so and can be saved, or set back.
import { ActionIcon, Button, Menu, Tabs } from "@mantine/core";
import { Ellipsis, Users } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { SchemaObject } from "../../contract/schema-verbs.ts";
import type { ListView } from "../../contract/view-verbs.ts";
import { ConfirmSheet } from "../ui/ConfirmSheet.tsx";
import { toast } from "../ui/toast.tsx";
import { viewWords as w } from "../words/lists.ts";
import { useLanguage } from "../words/words.ts";
import { mineView } from "./list-address.ts";
import { type ChangeList, layoutOf, type ListState } from "./list-state.ts";
import styles from "./table.module.css";
import type { Views } from "./use-views.ts";
import { ViewSheet } from "./ViewSheet.tsx";

interface Props {
  readonly object: SchemaObject;
  readonly views: Views;
  readonly state: ListState;
  readonly change: ChangeList;
}

/** The plain list. */
const allView = "all";

export function ViewTabs({ object, views, state, change }: Props): ReactNode {
  const { t } = useLanguage();
  const [naming, setNaming] = useState<ListView | "new">();
  const [removing, setRemoving] = useState<ListView>();
  const saved = (views.views ?? []).filter(({ name }) => name !== "");
  const current = saved.find(({ id }) => id === state.view);
  const owned = object.fields.some(({ key, computed }) => key === "owner" && !computed);
  const update = async (view: ListView): Promise<void> => {
    try {
      await views.save({ ...view, layout: layoutOf(state, object) });
      change({ view: view.id, page: state.page }, true);
      toast.done(t(w.saved, { name: view.name }));
    } catch (error) {
      toast.problem(error);
    }
  };
  return (
    <div className={styles["views"]}>
      <Tabs
        value={current?.id ?? (state.view === mineView ? mineView : allView)}
        onChange={(next) => change({ view: next === allView || next === null ? undefined : next })}
        className={styles["viewTabs"] ?? ""}
      >
        <Tabs.List aria-label={t(w.views)}>
          <Tabs.Tab value={allView}>{t(w.all)}</Tabs.Tab>
          {owned && <Tabs.Tab value={mineView}>{t(w.mine)}</Tabs.Tab>}
          {saved.map((view) => (
            <Tabs.Tab
              key={view.id}
              value={view.id}
              rightSection={view.mine ? undefined : <Users size="1em" aria-label={t(w[view.sharing])} />}
            >
              {view.name}
              {current?.id === view.id && state.changed && <span className={styles["second"]}> · {t(w.changed)}</span>}
            </Tabs.Tab>
          ))}
        </Tabs.List>
      </Tabs>
      {state.changed && current?.mine && (
        <Button size="compact-sm" variant="light" onClick={() => void update(current)}>
          {t(w.update)}
        </Button>
      )}
      {state.changed && (state.chips.length > 0 || state.sort.length > 0 || current !== undefined) && (
        <Button size="compact-sm" variant="subtle" onClick={() => setNaming("new")}>
          {t(w.save)}
        </Button>
      )}
      {current && (
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon aria-label={t(w.settings, { name: current.name })}>
              <Ellipsis size="1em" aria-hidden />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {state.changed && <Menu.Item onClick={() => change({ view: current.id })}>{t(w.reset)}</Menu.Item>}
            {current.mine && <Menu.Item onClick={() => setNaming(current)}>{t(w.rename)}</Menu.Item>}
            <Menu.Item onClick={() => setRemoving(current)}>{t(w.remove)}</Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
      {naming !== undefined && (
        <ViewSheet
          view={naming === "new" ? undefined : naming}
          layout={layoutOf(state, object)}
          object={object}
          chips={state.chips}
          save={views.save}
          onSaved={(id) => change({ view: id })}
          onClose={() => setNaming(undefined)}
        />
      )}
      <ConfirmSheet
        opened={removing !== undefined}
        title={t(w.removeTitle, { name: removing?.name ?? "" })}
        text={t(w.removeText)}
        confirm={t(w.remove)}
        danger
        onConfirm={async () => {
          if (!removing) return;
          await views.remove(removing.id);
          change({ view: undefined });
          toast.done(t(w.removed, { name: removing.name }));
          setRemoving(undefined);
        }}
        onClose={() => setRemoving(undefined)}
      />
    </div>
  );
}
