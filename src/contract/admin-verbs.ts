// The vault's verbs of those who run a company's installation: roles, people's status, the audit log, the recovery kit.
import { z } from "zod";
import { invitation } from "./identity-shapes.ts";
import { fieldKey, instant, objectKey, uuid } from "./ids.ts";
import { names } from "./record-verbs.ts";
import { levels, scopes } from "./roles.ts";
import { capabilities, defineVerbs, recordActions } from "./verb.ts";

export const adminVerbs = defineVerbs({
  "role.list": {
    effect: "read",
    logged: false,
    permission: "self",
    meter: "none",
    stepUp: "none",
    input: z.strictObject({}),
    output: z.strictObject({
      roles: z.array(
        z.strictObject({
          key: z.string(),
          labels: z.strictObject({ zh: z.string(), en: z.string() }),
          description: z.strictObject({ zh: z.string(), en: z.string() }),
          objects: z.record(
            z.string(),
            z.strictObject({
              actions: z.partialRecord(z.enum(recordActions), z.enum(scopes)),
              classes: z.record(z.string(), z.enum(levels)),
              fields: z.record(z.string(), z.enum(levels)),
            }),
          ),
          capabilities: z.array(z.enum(capabilities)),
        }),
      ),
    }),
  },
  "role.members": {
    effect: "read",
    permission: { may: "people.manage" },
    meter: "none",
    logged: false,
    stepUp: "none",
    input: z.strictObject({}),
    output: z.strictObject({ members: z.array(z.strictObject({ userId: uuid, role: z.string() })) }),
  },
  /** Sets all roles of a person; nobody changes his own. */
  "role.assign": {
    effect: "write",
    permission: { may: "roles.manage" },
    meter: "none",
    stepUp: "act",
    input: z.strictObject({ userId: uuid, roles: z.array(z.string().max(60)).max(20) }),
    output: z.strictObject({ userId: uuid, roles: z.array(z.string()) }),
  },
  "person.setStatus": {
    effect: "write",
    permission: { may: "people.manage" },
    meter: "none",
    stepUp: "act",
    input: z.strictObject({ userId: uuid, status: z.enum(["active", "disabled"]) }),
    output: z.strictObject({ userId: uuid, status: z.string() }),
  },
  /**
   * For a person who has lost his ways in: ends his devices and sessions, empties his password, authenticator, passkeys
   * and recovery codes, and gives a new invitation. Asks for all rights of that person.
   */
  "person.resetSignIn": {
    effect: "write",
    permission: { may: "people.manage" },
    meter: "none",
    stepUp: "act",
    input: z.strictObject({ userId: uuid }),
    output: invitation,
  },
  /**
   * Why may, or may not, a person do this. Without `userId` about oneself, on this device; about others by those who
   * manage people, as on a confirmed device.
   */
  "access.explain": {
    effect: "read",
    permission: "self",
    meter: "none",
    stepUp: "none",
    input: z.strictObject({
      userId: uuid.optional(),
      object: objectKey,
      action: z.enum(recordActions),
      id: uuid.optional(),
      field: fieldKey.optional(),
    }),
    output: z.strictObject({
      allowed: z.boolean(),
      reasons: z.array(
        z.strictObject({
          role: z.string().nullable(),
          scope: z.enum(scopes),
          level: z.enum(levels).nullable(),
          holds: z.boolean(),
          because: z.string(),
        }),
      ),
    }),
  },
  "ledger.list": {
    effect: "read",
    permission: { may: "audit.view" },
    meter: "none",
    stepUp: "none",
    input: z.strictObject({
      person: uuid.optional(),
      object: objectKey.optional(),
      objectId: uuid.optional(),
      action: z.string().max(80).optional(),
      ip: z.string().max(60).optional(),
      result: z.enum(["ok", "refused"]).optional(),
      from: instant.optional(),
      to: instant.optional(),
      before: z.int().optional(),
      limit: z.int().min(1).max(200).default(50),
    }),
    output: z.strictObject({
      entries: z.array(
        z.strictObject({
          position: z.int(),
          at: instant,
          person: uuid.nullable(),
          actor: z.string(),
          device: z.string().nullable(),
          ip: z.string().nullable(),
          userAgent: z.string().nullable(),
          action: z.string(),
          object: z.string().nullable(),
          objectIds: z.array(z.string()),
          fields: z.array(z.string()),
          purpose: z.string().nullable(),
          result: z.string(),
          problem: z.string().nullable(),
          counts: z.record(z.string(), z.int()),
          repeated: z.int(),
        }),
      ),
      names,
      next: z.int().nullable(),
    }),
  },
  /** Where the root key lies on the server, how its recovery kit is printed, and when that was last done. */
  "installation.recoveryKit": {
    effect: "read",
    permission: { may: "roles.manage" },
    meter: "none",
    stepUp: "none",
    logged: false,
    input: z.strictObject({}),
    output: z.strictObject({ keyFile: z.string(), command: z.string(), printedAt: instant.nullable() }),
  },
  "ledger.checkpoint": {
    effect: "read",
    permission: { may: "audit.view" },
    meter: "none",
    stepUp: "none",
    input: z.strictObject({}),
    output: z.strictObject({ size: z.int(), note: z.string(), publicKey: z.string() }),
  },
});
export type AdminVerbs = typeof adminVerbs;
