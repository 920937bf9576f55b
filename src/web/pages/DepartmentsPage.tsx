// Departments as a tree: who leads each, how many people are in it; creating, renaming, moving, deleting.
import { ActionIcon, Button, Menu } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { ChevronDown, ChevronRight, Ellipsis, Network, Plus } from "lucide-react";
import { type ReactNode, useMemo, useState } from "react";
import { Link } from "react-router";
import type { SchemaObject } from "../../contract/schema-verbs.ts";
import { api } from "../api.ts";
import { type DepartmentItem, DepartmentSheet } from "../forms/department/DepartmentSheet.tsx";
import { type DepartmentNode, departmentTree } from "../forms/department/department-tree.ts";
import { recordPath } from "../frame/places.ts";
import { apiQuery, refresh, useSchema } from "../query.ts";
import { nameOf } from "../record/value-text.ts";
import { Avatar } from "../ui/Avatar.tsx";
import { EmptyState } from "../ui/EmptyState.tsx";
import { ErrorState } from "../ui/ErrorState.tsx";
import { PageHeader } from "../ui/PageHeader.tsx";
import { Page } from "../ui/Panel.tsx";
import { SkeletonRows } from "../ui/SkeletonRows.tsx";
import { toast } from "../ui/toast.tsx";
import { departmentWords as w } from "../words/admin.ts";
import { recordWords, valueWords } from "../words/records.ts";
import { useLanguage } from "../words/words.ts";
import styles from "../forms/department/department.module.css";

type Editing = { readonly item?: DepartmentItem; readonly parent: string | null };

export default function DepartmentsPage(): ReactNode {
  const object = useSchema().data?.objects.find(({ key }) => key === "department");
  return <Page wide>{object ? <Departments object={object} /> : <SkeletonRows columns={3} />}</Page>;
}

function Departments({ object }: { readonly object: SchemaObject }): ReactNode {
  const { t } = useLanguage();
  const [editing, setEditing] = useState<Editing>();
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const list = useQuery(
    apiQuery("listRecords", {
      path: { object: "department" },
      body: { limit: 200, columns: ["name", "parent", "leader", "position"] },
    }),
  );
  const counts = usePeopleCounts();
  const names = list.data?.names ?? {};
  const items = useMemo<readonly DepartmentItem[]>(
    () =>
      (list.data?.rows ?? []).map((record) => ({
        id: record.id,
        parent: typeof record.values["parent"] === "string" ? record.values["parent"] : null,
        position: typeof record.values["position"] === "number" ? record.values["position"] : 0,
        name: nameOf(record, object.nameField) || t(valueWords.unknownRecord),
        record,
      })),
    [list.data, object.nameField, t],
  );
  const tree = useMemo(() => departmentTree(items), [items]);
  // A company has one department at the top as a rule: a new one belongs below it unless another place is chosen.
  const tops = items.filter(({ parent }) => parent === null);
  const top = tops.length === 1 ? (tops[0]?.id ?? null) : null;
  const may = (action: "create" | "edit"): boolean => (object.can[action] ?? "none") !== "none";
  const restore = async (item: DepartmentItem): Promise<void> => {
    try {
      await api.call("restoreRecord", { path: { object: object.key, id: item.id } });
      await refresh("listRecords");
      toast.done(t(recordWords.restoredOne, { name: item.name }));
    } catch (error) {
      toast.problem(error);
    }
  };
  const remove = async (item: DepartmentItem): Promise<void> => {
    try {
      await api.call("deleteRecord", {
        path: { object: object.key, id: item.id },
        body: { version: item.record.version },
      });
      await refresh("listRecords");
      toast.done(t(w.deleted, { name: item.name }), { undo: () => void restore(item) });
    } catch (error) {
      toast.problem(error);
    }
  };

  const branch = ({ item, depth, children }: DepartmentNode<DepartmentItem>): ReactNode => {
    const open = !folded.has(item.id);
    const leader = item.record.values["leader"];
    const leaderName = typeof leader === "string" ? names[leader] : undefined;
    const people = counts?.get(item.id) ?? 0;
    const whyNotDelete =
      children.length > 0 ? t(w.hasChildren) : people > 0 ? t(w.hasPeople, { n: people }) : undefined;
    return (
      <li key={item.id}>
        <div className={styles["node"]} style={{ ["--depth" as string]: depth }}>
          <span className={styles["name"]}>
            {children.length > 0 ? (
              <ActionIcon
                className={styles["fold"] ?? ""}
                aria-label={t(open ? w.collapse : w.expand, { name: item.name })}
                aria-expanded={open}
                onClick={() =>
                  setFolded(new Set(open ? [...folded, item.id] : [...folded].filter((id) => id !== item.id)))
                }
              >
                {open ? <ChevronDown size="1em" aria-hidden /> : <ChevronRight size="1em" aria-hidden />}
              </ActionIcon>
            ) : (
              <span className={styles["noFold"]} />
            )}
            <Link to={recordPath("department", item.id) ?? "."}>{item.name}</Link>
          </span>
          <span className={styles["leader"]} data-none={leaderName === undefined || undefined}>
            {leaderName === undefined ? (
              <span className={styles["second"]}>{t(w.noLeader)}</span>
            ) : (
              <>
                <Avatar name={leaderName} /> {leaderName}
              </>
            )}
          </span>
          <span className={styles["people"]}>
            {people > 0 ? (
              <Link to={`/people?department=${item.id}`}>{t(w.people, { n: people })}</Link>
            ) : (
              <span className={styles["second"]}>{counts && t(w.people, { n: 0 })}</span>
            )}
          </span>
          {(item.record.can.edit || may("create")) && (
            <Menu position="bottom-end">
              <Menu.Target>
                <ActionIcon aria-label={t(w.actions, { name: item.name })}>
                  <Ellipsis size="1em" aria-hidden />
                </ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                {item.record.can.edit && (
                  <Menu.Item onClick={() => setEditing({ item, parent: item.parent })}>{t(w.rename)}</Menu.Item>
                )}
                {may("create") && (
                  <Menu.Item onClick={() => setEditing({ parent: item.id })}>
                    {t(w.addBelow, { name: item.name })}
                  </Menu.Item>
                )}
                {item.record.can.delete && (
                  <Menu.Item
                    color="danger"
                    disabled={whyNotDelete !== undefined}
                    title={whyNotDelete}
                    onClick={() => void remove(item)}
                  >
                    {t(w.remove)}
                    {whyNotDelete !== undefined && ` · ${whyNotDelete}`}
                  </Menu.Item>
                )}
              </Menu.Dropdown>
            </Menu>
          )}
        </div>
        {children.length > 0 && open && <ul>{children.map(branch)}</ul>}
      </li>
    );
  };

  return (
    <>
      <PageHeader
        title={t(w.title)}
        count={list.data?.rows.length}
        lead={t(w.lead)}
        actions={
          may("create") && (
            <Button leftSection={<Plus size="1em" aria-hidden />} onClick={() => setEditing({ parent: top })}>
              {t(w.add)}
            </Button>
          )
        }
      />
      {list.error && <ErrorState problem={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <SkeletonRows columns={3} />}
      {list.data && items.length === 0 && (
        <EmptyState
          icon={Network}
          title={t(w.emptyTitle)}
          text={t(w.emptyHint)}
          actions={may("create") && <Button onClick={() => setEditing({ parent: top })}>{t(w.add)}</Button>}
        />
      )}
      {items.length > 0 && <ul className={styles["tree"]}>{tree.map(branch)}</ul>}
      {editing && (
        <DepartmentSheet
          object={object}
          items={items}
          names={names}
          item={editing.item}
          parent={editing.parent}
          onClose={() => setEditing(undefined)}
        />
      )}
    </>
  );
}

/** People per department; undefined until known. A company here has hundreds of people, so all are read, page by page. */
function usePeopleCounts(): ReadonlyMap<string, number> | undefined {
  const people = useQuery({
    queryKey: ["listRecords", { object: "user" }, "departments"],
    staleTime: 60_000,
    queryFn: async ({ signal }) => {
      const counts = new Map<string, number>();
      for (let offset = 0; offset < 2000; offset += 200) {
        const { rows } = await api.call("listRecords", {
          path: { object: "user" },
          body: { limit: 200, offset, columns: ["name"] },
          signal,
        });
        for (const { department } of rows)
          if (department !== null) counts.set(department, (counts.get(department) ?? 0) + 1);
        if (rows.length < 200) break;
      }
      return counts;
    },
  });
  return people.data;
}
