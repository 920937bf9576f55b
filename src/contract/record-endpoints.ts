// The HTTP rows of records and search. Searches and filters travel in POST bodies, so no value
// that a person types ever stands in an address or an access log.
import { endpointsFor } from "./endpoint.ts";
import { type RecordVerbs, recordVerbs as verbs } from "./record-verbs.ts";

const rows = endpointsFor<RecordVerbs>();
const read = { method: "GET", auth: "device" } as const;
const act = { method: "POST", auth: "device" } as const;
const view = { permission: { record: "view" } } as const;
const one = { object: "path.object", id: "path.id" } as const;

export const recordEndpoints = rows({
  listRecords: {
    ...act,
    ...view,
    path: "/api/records/:object/query",
    body: verbs["record.list"].input.shape.query,
    verbs: { "record.list": { object: "path.object", query: "body" } },
  },
  suggestRecords: {
    ...act,
    ...view,
    path: "/api/records/:object/suggest",
    body: verbs["record.suggest"].input.omit({ object: true }),
    verbs: { "record.suggest": { object: "path.object", text: "body.text", limit: "body.limit" } },
  },
  openRecord: {
    ...read,
    ...view,
    path: "/api/records/:object/:id",
    verbs: { "record.open": one },
  },
  createRecord: {
    ...act,
    permission: { record: "create" },
    path: "/api/records/:object",
    body: verbs["record.create"].input.omit({ object: true }),
    verbs: { "record.create": { object: "path.object", id: "body.id", values: "body.values" } },
  },
  updateRecord: {
    method: "PATCH",
    auth: "device",
    permission: { record: "edit" },
    path: "/api/records/:object/:id",
    body: verbs["record.update"].input.omit({ object: true, id: true }),
    verbs: { "record.update": { ...one, version: "body.version", values: "body.values" } },
  },
  deleteRecord: {
    ...act,
    permission: { record: "delete" },
    path: "/api/records/:object/:id/delete",
    body: verbs["record.delete"].input.omit({ object: true, id: true }),
    verbs: { "record.delete": { ...one, version: "body.version" } },
  },
  restoreRecord: {
    ...act,
    permission: { record: "delete" },
    path: "/api/records/:object/:id/restore",
    verbs: { "record.restore": one },
  },
  revealValue: {
    ...act,
    ...view,
    path: "/api/records/:object/:id/reveal",
    body: verbs["record.reveal"].input.omit({ object: true, id: true }),
    verbs: { "record.reveal": { ...one, field: "body.field", purpose: "body.purpose" } },
  },
  readHistory: {
    ...read,
    ...view,
    path: "/api/records/:object/:id/history",
    verbs: { "record.history": one },
  },
  readLookers: {
    ...read,
    ...view,
    path: "/api/records/:object/:id/lookers",
    verbs: { "record.lookers": one },
  },
  commitRecords: {
    ...act,
    permission: "self",
    path: "/api/commit",
    body: verbs["record.commit"].input,
    verbs: { "record.commit": "body" },
  },
  searchEverything: {
    ...act,
    permission: "self",
    path: "/api/search",
    body: verbs["search.everything"].input,
    verbs: { "search.everything": "body" },
  },
});
