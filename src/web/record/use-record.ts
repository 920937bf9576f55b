// One record on the screen: reading it, and saving one field of it. A save shows at once and is taken back when refused;
// when somebody else changed the same field meanwhile, both values are handed to the person.
import { useQuery } from "@tanstack/react-query";
import type { FieldValue, RecordView } from "../../contract/record-verbs.ts";
import type { SchemaField } from "../../contract/schema-verbs.ts";
import { api } from "../api.ts";
import { ApiProblem } from "../api-problem.ts";
import type { CallOutput } from "../endpoint-types.ts";
import type { Draft } from "../forms/draft.ts";
import { sameValue } from "../forms/draft.ts";
import { apiQuery, queryClient, refresh } from "../query.ts";
import { aboutWords } from "../words/acts.ts";
import { formats } from "../words/format.ts";
import { currentLanguage, translate } from "../words/words.ts";
import { type Names, valueOf, valueText } from "./value-text.ts";

export type Opened = CallOutput<"openRecord">;

/** Opening is recorded, so a window that regains the focus does not open again. */
export function recordQuery(object: string, id: string) {
  return { ...apiQuery("openRecord", { path: { object, id } }), staleTime: 60_000, refetchOnWindowFocus: false };
}

export function useRecord(object: string, id: string) {
  return useQuery(recordQuery(object, id));
}

export interface Conflict {
  readonly field: SchemaField;
  readonly mine: Draft;
  /** The record as it is now. */
  readonly now: Opened;
}

/** Saves one field. Returns the conflict, if there is one; throws ApiProblem when refused. */
export async function saveField(
  record: RecordView,
  field: SchemaField,
  draft: Draft,
  me: string | undefined,
): Promise<Conflict | undefined> {
  const { object, id } = record;
  const { queryKey } = recordQuery(object, id);
  const before = queryClient.getQueryData<Opened>(queryKey);
  if (before) queryClient.setQueryData<Opened>(queryKey, withValue(before, field, draft));
  try {
    const { version } = await api.call("updateRecord", {
      about: aboutChange(record, field, draft, before?.names ?? {}),
      path: { object, id },
      body: { version: record.version, values: { [field.key]: draft.value } },
    });
    queryClient.setQueryData<Opened>(
      queryKey,
      (opened) =>
        opened && {
          ...opened,
          record: {
            ...opened.record,
            version,
            updatedAt: new Date().toISOString(),
            updatedBy: me ?? opened.record.updatedBy,
          },
        },
    );
    // A mask is the vault's to make, and a new owner may change what one may see.
    if (field.class === 3 || field.system) await queryClient.invalidateQueries({ queryKey });
    void refresh("listRecords", "readHistory");
    if (object === "user" || object === "department") void refresh("suggestRecords");
    return undefined;
  } catch (error) {
    if (before) queryClient.setQueryData<Opened>(queryKey, before);
    if (!(error instanceof ApiProblem) || error.code !== "conflict") throw error;
    const now = await api.call("openRecord", { path: { object, id } });
    queryClient.setQueryData<Opened>(queryKey, now);
    // Another field was changed, or to the same value: nothing to ask.
    const same = field.class < 3 && sameValue(valueOf(now.record, field.key), valueOf(record, field.key));
    if (same && now.record.version !== record.version) return saveField(now.record, field, draft, me);
    return { field, mine: draft, now };
  }
}

/** “李雷：部门 华东 → 华南”. */
function aboutChange(record: RecordView, field: SchemaField, draft: Draft, names: Names): string {
  const after = typeof draft.value === "string" && draft.label ? { ...names, [draft.value]: draft.label } : names;
  const tools = { t: translate, format: formats[currentLanguage()] };
  return translate(aboutWords.change, {
    record: String(record.values["name"] ?? record.masked["name"] ?? ""),
    changes: translate(aboutWords.fromTo, {
      field: translate(field.labels),
      from: valueText(field, valueOf(record, field.key), names, tools) || translate(aboutWords.none),
      to: valueText(field, draft.value, after, tools) || translate(aboutWords.none),
    }),
  });
}

function withValue(opened: Opened, field: SchemaField, draft: Draft): Opened {
  const { record, names } = opened;
  const next =
    typeof draft.value === "string" && draft.label !== undefined ? { ...names, [draft.value]: draft.label } : names;
  if (field.system) return { names: next, record: { ...record, [field.key]: draft.value } };
  // The full value of a restricted field is not kept in the page after it was typed.
  if (field.class === 3)
    return { names: next, record: { ...record, masked: { ...record.masked, [field.key]: "••••" } } };
  return {
    names: next,
    record: { ...record, values: { ...record.values, [field.key]: draft.value satisfies FieldValue } },
  };
}
