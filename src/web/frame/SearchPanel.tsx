// ⌘K: customers and people by name, pinyin, initials, number or last four digits, and the commands of the product. What
// is typed travels in the signed body only.
import { useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { createSpotlight, Spotlight } from "@mantine/spotlight";
import { useQuery } from "@tanstack/react-query";
import { Keyboard, Languages, Lock, LogOut, type LucideIcon, Moon, Plus, Search, Sun, Upload } from "lucide-react";
import { useDebouncedValue } from "@mantine/hooks";
import { type ReactNode, useEffect, useState } from "react";
import { useNavigate } from "react-router";
import { apiQuery, keepPreviousData } from "../query.ts";
import { shownProblem } from "../ui/ErrorState.tsx";
import { inSentence } from "../record/in-sentence.ts";
import { frameWords as w } from "../words/frame.ts";
import { useLanguage } from "../words/words.ts";
import { signOut } from "./sign-out.ts";
import { canDo, creatable, iconOf, places, recordPath, type Schema } from "./places.ts";
import css from "./frame.module.css";

const [store, spotlight] = createSpotlight();

const veil = { color: "var(--veil)", backgroundOpacity: 1, blur: 0 };

interface Props {
  /** Opens each time this grows. */
  readonly times: number;
  readonly schema: Schema | undefined;
  readonly onLock: () => void;
  readonly onHelp: () => void;
}

interface Command {
  readonly id: string;
  readonly label: string;
  readonly icon: LucideIcon;
  readonly run: () => void;
}

export function SearchPanel({ times, schema, onLock, onHelp }: Props) {
  const { t, language, setLanguage } = useLanguage();
  const { setColorScheme } = useMantineColorScheme();
  const dark = useComputedColorScheme() === "dark";
  const navigate = useNavigate();
  const [text, setText] = useState("");
  const wanted = text.trim();
  const [asked] = useDebouncedValue(wanted, 120);
  const found = useQuery({
    ...apiQuery("searchEverything", { body: { text: asked } }),
    enabled: asked !== "",
    placeholderData: keepPreviousData,
    gcTime: 0,
  });
  useEffect(() => spotlight.open(), [times]);

  const commands = commandsOf(schema, (to) => void navigate(to), t).concat([
    {
      id: "language",
      // In the language it leads to.
      label: language === "zh" ? "Switch to English" : "切换到中文",
      icon: Languages,
      run: () => setLanguage(language === "zh" ? "en" : "zh"),
    },
    {
      id: "theme",
      label: t(dark ? w.toLight : w.toDark),
      icon: dark ? Sun : Moon,
      run: () => setColorScheme(dark ? "light" : "dark"),
    },
    { id: "sign-out", label: t(w.signOut), icon: LogOut, run: () => void signOut() },
    { id: "lock", label: t(w.lock), icon: Lock, run: onLock },
    { id: "help", label: t(w.shortcuts), icon: Keyboard, run: onHelp },
  ]);
  const matching =
    wanted === ""
      ? commands.slice(0, 8)
      : commands.filter(({ label }) => label.toLowerCase().includes(wanted.toLowerCase()));
  const groups = wanted === "" ? [] : (found.data?.groups ?? []).filter(({ items }) => items.length > 0);
  const nothing =
    wanted !== "" &&
    asked === wanted &&
    groups.length === 0 &&
    matching.length === 0 &&
    !found.isFetching &&
    !found.error;
  // The first result is chosen already: a number typed and Enter pressed opens the customer who is calling.
  const shown = [...groups.flatMap(({ items }) => items.map(({ id }) => id)), ...matching.map(({ id }) => id)].join();
  useEffect(() => (wanted === "" ? undefined : chooseFirst()), [wanted, shown]);
  const loading = schema?.search.ready === false ? schema.search : undefined;

  return (
    <Spotlight.Root
      store={store}
      query={text}
      onQueryChange={setText}
      shortcut={null}
      scrollable
      centered={false}
      yOffset="10dvh"
      overlayProps={veil}
      attributes={{ content: { "aria-label": t(w.search) } }}
      maxHeight="min(60dvh, 30rem)"
      size="lg"
      transitionProps={{ duration: 120, transition: "fade" }}
    >
      <Spotlight.Search
        placeholder={t(w.searchPlaceholder)}
        aria-label={t(w.search)}
        leftSection={<Search size={16} aria-hidden="true" />}
        size="md"
        maxLength={200}
      />
      <Spotlight.ActionsList aria-label={t(w.search)}>
        {loading && <Note>{t(w.searchLoading, { done: loading.done, total: loading.total })}</Note>}
        {found.error && <Note>{shownProblem(found.error)?.title}</Note>}
        {groups.map((group) => {
          const definition = schema?.objects.find(({ key }) => key === group.object);
          const Icon = iconOf(group.object);
          return (
            <div key={group.object}>
              <div className={css["searchGroup"]}>{definition ? t(definition.plural) : group.object}</div>
              {group.items.map((item) => {
                const to = recordPath(group.object, item.id);
                const field =
                  item.matched === definition?.nameField
                    ? undefined
                    : definition?.fields.find(({ key }) => key === item.matched);
                const found = field ? [t(field.labels), item.detail].join(" ").trim() : item.detail;
                return (
                  <Spotlight.Action
                    key={item.id}
                    label={item.name}
                    description={found}
                    leftSection={<Icon size={16} />}
                    disabled={to === undefined}
                    onClick={() => to !== undefined && void navigate(to)}
                  />
                );
              })}
            </div>
          );
        })}
        {matching.length > 0 && (
          <div>
            <div className={css["searchGroup"]}>{t(wanted === "" ? w.goTo : w.actions)}</div>
            {matching.map(({ id, label, icon: Icon, run }) => (
              <Spotlight.Action key={id} label={label} leftSection={<Icon size={16} />} onClick={run} />
            ))}
          </div>
        )}
        {nothing && (
          <Spotlight.Empty>
            <div>{t(w.searchNothing, { text: wanted })}</div>
            <div className={css["personNote"]}>{t(w.searchNothingHint)}</div>
          </Spotlight.Empty>
        )}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}

/** Marks the first action as the arrow keys would; the library has no way to ask for it. */
function chooseFirst(): void {
  const actions = document.getElementById(store.getState().listId)?.querySelectorAll("[data-action]") ?? [];
  for (const [index, action] of [...actions].entries()) action.toggleAttribute("data-selected", index === 0);
  store.updateState((state) => ({ ...state, selected: actions.length > 0 ? 0 : -1 }));
}

function Note({ children }: { readonly children: ReactNode }) {
  return (
    <div className={css["searchNote"]} role="status">
      {children}
    </div>
  );
}

function commandsOf(
  schema: Schema | undefined,
  go: (to: string) => void,
  t: ReturnType<typeof useLanguage>["t"],
): readonly Command[] {
  const goTo = places
    .filter((place) => place.has(schema))
    .map((place): Command => ({ id: place.to, label: t(place.word), icon: place.icon, run: () => go(place.to) }));
  const create = creatable.flatMap(({ object, to }): Command[] => {
    const definition = schema?.objects.find(({ key }) => key === object);
    return definition && canDo(schema, object, "create")
      ? [
          {
            id: to,
            label: t(w.createOf, { object: inSentence(t(definition.labels)) }),
            icon: Plus,
            run: () => go(to),
          },
        ]
      : [];
  });
  const bringIn = (schema?.objects ?? [])
    .filter(({ key }) => canDo(schema, key, "import"))
    .map((object): Command => {
      const to = `/import?object=${object.key}`;
      return {
        id: to,
        label: t(w.importOf, { objects: inSentence(t(object.plural)) }),
        icon: Upload,
        run: () => go(to),
      };
    });
  return [...goTo, ...create, ...bringIn];
}
