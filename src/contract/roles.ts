// What a role may do, as data: an action on an object within a scope, a level per sensitivity class and per field, and
// capabilities. Whatever is not named is denied. The shipped roles are rows like those a company will make.
import type { Labels, SensitivityClass } from "./field.ts";
import type { Capability, RecordAction } from "./verb.ts";

/** Which rows: his own, those of his department, of it and all below, or all. `none` is the absence of the right. */
export const scopes = ["none", "own", "department", "department_and_below", "all"] as const;
export type Scope = (typeof scopes)[number];

/** What of a field: it does not exist, its mask, its value (class 3: mask, value on reveal), or writing it too. */
export const levels = ["hidden", "masked", "read", "write"] as const;
export type Level = (typeof levels)[number];

export interface ObjectGrant {
  /** Scope per action; for `create` and `import` the scope says whose rows may be made. */
  readonly actions: Readonly<Partial<Record<RecordAction, Scope>>>;
  /** Level per class; a class not named is hidden. */
  readonly classes: Readonly<Partial<Record<SensitivityClass, Level>>>;
  /** Exceptions by field key. */
  readonly fields?: Readonly<Record<string, Level>>;
}

export interface RoleDefinition {
  readonly key: string;
  readonly labels: Labels;
  readonly description: Labels;
  readonly objects: Readonly<Record<string, ObjectGrant>>;
  readonly capabilities: readonly Capability[];
}

const writeAll = { 0: "write", 1: "write", 2: "write", 3: "write" } as const;
const colleagues: ObjectGrant = {
  actions: { view: "all" },
  classes: { 0: "read", 1: "read", 2: "read", 3: "masked" },
  fields: { jobTitle: "read" },
};
const tree: ObjectGrant = { actions: { view: "all" }, classes: { 0: "read", 1: "read", 2: "read" } };
const masked: ObjectGrant = { actions: { view: "all" }, classes: { 0: "read", 1: "read", 2: "masked" } };

function everything(scope: Scope): ObjectGrant {
  return { actions: { view: scope, create: scope, edit: scope, delete: scope, import: scope }, classes: writeAll };
}

/** Customers and all that is done with them, within one scope. */
function customers(scope: Scope): Readonly<Record<string, ObjectGrant>> {
  const grant = everything(scope);
  return {
    account: grant,
    contact: grant,
    lead: grant,
    opportunity: grant,
    activity: grant,
    todo: grant,
    comment: grant,
  };
}

/** What the company shares: the products it sells and the stages a deal goes through. */
function shared(grant: ObjectGrant): Readonly<Record<string, ObjectGrant>> {
  return { product: grant, pipeline: grant, stage: grant };
}

export const shippedRoles: readonly RoleDefinition[] = [
  {
    key: "owner",
    labels: { zh: "企业负责人", en: "Company owner" },
    description: { zh: "查看并管理全部客户、人员和设置。", en: "Sees and manages all customers, people and settings." },
    objects: {
      ...customers("all"),
      ...shared(everything("all")),
      user: everything("all"),
      department: everything("all"),
    },
    capabilities: ["people.manage", "roles.manage", "fields.define", "audit.view", "recycle.manage", "backups.manage"],
  },
  {
    key: "administrator",
    labels: { zh: "系统管理员", en: "Administrator" },
    description: {
      zh: "管理人员、部门、字段、产品和销售流程，看不到任何客户。",
      en: "Manages people, departments, fields, products and pipelines, and sees no customer.",
    },
    objects: { ...shared(everything("all")), user: everything("all"), department: everything("all") },
    capabilities: ["people.manage", "roles.manage", "fields.define", "backups.manage"],
  },
  {
    key: "sales_manager",
    labels: { zh: "销售主管", en: "Sales manager" },
    description: {
      zh: "查看并管理本部门及下级部门的客户。",
      en: "Sees and manages the customers of the department and all below.",
    },
    objects: {
      ...customers("department_and_below"),
      ...shared(tree),
      user: colleagues,
      department: tree,
    },
    capabilities: ["recycle.manage"],
  },
  {
    key: "salesperson",
    labels: { zh: "销售", en: "Salesperson" },
    description: { zh: "只查看并管理自己负责的客户。", en: "Sees and manages own customers only." },
    objects: { ...customers("own"), ...shared(tree), user: colleagues, department: tree },
    capabilities: [],
  },
  {
    key: "auditor",
    labels: { zh: "审计员", en: "Auditor" },
    description: {
      zh: "查看审计日志；客户只显示脱敏内容，不能修改。",
      en: "Reads the audit log; sees customers masked and changes nothing.",
    },
    objects: {
      account: masked,
      contact: masked,
      lead: masked,
      opportunity: masked,
      activity: masked,
      todo: masked,
      comment: masked,
      ...shared(tree),
      user: { actions: { view: "all" }, classes: { 0: "read", 1: "read", 2: "read" } },
      department: tree,
    },
    capabilities: ["audit.view"],
  },
];
