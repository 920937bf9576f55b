// The pipeline every company begins with, in its language. Its stages are rows like any other: a company changes them as
// it likes.
import type { Tx } from "../db/database.ts";
import type { Records } from "./deps.ts";
import { type Writer, createRecord } from "./write.ts";

const stages = [
  { zh: "初步接触", en: "First contact", kind: "open", probability: 10, rottingDays: 14 },
  { zh: "需求确认", en: "Needs confirmed", kind: "open", probability: 30, rottingDays: 21 },
  { zh: "方案报价", en: "Proposal", kind: "open", probability: 50, rottingDays: 30 },
  { zh: "商务谈判", en: "Negotiation", kind: "open", probability: 70, rottingDays: 30 },
  { zh: "赢单", en: "Won", kind: "won", probability: 100 },
  { zh: "输单", en: "Lost", kind: "lost", probability: 0 },
] as const;

export async function createFirstPipeline(
  records: Records,
  tx: Tx,
  writer: Writer,
  language: "zh" | "en",
): Promise<void> {
  const name = { zh: "标准销售流程", en: "Standard pipeline" }[language];
  const currency = { zh: "CNY", en: "USD" }[language];
  const create = (object: string, values: Readonly<Record<string, unknown>>): Promise<{ id: string }> =>
    createRecord(records, tx, writer, records.schema.load(object), values);
  const pipeline = await create("pipeline", { name, isDefault: true, currency });
  for (const [index, { zh, en, ...stage }] of stages.entries())
    await create("stage", { ...stage, name: { zh, en }[language], pipeline: pipeline.id, position: (index + 1) * 10 });
}
