// The audit log for those who may read it. Reading it is itself in it; names are given only as far as the reader's own
// rights reach, and no customer value stands in an entry.
import type { z } from "zod";
import type { RecordVerbs } from "../../contract/record-verbs.ts";
import type { PersonCall } from "../call.ts";
import type { Records } from "../records/deps.ts";
import { namesIn } from "../records/view.ts";
import type { LedgerFilter } from "./viewer.ts";

type Output<V extends keyof RecordVerbs> = z.infer<RecordVerbs[V]["output"]>;

export async function listLedger(
  records: Records,
  call: PersonCall,
  input: z.infer<RecordVerbs["ledger.list"]["input"]>,
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
  const names = await namesIn(
    records,
    call.access,
    "user",
    found.flatMap((entry) => entry.actor.personId ?? []),
  );
  for (const object of records.schema.objects) {
    const ids = new Set(
      found.filter((entry) => entry.object === object.key).flatMap((entry) => entry.objectIds.slice(0, 5)),
    );
    Object.assign(names, await namesIn(records, call.access, object.key, [...ids]));
  }
  call.note({ action: "ledger.list", result: "ok" });
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

export async function readCheckpoint(records: Records, call: PersonCall): Promise<Output<"ledger.checkpoint">> {
  const note = await records.ledger.checkpoint();
  call.note({ action: "ledger.checkpoint", result: "ok" });
  return { size: Number(note.split("\n")[1] ?? 0), note, publicKey: records.ledger.verifierKey };
}
