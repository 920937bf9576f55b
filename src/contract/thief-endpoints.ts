// The HTTP rows of what a thief sees.
import { z } from "zod";
import { endpointsFor } from "./endpoint.ts";
import type { ThiefVerbs } from "./thief-verbs.ts";

const rows = endpointsFor<ThiefVerbs>();

export const thiefEndpoints = rows({
  lookAsThief: {
    method: "POST",
    auth: "device",
    permission: { record: "view" },
    path: "/api/records/:object/:id/thief",
    body: z.strictObject({}),
    verbs: { "thief.look": { object: "path.object", id: "path.id" } },
  },
  readDiskSearch: {
    method: "GET",
    auth: "device",
    permission: "self",
    path: "/api/disk-search",
    passive: true,
    verbs: { "thief.search": {} },
  },
});
