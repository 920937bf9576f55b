// The places of the product, in the order of the sidebar, and who has them: an object one may see, or a capability.
import {
  Building2,
  ContactRound,
  DatabaseBackup,
  FileText,
  Filter,
  Fingerprint,
  Handshake,
  House,
  KeyRound,
  ListTodo,
  type LucideIcon,
  MessageSquareText,
  MessagesSquare,
  Milestone,
  MonitorSmartphone,
  Network,
  Package,
  ScrollText,
  Settings2,
  TableProperties,
  Trash2,
  Upload,
  UsersRound,
  Workflow,
} from "lucide-react";
import type { CallOutput } from "../endpoint-types.ts";
import { placeWords as w } from "../words/frame.ts";
import type { Word } from "../words/words.ts";

export type Schema = CallOutput<"readSchema">;

export interface Place {
  readonly to: string;
  readonly word: Word;
  readonly icon: LucideIcon;
  readonly group: "work" | "team" | "safety" | "studio" | "mine";
  /** Undefined schema: not known yet; only what everybody has is shown. */
  readonly has: (schema: Schema | undefined) => boolean;
  /** Who finds it in the bars: all who have it unless said otherwise. Others come to it by links. */
  readonly inBars?: (schema: Schema | undefined) => boolean;
  /** Nothing there works on a device that is not confirmed. */
  readonly confirmed?: true;
}

export const groupWords = {
  work: undefined,
  team: w.team,
  safety: w.safety,
  studio: w.studio,
  mine: w.mine,
} as const;

const everybody = (): boolean => true;
const may = (schema: Schema | undefined, capability: Schema["me"]["capabilities"][number]): boolean =>
  schema?.me.capabilities.includes(capability) ?? false;

/** Whether one may do this with records of the object, within any scope. */
export function canDo(
  schema: Schema | undefined,
  object: string,
  action: keyof Schema["objects"][number]["can"],
): boolean {
  const scope = schema?.objects.find(({ key }) => key === object)?.can[action];
  return scope !== undefined && scope !== "none";
}

/** The list of an object, for those who see any of its records. */
function list(object: string, to: string, word: Word, icon: LucideIcon): Place {
  return { to, word, icon, group: "work", has: (schema) => canDo(schema, object, "view") };
}

/** What everybody meets in his records, and few make. */
function made(object: string, place: Place): Place {
  return { ...place, group: "studio", inBars: (schema) => canDo(schema, object, "create") };
}

/** The places of a group as a bar shows them. */
export function placesIn(group: Place["group"], schema: Schema | undefined): readonly Place[] {
  return places.filter((place) => place.group === group && place.has(schema) && place.inBars?.(schema) !== false);
}

const nobody = (): boolean => false;

export const places: readonly Place[] = [
  { to: "/", word: w.home, icon: House, group: "work", has: everybody },
  list("lead", "/leads", w.leads, Filter),
  list("account", "/accounts", w.accounts, Building2),
  list("contact", "/contacts", w.contacts, ContactRound),
  list("opportunity", "/opportunities", w.opportunities, Handshake),
  list("todo", "/todos", w.todos, ListTodo),
  list("product", "/products", w.products, Package),
  { ...list("activity", "/activities", w.activities, MessageSquareText), inBars: nobody },
  { ...list("comment", "/comments", w.comments, MessagesSquare), inBars: nobody },
  {
    to: "/import",
    word: w.import,
    icon: Upload,
    group: "work",
    confirmed: true,
    has: (schema) => schema?.objects.some(({ key }) => canDo(schema, key, "import")) ?? false,
  },
  {
    to: "/recycle-bin",
    word: w.recycleBin,
    icon: Trash2,
    group: "work",
    has: (schema) => canDo(schema, "account", "delete"),
  },
  {
    to: "/people",
    word: w.people,
    icon: UsersRound,
    group: "team",
    confirmed: true,
    has: (schema) => canDo(schema, "user", "view"),
  },
  {
    to: "/departments",
    word: w.departments,
    icon: Network,
    group: "team",
    has: (schema) => canDo(schema, "department", "view"),
  },
  { to: "/audit", word: w.audit, icon: ScrollText, group: "safety", has: (schema) => may(schema, "audit.view") },
  {
    to: "/roles",
    word: w.roles,
    icon: KeyRound,
    group: "safety",
    has: (schema) => may(schema, "roles.manage") || may(schema, "people.manage"),
  },
  {
    to: "/backup",
    word: w.backup,
    icon: DatabaseBackup,
    group: "safety",
    confirmed: true,
    has: (schema) => may(schema, "backups.manage"),
  },
  made("pipeline", list("pipeline", "/pipelines", w.pipelines, Workflow)),
  made("stage", list("stage", "/stages", w.stages, Milestone)),
  {
    to: "/fields",
    word: w.fields,
    icon: TableProperties,
    group: "studio",
    has: (schema) => may(schema, "fields.define"),
  },
  { to: "/security", word: w.security, icon: Fingerprint, group: "mine", has: everybody },
  { to: "/devices", word: w.devices, icon: MonitorSmartphone, group: "mine", has: everybody },
  { to: "/settings", word: w.settings, icon: Settings2, group: "mine", has: everybody },
];

/** The place that an address belongs to. */
export function placeOf(pathname: string): Place | undefined {
  return places.find(({ to }) => (to === "/" ? pathname === "/" : pathname === to || pathname.startsWith(`${to}/`)));
}

const objectPlaces: Readonly<Record<string, string>> = {
  account: "/accounts",
  contact: "/contacts",
  lead: "/leads",
  opportunity: "/opportunities",
  activity: "/activities",
  todo: "/todos",
  comment: "/comments",
  product: "/products",
  pipeline: "/pipelines",
  stage: "/stages",
  user: "/people",
  department: "/departments",
};

/** The address of a record's page; undefined for objects without one. */
export function recordPath(object: string, id: string): string | undefined {
  const place = objectPlaces[object];
  return place && `${place}/${id}`;
}

export function iconOf(object: string): LucideIcon {
  return places.find(({ to }) => to === objectPlaces[object])?.icon ?? FileText;
}

/** The object whose records an address shows, if it shows any. */
export function objectAt(pathname: string): string | undefined {
  const place = placeOf(pathname)?.to;
  return Object.keys(objectPlaces).find((object) => objectPlaces[object] === place);
}

/** Objects that the “create” menu offers, with the list that opens its form on `?new`. */
export const creatable = [
  { object: "lead", to: "/leads?new" },
  { object: "account", to: "/accounts?new" },
  { object: "contact", to: "/contacts?new" },
  { object: "opportunity", to: "/opportunities?new" },
  { object: "todo", to: "/todos?new" },
  { object: "user", to: "/people?new" },
] as const;
