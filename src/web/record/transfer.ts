// Hands records to another person: in parts that are written whole or not at all. A part that is refused is tried in
// halves, so that one record in the way leaves only itself behind.
import type { RecordView } from "../../contract/record-verbs.ts";
import { ApiProblem } from "../api-problem.ts";

/** Operations that one commit takes. */
const partSize = 200;

export type Transferred = Pick<RecordView, "object" | "id" | "version" | "owner">;

export interface Outcome<R extends Transferred = Transferred> {
  /** With the version now and the owner before, for taking it back. */
  readonly moved: readonly Transferred[];
  readonly failed: readonly { readonly record: R; readonly title: string }[];
}

type Commit = (
  operations: readonly Operation[],
) => Promise<{ readonly written: readonly { readonly version: number }[] }>;
interface Operation {
  readonly op: "update";
  readonly object: string;
  readonly id: string;
  readonly version: number;
  readonly values: { readonly owner: string | null };
}

/** Refusals that concern one record; anything else (no connection, not confirmed) ends the whole. */
const ofOneRecord: ReadonlySet<string> = new Set(["conflict", "not_allowed", "not_found", "invalid"]);

/** `ownerOf`: to whom each goes. Throws the problem when nothing was written before it. */
export async function transfer<R extends Transferred>(
  records: readonly R[],
  ownerOf: (record: R) => string | null,
  commit: Commit,
): Promise<Outcome<R>> {
  const moved: Transferred[] = [];
  const failed: Outcome<R>["failed"][number][] = [];
  const parts: (readonly R[])[] = [];
  for (let at = 0; at < records.length; at += partSize) parts.push(records.slice(at, at + partSize));
  for (let part = parts.shift(); part !== undefined; part = parts.shift()) {
    try {
      const { written } = await commit(
        part.map((record) => ({
          op: "update",
          object: record.object,
          id: record.id,
          version: record.version,
          values: { owner: ownerOf(record) },
        })),
      );
      moved.push(...part.map((record, at) => ({ ...record, version: written[at]?.version ?? record.version })));
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      const [first] = part;
      if (!ofOneRecord.has(error.code)) {
        if (moved.length === 0) throw error;
        failed.push(...[part, ...parts].flat().map((record) => ({ record, title: error.title })));
        break;
      }
      if (part.length === 1 && first) failed.push({ record: first, title: error.title });
      else parts.unshift(part.slice(0, part.length / 2), part.slice(part.length / 2));
    }
  }
  return { moved, failed };
}
