// Columns and widths of the plain list are the person's own and are kept without being asked for, wherever he signs in.
// Those of a named view are kept when he says so.
import { useDebouncedCallback } from "@mantine/hooks";
import { useEffect } from "react";
import type { SchemaObject } from "../../contract/schema-verbs.ts";
import { useSession } from "../query.ts";
import type { ListState } from "./list-state.ts";
import { emptyLayout, personalView, type Views } from "./use-views.ts";

const quietMs = 800;

export function useKeepLook(object: SchemaObject, { view, columns, widths }: ListState, { views, save }: Views): void {
  const confirmed = useSession().data?.confirmed === true;
  const known = personalView(views ?? []);
  const kept = known?.layout ?? emptyLayout;
  const layout = { ...emptyLayout, columns: columns === undefined ? null : [...columns], widths: { ...widths } };
  const differs = JSON.stringify([layout.columns, layout.widths]) !== JSON.stringify([kept.columns, kept.widths]);
  const saveSoon = useDebouncedCallback(() => {
    // Refused, it holds until the page is closed.
    save({ id: known?.id, name: "", sharing: "private", layout }).catch(() => undefined);
  }, quietMs);
  const look = JSON.stringify([object.key, layout.columns, layout.widths]);
  useEffect(() => {
    if (differs && confirmed && view === undefined && views !== undefined) saveSoon();
  }, [confirmed, differs, look, saveSoon, view, views]);
}
