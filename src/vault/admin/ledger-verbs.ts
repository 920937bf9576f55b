// The audit log for those who may read it. Reading it is itself in it; names are given only as far as the reader's own
// rights reach, and no customer value stands in an entry.
import type { z } from "zod";
import { Problem } from "../../contract/problem.ts";
import type { AdminVerbs } from "../../contract/admin-verbs.ts";
import type { PersonCall } from "../call.ts";
import type { Records } from "../records/deps.ts";
import { type Named, nameAll } from "../records/view.ts";
import type { LedgerFilter } from "../ledger/viewer.ts";

type Output<V extends keyof AdminVerbs> = z.infer<AdminVerbs[V]["output"]>;

/** Records that are named of each entry. */
const namedEach = 5;

export async function listLedger(
  records: Records,
  call: PersonCall,
  input: z.infer<AdminVerbs["ledger.list"]["input"]>,
): Promise<Output<"ledger.list">> {
  const filter: LedgerFilter = {
    limit: input.limit,
    ...(input.person !== undefined && { person: input.person }),
    ...(input.object !== undefined && { object: input.object }),
    ...(input.objectId !== undefined && { objectId: input.objectId }),
    ...(input.action !== undefined && { action: input.action }),
    ...(input.ip !== undefined && { ip: input.ip }),
    ...(input.result !== undefined && { result: input.result }),
    ...(input.from !== undefined && { from: new Date(input.from) }),
    ...(input.to !== undefined && { to: new Date(input.to) }),
    ...(input.before !== undefined && { before: input.before }),
  };
  const found = await records.ledger.list(filter);
  const wanted = new Map<string, Set<string>>([["user", new Set(found.flatMap(({ actor }) => actor.personId ?? []))]]);
  for (const { object, objectIds } of found)
    if (object !== undefined)
      wanted.set(object, new Set([...(wanted.get(object) ?? []), ...objectIds.slice(0, namedEach)]));
  const { names, counted } = await namesWithin(records, call, wanted);
  call.note({ action: "ledger.list", result: "ok", ...(counted > 0 && { counts: { listed: counted } }) });
  return {
    entries: found.map((entry) => ({
      position: entry.position,
      at: entry.at,
      person: entry.actor.personId ?? null,
      actor: entry.actor.kind,
      device: entry.actor.deviceId ?? null,
      ip: entry.actor.ip ?? null,
      userAgent: entry.actor.userAgent ?? null,
      action: entry.action,
      object: entry.object ?? null,
      objectIds: entry.objectIds.slice(0, 20),
      fields: [...entry.fields],
      purpose: entry.purpose ?? null,
      result: entry.result,
      problem: entry.problem ?? null,
      counts: Object.fromEntries(
        Object.entries(entry.counts).filter((pair): pair is [string, number] => typeof pair[1] === "number"),
      ),
      repeated: entry.counts.refused ?? 1,
    })),
    names,
    next: found.length < input.limit ? null : (found.at(-1)?.position ?? null),
  };
}

/** The log can be read whatever else was read that day: above the ceiling it names colleagues only. */
async function namesWithin(
  records: Records,
  call: PersonCall,
  wanted: ReadonlyMap<string, ReadonlySet<string>>,
): Promise<Named> {
  const named = await nameAll(records, call.access, wanted);
  try {
    call.meter.demand("listed", named.counted);
    return named;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return nameAll(records, call.access, new Map([...wanted].filter(([object]) => object === "user")));
  }
}

export async function readCheckpoint(records: Records, call: PersonCall): Promise<Output<"ledger.checkpoint">> {
  const note = await records.ledger.checkpoint();
  call.note({ action: "ledger.checkpoint", result: "ok" });
  return { size: Number(note.split("\n")[1] ?? 0), note, publicKey: records.ledger.verifierKey };
}
