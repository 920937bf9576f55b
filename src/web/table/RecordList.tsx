// The list of an object's records: the same for every object, shipped or custom, driven by the schema alone.
import { useDebouncedCallback, useMediaQuery } from "@mantine/hooks";
import {
  type Dispatch,
  type ReactNode,
  type SetStateAction,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { useNavigate } from "react-router";
import type { RecordView } from "../../contract/record-verbs.ts";
import type { SchemaField, SchemaObject } from "../../contract/schema-verbs.ts";
import { recordPath } from "../frame/places.ts";
import { useSchema } from "../query.ts";
import { inSentence } from "../record/in-sentence.ts";
import { PurposeSheet } from "../record/PurposeSheet.tsx";
import { RecordPanel } from "../record/RecordPanel.tsx";
import { ErrorState } from "../ui/ErrorState.tsx";
import { PageHeader } from "../ui/PageHeader.tsx";
import { SkeletonRows } from "../ui/SkeletonRows.tsx";
import { listWords } from "../words/records.ts";
import { useLanguage } from "../words/words.ts";
import { ColumnChooser } from "./ColumnChooser.tsx";
import { FilterBar } from "./FilterBar.tsx";
import { pageSize } from "./list-address.ts";
import {
  type ListBody,
  listBody,
  movedColumn,
  nextSort,
  shownColumns,
  summedColumns,
  usualSort,
} from "./list-columns.ts";
import { rememberOrder } from "./list-order.ts";
import { type ChangeList, type ListState, useListState } from "./list-state.ts";
import { ListActions, NothingListed } from "./ListActions.tsx";
import { RecordCards } from "./RecordCards.tsx";
import { RecordTable } from "./RecordTable.tsx";
import { SelectionBar } from "./SelectionBar.tsx";
import { Sight } from "./sight.ts";
import { SortControl } from "./SortControl.tsx";
import { SumRow } from "./SumRow.tsx";
import styles from "./table.module.css";
import { useKeepLook } from "./use-keep-look.ts";
import { useSelection } from "./use-selection.ts";
import { useViews } from "./use-views.ts";
import { type Parts, partsOf, useListWindow } from "./use-window.ts";
import { ViewTabs } from "./ViewTabs.tsx";
import { WindowFoot } from "./WindowFoot.tsx";

/** By the object's key; shows skeletons until the schema and the person's views are known. */
export function RecordListPage({ objectKey }: { readonly objectKey: string }): ReactNode {
  const schema = useSchema();
  const views = useViews(objectKey);
  const object = schema.data?.objects.find(({ key }) => key === objectKey);
  if (schema.error) return <ErrorState problem={schema.error} onRetry={() => void schema.refetch()} />;
  if (!object || !views.views) return <SkeletonRows rows={12} columns={6} />;
  return <RecordList key={objectKey} object={object} views={views} />;
}

function RecordList({
  object,
  views,
}: {
  readonly object: SchemaObject;
  readonly views: ReturnType<typeof useViews>;
}): ReactNode {
  const { t } = useLanguage();
  const navigate = useNavigate();
  const small = useMediaQuery("(max-width: 47.99em)", false, { getInitialValueInEffect: false }) === true;
  const search = useSchema().data?.search;
  const [state, change] = useListState(object, views.views);
  useKeepLook(object, state, views);
  const [preview, setPreview] = useState<string>();
  const columns = useMemo(() => shownColumns(object, state.columns), [object, state.columns]);
  const question = useStable(listBody(object, state, columns, new Date()));
  const body = useMemo(() => withSums(question, columns), [columns, question]);
  const [parts, setParts] = useState(() => partsOf(state.page * pageSize, state.page * pageSize));
  const rows = useListWindow(object.key, body, small ? { first: 0, last: parts.last } : parts, true);
  const selecting = useSelection(object.key, question);
  const { selected, clear } = selecting;
  const previewSoon = useDebouncedCallback(setPreview, 200);
  const asked = state.search.trim() !== "" || state.chips.length > 0;
  const objects = t(object.plural);
  const { sight, jump, onRange } = usePlace(state, change, setParts, body);

  useEffect(() => {
    if (!rows.stale && rows.total) rememberOrder(object.key, JSON.stringify(body), rows.loaded, rows.total.value);
  }, [body, object.key, rows]);
  useEffect(() => clear(), [body, clear]);

  const open = useCallback(
    (record: RecordView): void => void navigate(recordPath(object.key, record.id) ?? "."),
    [navigate, object.key],
  );
  const keys = columns.slice(1).map(({ key }) => key);
  const look = (part: Partial<Pick<ListState, "columns" | "widths">>): void =>
    change({ ...part, page: state.page }, true);

  let content: ReactNode;
  if (rows.error && !rows.total) content = <ErrorState problem={rows.error} onRetry={rows.retry} />;
  else if (!rows.total) content = <SkeletonRows rows={14} columns={small ? 2 : columns.length} />;
  else if (rows.length === 0 && !rows.stale)
    content = <NothingListed object={object} asked={asked} onClear={() => change({ search: "", chips: [] })} />;
  else if (small)
    content = (
      <RecordCards
        object={object}
        columns={columns}
        rows={rows}
        label={t(listWords.table, { objects: inSentence(objects) })}
        onMore={() => setParts({ first: 0, last: parts.last + 1 })}
      />
    );
  else {
    content = (
      <RecordTable
        object={object}
        columns={columns}
        widths={state.widths}
        rows={rows}
        sort={state.sort.length > 0 ? state.sort : usualSort}
        onSort={(field, several) => change({ sort: nextSort(state.sort, field, several) })}
        onSortAs={(field, direction, several) =>
          change({
            sort: [...(several ? state.sort.filter((key) => key.field !== field) : []), { field, direction }].slice(-3),
          })
        }
        onMove={(key, to) => look({ columns: movedColumn(keys, key, to) })}
        onHide={(key) => look({ columns: keys.filter((one) => one !== key) })}
        onWidth={(key, width) => look({ widths: { ...state.widths, [key]: width } })}
        selected={selected}
        onSelect={selecting.select}
        onOpen={open}
        onPreview={(record) => (record && preview !== undefined ? previewSoon(record.id) : setPreview(record?.id))}
        previewed={preview}
        jump={jump}
        onRange={onRange}
        foot={<SumRow columns={columns} sums={rows.sums ?? []} />}
      />
    );
  }

  return (
    <div className={styles["page"]}>
      <PageHeader
        title={objects}
        count={rows.total?.value}
        more={rows.total?.more}
        actions={<ListActions object={object} />}
      >
        <ViewTabs object={object} views={views} state={state} change={change} />
        <FilterBar object={object} state={state} change={change} names={rows.names}>
          <SortControl object={object} sort={state.sort} onChange={(sort) => change({ sort })} />
          {!small && (
            <ColumnChooser object={object} columns={state.columns} onChange={(next) => look({ columns: next })} />
          )}
        </FilterBar>
        {search && !search.ready && state.search !== "" && (
          <p className={styles["second"]}>{t(listWords.indexLoading, { done: search.done, total: search.total })}</p>
        )}
      </PageHeader>
      {rows.error !== null && rows.total && <ErrorState problem={rows.error} onRetry={rows.retry} />}
      <div className={styles["split"]}>
        <div className={styles["main"]}>
          {content}
          <SelectionBar
            object={object}
            records={[...selected.values()]}
            onClear={clear}
            total={rows.length}
            onAll={selecting.selectAll}
          />
          {rows.total && rows.length > 0 && !small && (
            <WindowFoot sight={sight} length={rows.length} total={rows.total} onPage={(page) => change({ page })} />
          )}
        </div>
        {preview !== undefined && !small && (
          <RecordPanel object={object.key} id={preview} onStep={setPreview} onClose={() => setPreview(undefined)} />
        )}
      </div>
      <PurposeSheet />
    </div>
  );
}

function withSums(question: ListBody, columns: readonly SchemaField[]): ListBody {
  const sums = summedColumns(columns).map(({ key }) => key);
  return sums.length === 0 ? question : { ...question, sums };
}

/** The same value as long as it says the same, so that rendering anew asks nothing anew. */
function useStable<T>(value: T): T {
  const said = JSON.stringify(value);
  // Its text is all that tells two of them apart.
  // oxlint-disable-next-line react-hooks/exhaustive-deps
  return useMemo(() => value, [said]);
}

/** Where the window stands: the address names its page, the scroll bar moves it, and the parts in sight are fetched. */
function usePlace(state: ListState, change: ChangeList, setParts: Dispatch<SetStateAction<Parts>>, question: unknown) {
  const [sight] = useState(() => new Sight());
  const [jump, setJump] = useState({ row: state.page * pageSize, stamp: 0 });
  const settled = useRef(false);
  /** The page that scrolling has named: when the address says it, the window may be elsewhere already. */
  const named = useRef<number>(undefined);
  const nameSoon = useDebouncedCallback(() => {
    const page = Math.floor(sight.get().first / pageSize);
    if (!settled.current || page === state.page) return;
    named.current = page;
    change({ page }, true);
  }, 400);
  const onRange = useCallback(
    (first: number, last: number): void => {
      sight.set(first, last);
      const next = partsOf(first, last);
      setParts((now) => (now.first === next.first && now.last === next.last ? now : next));
      nameSoon();
    },
    [nameSoon, setParts, sight],
  );
  const asked = useRef(question);
  useEffect(() => {
    settled.current = true;
    const fresh = asked.current !== question;
    asked.current = question;
    const followed = named.current === state.page;
    named.current = undefined;
    if (!fresh && (followed || Math.floor(sight.get().first / pageSize) === state.page)) return;
    const row = state.page * pageSize;
    sight.set(row, row);
    setJump((now) => ({ row, stamp: now.stamp + 1 }));
  }, [question, sight, state.page]);
  return { sight, jump, onRange };
}
