// The HTTP rows of records, search, roles and the audit log. Searches and filters travel in POST bodies, so no value
// that a person types ever stands in an address or an access log.
import { z } from "zod";
import { endpointsFor } from "./endpoint.ts";
import { type RecordVerbs, recordVerbs as verbs } from "./record-verbs.ts";

const rows = endpointsFor<RecordVerbs>();
const read = { method: "GET", auth: "device" } as const;
const act = { method: "POST", auth: "device" } as const;
const view = { permission: { record: "view" } } as const;
const one = { object: "path.object", id: "path.id" } as const;
const audit = { permission: { may: "audit.view" } } as const;

export const recordEndpoints = rows({
  readSchema: {
    ...read,
    path: "/api/schema",
    permission: "self",
    output: verbs["schema.read"].output,
    verbs: { "schema.read": {} },
  },
  listRecords: {
    ...act,
    ...view,
    path: "/api/records/:object/query",
    body: verbs["record.list"].input.shape.query,
    output: verbs["record.list"].output,
    verbs: { "record.list": { object: "path.object", query: "body" } },
  },
  suggestRecords: {
    ...act,
    ...view,
    path: "/api/records/:object/suggest",
    body: verbs["record.suggest"].input.omit({ object: true }),
    output: verbs["record.suggest"].output,
    verbs: { "record.suggest": { object: "path.object", text: "body.text", limit: "body.limit" } },
  },
  openRecord: {
    ...read,
    ...view,
    path: "/api/records/:object/:id",
    output: verbs["record.open"].output,
    verbs: { "record.open": one },
  },
  createRecord: {
    ...act,
    permission: { record: "create" },
    path: "/api/records/:object",
    body: verbs["record.create"].input.omit({ object: true }),
    output: verbs["record.create"].output,
    verbs: { "record.create": { object: "path.object", id: "body.id", values: "body.values" } },
  },
  updateRecord: {
    method: "PATCH",
    auth: "device",
    permission: { record: "edit" },
    path: "/api/records/:object/:id",
    body: verbs["record.update"].input.omit({ object: true, id: true }),
    output: verbs["record.update"].output,
    verbs: { "record.update": { ...one, version: "body.version", values: "body.values" } },
  },
  deleteRecord: {
    ...act,
    permission: { record: "delete" },
    path: "/api/records/:object/:id/delete",
    body: verbs["record.delete"].input.omit({ object: true, id: true }),
    output: verbs["record.delete"].output,
    verbs: { "record.delete": { ...one, version: "body.version" } },
  },
  restoreRecord: {
    ...act,
    permission: { record: "delete" },
    path: "/api/records/:object/:id/restore",
    output: verbs["record.restore"].output,
    verbs: { "record.restore": one },
  },
  revealValue: {
    ...act,
    ...view,
    path: "/api/records/:object/:id/reveal",
    body: verbs["record.reveal"].input.omit({ object: true, id: true }),
    output: verbs["record.reveal"].output,
    verbs: { "record.reveal": { ...one, field: "body.field", purpose: "body.purpose" } },
  },
  readHistory: {
    ...read,
    ...view,
    path: "/api/records/:object/:id/history",
    output: verbs["record.history"].output,
    verbs: { "record.history": one },
  },
  readLookers: {
    ...read,
    ...view,
    path: "/api/records/:object/:id/lookers",
    output: verbs["record.lookers"].output,
    verbs: { "record.lookers": one },
  },
  commitRecords: {
    ...act,
    permission: "self",
    path: "/api/commit",
    body: verbs["record.commit"].input,
    output: verbs["record.commit"].output,
    verbs: { "record.commit": "body" },
  },
  searchEverything: {
    ...act,
    permission: "self",
    path: "/api/search",
    body: verbs["search.everything"].input,
    output: verbs["search.everything"].output,
    verbs: { "search.everything": "body" },
  },
  defineField: {
    ...act,
    permission: { may: "fields.define" },
    path: "/api/fields",
    body: verbs["field.define"].input,
    output: verbs["field.define"].output,
    verbs: { "field.define": "body" },
  },
  listRoles: {
    ...read,
    permission: "self",
    path: "/api/roles",
    output: verbs["role.list"].output,
    verbs: { "role.list": {} },
  },
  listRoleMembers: {
    ...read,
    permission: { may: "people.manage" },
    path: "/api/role-members",
    output: verbs["role.members"].output,
    verbs: { "role.members": {} },
  },
  assignRoles: {
    ...act,
    permission: { may: "roles.manage" },
    path: "/api/people/:id/roles",
    body: verbs["role.assign"].input.omit({ userId: true }),
    output: verbs["role.assign"].output,
    verbs: { "role.assign": { userId: "path.id", roles: "body.roles" } },
  },
  setPersonStatus: {
    ...act,
    permission: { may: "people.manage" },
    path: "/api/people/:id/status",
    body: verbs["person.setStatus"].input.omit({ userId: true }),
    output: verbs["person.setStatus"].output,
    verbs: { "person.setStatus": { userId: "path.id", status: "body.status" } },
  },
  resetSignIn: {
    ...act,
    permission: { may: "people.manage" },
    path: "/api/people/:id/reset-sign-in",
    body: z.strictObject({}),
    output: verbs["person.resetSignIn"].output,
    verbs: { "person.resetSignIn": { userId: "path.id" } },
  },
  explainAccess: {
    ...act,
    permission: "self",
    path: "/api/access/explain",
    body: verbs["access.explain"].input,
    output: verbs["access.explain"].output,
    verbs: { "access.explain": "body" },
  },
  listLedger: {
    ...act,
    ...audit,
    path: "/api/ledger/query",
    body: verbs["ledger.list"].input,
    output: verbs["ledger.list"].output,
    verbs: { "ledger.list": "body" },
  },
  recoveryKit: {
    ...read,
    permission: { may: "roles.manage" },
    path: "/api/recovery-kit",
    output: verbs["installation.recoveryKit"].output,
    verbs: { "installation.recoveryKit": {} },
  },
  readCheckpoint: {
    ...read,
    ...audit,
    path: "/api/ledger/checkpoint",
    output: verbs["ledger.checkpoint"].output,
    verbs: { "ledger.checkpoint": {} },
  },
});
