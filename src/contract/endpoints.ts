// The whole API in one table, and the whole list of the vault's verbs. What is not here does not exist.
import { adminEndpoints } from "./admin-endpoints.ts";
import { adminVerbs } from "./admin-verbs.ts";
import { backupEndpoints } from "./backup-endpoints.ts";
import { backupVerbs } from "./backup-verbs.ts";
import type { EndpointDefinition } from "./endpoint.ts";
import { identityEndpoints } from "./identity-endpoints.ts";
import { identityVerbs } from "./identity-verbs.ts";
import { importEndpoints } from "./import-endpoints.ts";
import { importVerbs } from "./import-verbs.ts";
import { recordEndpoints } from "./record-endpoints.ts";
import { recordVerbs } from "./record-verbs.ts";
import { restoreEndpoints, restoreVerbs } from "./restore-verbs.ts";
import { sampleEndpoints, sampleVerbs } from "./sample-verbs.ts";
import { schemaEndpoints } from "./schema-endpoints.ts";
import { schemaVerbs } from "./schema-verbs.ts";
import { thiefEndpoints } from "./thief-endpoints.ts";
import { thiefVerbs } from "./thief-verbs.ts";
import type { StepUp, VerbDefinition } from "./verb.ts";
import { viewEndpoints } from "./view-endpoints.ts";
import { viewVerbs } from "./view-verbs.ts";

export const endpoints = {
  ...identityEndpoints,
  ...schemaEndpoints,
  ...recordEndpoints,
  ...adminEndpoints,
  ...importEndpoints,
  ...viewEndpoints,
  ...backupEndpoints,
  ...thiefEndpoints,
  ...restoreEndpoints,
  ...sampleEndpoints,
} as const satisfies Record<string, EndpointDefinition>;
export type EndpointName = keyof typeof endpoints;

export const verbs = {
  ...identityVerbs,
  ...schemaVerbs,
  ...recordVerbs,
  ...adminVerbs,
  ...importVerbs,
  ...viewVerbs,
  ...backupVerbs,
  ...thiefVerbs,
  ...restoreVerbs,
  ...sampleVerbs,
} as const satisfies Record<string, VerbDefinition>;
export type VerbName = keyof typeof verbs;
export type Verbs = typeof verbs;

/** The rules of an endpoint: those of its verbs. What they depend on stands in the path and the body of the request. */
export function stepUpsOf(endpoint: Pick<EndpointDefinition, "verbs">): StepUp[] {
  const table: Readonly<Record<string, VerbDefinition>> = verbs;
  return Object.keys(endpoint.verbs).flatMap((name) => table[name]?.stepUp ?? []);
}
