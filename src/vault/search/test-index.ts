// What the tests of the index with its threads share: one set of keys, invented people, sealed rows as a source.
import { after } from "node:test";
import { account } from "../../contract/objects/account.ts";
import { contact } from "../../contract/objects/contact.ts";
import { lookupTag } from "../keys/tag.ts";
import { type RebuildPass, pageOf } from "./rebuild-page.ts";
import { type RebuildResult, startOpener } from "./rebuild.ts";
import { lookupForm } from "./restricted.ts";
import { SearchIndex, type UpsertRow } from "./search-index.ts";
import { type PlainRecord, packRow, sealRecord, testMaterial } from "./test-sealed.ts";
import { compiled, fullAccess, random, testId } from "./test-rows.ts";

export const material = testMaterial();
const lookup = (kind: string, normalised: string): Uint8Array => lookupTag(material.lookup, kind, normalised);
const open: SearchIndex[] = [];
after(() => Promise.all(open.map((index) => index.close())));

/** Closed when the file's tests are done. */
export async function start(onLost?: (why: unknown) => void): Promise<SearchIndex> {
  const index = await SearchIndex.start({ objects: [contact, account], lookup, ...(onLost && { onLost }) });
  open.push(index);
  return index;
}

/** Fills one object, with an opener of its own. */
export async function refill(
  index: SearchIndex,
  options: Omit<Parameters<SearchIndex["rebuild"]>[0], "opener">,
): Promise<RebuildResult> {
  const opener = startOpener();
  try {
    return await index.rebuild({ ...options, opener });
  } finally {
    await opener.terminate();
  }
}

const surnames = [..."王李张刘陈曾单欧"];
const given = [..."伟芳娜敏静秀英丽强磊"];
const next = random(7);
const pick = (list: readonly string[]): string => list[Math.floor(next() * list.length)] ?? "";

export function people(count: number, from = 1): PlainRecord[] {
  return Array.from({ length: count }, (_, index) => ({
    id: testId(from + index),
    owner: testId(900 + (index % 3)),
    updatedAt: new Date(1_700_000_000_000 + index),
    values: {
      name: pick(surnames) + pick(given) + pick(given),
      jobTitle: pick(["经理", "CTO"]),
      phone: `+86138${String(10_000_000 + index)}`,
      role: pick(["uses", "buys"]),
      nextFollowUp: "2026-11-23",
      note: "x".repeat(50),
    },
  }));
}

export type Sealed = ReturnType<typeof sealRecord>;
export const seal = (records: readonly PlainRecord[]): Sealed[] =>
  records.map((record) => sealRecord(material, contact, record));

/** Pages of sealed rows as PostgreSQL would give them; `between` is called before each. */
export function source(
  sealed: readonly (Pick<Sealed, "row"> & { readonly key?: Sealed["key"] })[],
  size = 200,
  between?: (pass: RebuildPass, batch: number) => Promise<void> | void,
): (pass: RebuildPass) => AsyncGenerator<string> {
  return async function* pages(pass) {
    for (let start = 0; start < sealed.length; start += size) {
      await between?.(pass, start / size);
      yield pageOf(sealed.slice(start, start + size).map(({ row, key }) => packRow(contact, pass, row, key)));
    }
  };
}

export function upsertRow(record: PlainRecord, version = record.version ?? 1): UpsertRow {
  const at = record.updatedAt ?? new Date();
  return {
    id: record.id,
    version,
    owner: record.owner ?? null,
    department: null,
    createdAt: at,
    createdBy: null,
    updatedAt: at,
    updatedBy: null,
    deletedAt: null,
    values: record.values,
  };
}

export const access = {
  ...fullAccess(),
  lookup: (field: Parameters<typeof lookupForm>[0], value: string) => {
    const form = lookupForm(field, value);
    return form && lookup(form.kind, form.normalised);
  },
};
export const columns = contact.fields.map((field) => field.key);
export const ask = async (index: SearchIndex, search: string): Promise<unknown[]> =>
  (await index.query(compiled({ search, columns, count: true, limit: 200 }, access))).rows.map((row) => [...row]);
