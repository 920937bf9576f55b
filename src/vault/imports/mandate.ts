// What a run does without a request rests on a mandate: signed by the person, for one verb and object, so many records, a
// day, and only as long as that person and the device that signed may do all that they could when the run began.
import type { ObjectDefinition } from "../../contract/field.ts";
import type { Access } from "../access/access.ts";
import { hasLost } from "../access/authority.ts";
import type { Tx } from "../db/database.ts";
import { uuidv7 } from "../db/uuid.ts";
import type { ActorRef, RowChange } from "../ledger/entry.ts";
import type { ImportParts } from "./check-run.ts";
import type { Job, JobPatch } from "./jobs.ts";

const dayMs = 86_400_000;

/** A new mandate for a job: signed by the request that asks for it, for a day and at most `meter` records. */
export function mandate(
  verb: "import.start" | "import.undo",
  job: Job,
  meter: number,
  signed: { by: string; device: string; request: string; now: Date },
): JobPatch {
  return {
    mandateId: uuidv7(),
    mandateVerbs: verb,
    mandateScope: job.object,
    mandateMeter: meter,
    mandateExpiresAt: new Date(signed.now.getTime() + dayMs),
    signedBy: signed.by,
    signedDevice: signed.device,
    signedRequest: signed.request,
  };
}

/** The actor of what a mandate does: the system, for the person who signed. */
export function mandateActor(job: Job): ActorRef {
  return {
    kind: "system",
    personId: job.personId,
    ...(job.signedDevice !== null && { deviceId: job.signedDevice }),
    ...(job.mandateId !== null && { mandateId: job.mandateId }),
    ...(job.signedRequest !== null && { requestId: job.signedRequest }),
  };
}

/**
 * The run may not go on, and no row is to blame: the job was changed from elsewhere, its mandate has ended, or the person
 * may do less than when it began.
 */
export class RunStopped extends Error {
  readonly why: "changed" | "mandate_ended" | "rights_changed";
  constructor(why: RunStopped["why"]) {
    super(why);
    this.name = "RunStopped";
    this.why = why;
  }
}

/** Throws RunStopped when the mandate does not cover `amount` more records now. */
export function demandMandate(job: Job, verb: string, amount: number, now: Date): void {
  const used = verb === "import.undo" ? job.undoRemoved + job.undoRestored : job.createdRows + job.updatedRows;
  const covers =
    job.mandateId !== null &&
    job.mandateVerbs === verb &&
    job.mandateScope === job.object &&
    job.mandateExpiresAt !== null &&
    job.mandateExpiresAt > now;
  if (!covers || used + amount > (job.mandateMeter ?? 0)) throw new RunStopped("mandate_ended");
}

/**
 * Asked in each batch, after what it wrote and before its commit. Throws RunStopped when the person is disabled, has lost
 * a scope, a field or an object's rights since the run began, or the device that signed was revoked.
 */
export async function demandRights(
  { records, deviceRevoked }: ImportParts,
  job: Job,
  begun: { readonly access: Access; readonly objects: readonly ObjectDefinition[] },
): Promise<void> {
  if (job.signedDevice !== null && (await deviceRevoked(job.signedDevice))) throw new RunStopped("rights_changed");
  await records.directory.ready();
  const now = records.directory.access(job.personId, begun.access.subject.confirmed);
  if (!now || begun.objects.some((object) => hasLost(object, begun.access, now)))
    throw new RunStopped("rights_changed");
}

/** Ends the mandates of a person who was disabled, in the caller's transaction; what was done stays. */
export async function endMandates({ jobs }: ImportParts, tx: Tx, personId: string, now: Date): Promise<RowChange[]> {
  const changes: RowChange[] = [];
  for (const job of await jobs.activeOf(tx, personId)) {
    const checking = job.state === "checking";
    const { change } = await jobs.update(tx, job, {
      state: checking ? "analysed" : "failed",
      failure: "rights_changed",
      finishedAt: checking ? null : now,
      ...(job.mandateId !== null && { mandateExpiresAt: now }),
    });
    changes.push(change);
  }
  return changes;
}
