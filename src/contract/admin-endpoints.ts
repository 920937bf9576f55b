// The HTTP rows of roles, people's status, the audit log and the recovery kit. Filters travel in POST bodies.
import { z } from "zod";
import { endpointsFor } from "./endpoint.ts";
import { type AdminVerbs, adminVerbs as verbs } from "./admin-verbs.ts";

const rows = endpointsFor<AdminVerbs>();
const read = { method: "GET", auth: "device" } as const;
const act = { method: "POST", auth: "device" } as const;
const audit = { permission: { may: "audit.view" } } as const;

export const adminEndpoints = rows({
  listRoles: {
    ...read,
    permission: "self",
    path: "/api/roles",
    verbs: { "role.list": {} },
  },
  listRoleMembers: {
    ...read,
    permission: { may: "people.manage" },
    path: "/api/role-members",
    verbs: { "role.members": {} },
  },
  assignRoles: {
    ...act,
    permission: { may: "roles.manage" },
    path: "/api/people/:id/roles",
    body: verbs["role.assign"].input.omit({ userId: true }),
    verbs: { "role.assign": { userId: "path.id", roles: "body.roles" } },
  },
  setPersonStatus: {
    ...act,
    permission: { may: "people.manage" },
    path: "/api/people/:id/status",
    body: verbs["person.setStatus"].input.omit({ userId: true }),
    verbs: { "person.setStatus": { userId: "path.id", status: "body.status" } },
  },
  resetSignIn: {
    ...act,
    permission: { may: "people.manage" },
    path: "/api/people/:id/reset-sign-in",
    body: z.strictObject({}),
    verbs: { "person.resetSignIn": { userId: "path.id" } },
  },
  explainAccess: {
    ...act,
    permission: "self",
    path: "/api/access/explain",
    body: verbs["access.explain"].input,
    verbs: { "access.explain": "body" },
  },
  listLedger: {
    ...act,
    ...audit,
    path: "/api/ledger/query",
    body: verbs["ledger.list"].input,
    verbs: { "ledger.list": "body" },
  },
  recoveryKit: {
    ...read,
    permission: { may: "roles.manage" },
    path: "/api/recovery-kit",
    verbs: { "installation.recoveryKit": {} },
  },
  readCheckpoint: {
    ...read,
    ...audit,
    path: "/api/ledger/checkpoint",
    verbs: { "ledger.checkpoint": {} },
  },
});
