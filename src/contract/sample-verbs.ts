// Sample data: a small company to try out, loaded by one click and cleared by one.
import { z } from "zod";
import { endpointsFor } from "./endpoint.ts";
import { defineVerbs } from "./verb.ts";

const count = z.strictObject({ records: z.int() });
const fill = { permission: { may: "fields.define" }, stepUp: "recent" } as const;

export const sampleVerbs = defineVerbs({
  /** How many sample records there are. */
  "sample.state": {
    effect: "read",
    permission: { may: "fields.define" },
    meter: "none",
    stepUp: "none",
    logged: false,
    input: z.strictObject({}),
    output: count,
  },
  /** Writes the sample company as records of the caller's own; refused while there is one. */
  "sample.load": {
    ...fill,
    effect: "write",
    meter: "written",
    input: z.strictObject({ language: z.enum(["zh", "en"]) }),
    output: count,
  },
  /** Sends what is left of it to the recycle bin, changed or not. */
  "sample.clear": {
    ...fill,
    effect: "write",
    meter: "written",
    input: z.strictObject({}),
    output: count,
  },
});
export type SampleVerbs = typeof sampleVerbs;

const rows = endpointsFor<SampleVerbs>();
const own = { auth: "device", permission: { may: "fields.define" } } as const;

export const sampleEndpoints = rows({
  readSamples: { ...own, method: "GET", path: "/api/sample-data", verbs: { "sample.state": {} } },
  loadSamples: {
    ...own,
    method: "POST",
    path: "/api/sample-data",
    body: sampleVerbs["sample.load"].input,
    verbs: { "sample.load": { language: "body.language" } },
  },
  clearSamples: {
    ...own,
    method: "POST",
    path: "/api/sample-data/clear",
    body: z.strictObject({}),
    verbs: { "sample.clear": {} },
  },
});
