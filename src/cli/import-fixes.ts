// How values of a file are to be read, as the command line says it: by what options, stages and products are called.
import type { ImportSettings } from "../contract/import-verbs.ts";
import type { RecordView } from "../contract/record-verbs.ts";
import type { SchemaObject } from "../contract/schema-verbs.ts";
import type { DeviceClient } from "./device-client.ts";

/** What the user got wrong on the command line. */
export class Usage extends Error {}

/** The last "=" parts a pair: headings may hold one. */
export function pair(text: string, flag: string): readonly [string, string] {
  const at = text.lastIndexOf("=");
  if (at < 1) throw new Usage(`${flag} ${text}: a=b`);
  return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

interface Option {
  readonly key: string;
  readonly names: readonly string[];
}

/** Longer lists are not asked for whole. */
const most = 200;

/** What a field is chosen from: its options, or the records it refers to; nothing for other fields. */
export async function optionsOf(client: DeviceClient, object: SchemaObject, key: string): Promise<readonly Option[]> {
  const field = object.fields.find((one) => one.key === key);
  if (field?.options)
    return field.options.map(({ key: own, labels }) => ({ key: own, names: [own, labels.zh, labels.en] }));
  if (field?.target === undefined) return [];
  const path = `/api/records/${field.target}/query`;
  const { rows } = await client.request<{ rows: RecordView[] }>("POST", path, { limit: most });
  return rows.map(({ id, values }) => ({ key: id, names: [String(values["name"] ?? ""), id] }));
}

/** `technolgy=technology`, or with the field before it `stage:Won=赢单`, as it must be for a reference. Throws Usage. */
export async function fixesOf(
  client: DeviceClient,
  object: SchemaObject,
  mapped: readonly string[],
  given: readonly string[],
): Promise<ImportSettings["fixes"]> {
  const fixes: Record<string, Record<string, string>> = {};
  for (const text of given) {
    const [left, wanted] = pair(text, "--fix");
    const named = object.fields.find((field) => left.startsWith(`${field.key}:`));
    const value = named ? left.slice(named.key.length + 1) : left;
    let found = false;
    for (const field of named ? [named] : object.fields.filter((one) => one.options && mapped.includes(one.key))) {
      const options = await optionsOf(client, object, field.key);
      const option = options.find(({ names }) => names.some((name) => name.toLowerCase() === wanted.toLowerCase()));
      if (!option) continue;
      found = true;
      fixes[field.key] = { ...fixes[field.key], [value]: option.key };
    }
    if (!found) throw new Usage(`--fix ${text}`);
  }
  return fixes;
}
