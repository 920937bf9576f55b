// An entry as it is shown: from its body once that is believed, and never from the columns beside it.
import type { ActorRef, EntryBody, EntryCounts } from "./entry.ts";

/** What the viewer shows of an entry; the detail stays sealed until `openDetail`. */
export interface LedgerView {
  position: number;
  id: string;
  action: string;
  at: string;
  actor: ActorRef;
  object?: string;
  objectIds: readonly string[];
  listedIds: readonly string[];
  fields: readonly string[];
  purpose?: string;
  result: "ok" | "refused";
  problem?: string;
  counts: EntryCounts;
  /** The subject whose key opens the detail, when there is one. */
  detailSubjectId?: string;
}

/** What is shown in place of an entry that is not the one that was signed: nothing of what it says. */
export const ALTERED_ACTION = "ledger.altered";

/** `at`: microseconds since 1970, which is only where it stands in the list. */
export function alteredView(position: number, id: string, at: string): LedgerView {
  const latest = Math.min(Math.max(Number(at) / 1000, 0), Date.now());
  return {
    position,
    id,
    action: ALTERED_ACTION,
    at: new Date(latest).toISOString(),
    actor: { kind: "system" },
    objectIds: [],
    listedIds: [],
    fields: [],
    result: "refused",
    counts: {},
  };
}

export function viewOf(position: number, body: EntryBody): LedgerView {
  const { device, ip, kind, mandate, person, request, session, ua } = body.actor;
  return {
    position,
    id: body.id,
    action: body.action,
    at: body.at,
    actor: {
      kind,
      ...(person !== undefined && { personId: person }),
      ...(device !== undefined && { deviceId: device }),
      ...(session !== undefined && { sessionId: session }),
      ...(ip !== undefined && { ip }),
      ...(ua !== undefined && { userAgent: ua }),
      ...(request !== undefined && { requestId: request }),
      ...(mandate !== undefined && { mandateId: mandate }),
    },
    ...(body.object !== undefined && { object: body.object }),
    objectIds: body.objects ?? [],
    listedIds: body.listed ?? [],
    fields: body.fields ?? [],
    ...(body.purpose !== undefined && { purpose: body.purpose }),
    result: body.result,
    ...(body.problem !== undefined && { problem: body.problem }),
    counts: body.counts ?? {},
    ...(body.sealed !== undefined && { detailSubjectId: body.sealed.subject }),
  };
}
