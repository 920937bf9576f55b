// The places of the product, in the order of the sidebar, and who has them: an object one may see, or a capability.
import {
  Building2,
  ContactRound,
  Fingerprint,
  House,
  KeyRound,
  type LucideIcon,
  MonitorSmartphone,
  Network,
  ScrollText,
  Settings2,
  TableProperties,
  Trash2,
  Upload,
  UsersRound,
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
  /** Nothing there works on a device that is not confirmed. */
  readonly confirmed?: true;
}

export const groupWords = { work: undefined, team: w.team, safety: w.safety, studio: w.studio, mine: w.mine } as const;

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

export const places: readonly Place[] = [
  { to: "/", word: w.home, icon: House, group: "work", has: everybody },
  {
    to: "/accounts",
    word: w.accounts,
    icon: Building2,
    group: "work",
    has: (schema) => canDo(schema, "account", "view"),
  },
  {
    to: "/contacts",
    word: w.contacts,
    icon: ContactRound,
    group: "work",
    has: (schema) => canDo(schema, "contact", "view"),
  },
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
  user: "/people",
  department: "/departments",
};

/** The address of a record's page; undefined for objects without one. */
export function recordPath(object: string, id: string): string | undefined {
  const place = objectPlaces[object];
  return place && `${place}/${id}`;
}

/** Objects that the “create” menu offers, with the list that opens its form on `?new`. */
export const creatable = [
  { object: "account", to: "/accounts?new" },
  { object: "contact", to: "/contacts?new" },
  { object: "user", to: "/people?new" },
] as const;
