// The HTTP rows of objects and their fields.
import { endpointsFor } from "./endpoint.ts";
import { type SchemaVerbs, schemaVerbs as verbs } from "./schema-verbs.ts";

const rows = endpointsFor<SchemaVerbs>();
const read = { method: "GET", auth: "device" } as const;
const act = { method: "POST", auth: "device" } as const;

export const schemaEndpoints = rows({
  readSchema: {
    ...read,
    path: "/api/schema",
    permission: "self",
    verbs: { "schema.read": {} },
  },
  defineField: {
    ...act,
    permission: { may: "fields.define" },
    path: "/api/fields",
    body: verbs["field.define"].input,
    verbs: { "field.define": "body" },
  },
  changeField: {
    method: "PATCH",
    auth: "device",
    permission: { may: "fields.define" },
    path: "/api/fields/:object/:key",
    body: verbs["field.change"].input.omit({ object: true, key: true }),
    verbs: {
      "field.change": {
        object: "path.object",
        key: "path.key",
        labels: "body.labels",
        required: "body.required",
        listed: "body.listed",
        options: "body.options",
      },
    },
  },
});
