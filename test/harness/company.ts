// A small company on a whole running system: departments, one person of each shipped role with a signed-in device, and
// customers of several owners. One per test file; everything in it came in through the API, here or in the run's template.
import { rmSync } from "node:fs";
import pg from "pg";
import { DeviceClient, RequestRefused } from "../../src/cli/device-client.ts";
import { copyTemplate, postgresOf, restoreCompany } from "./company-template.ts";
import { givePasskey } from "./passkey.ts";
import { asSuperuser, clientConfig, startTestServer } from "./server.ts";
import type { SoftwareAuthenticator } from "../../src/vault/identity/test-authenticator.ts";
import { type System, type SystemOptions, startSystem } from "./system.ts";
import { makeFolder } from "./throwaway.ts";
import { totpOf } from "./totp.ts";

export const personKeys = [
  "owner",
  "administrator",
  "manager", // sales_manager in Team East
  "east1",
  "east2",
  "west1",
  "auditor",
  "nobody", // active, without any role
] as const;
export type PersonKey = (typeof personKeys)[number];
export type DepartmentKey = "root" | "sales" | "east" | "west" | "office";

export interface CompanyPerson {
  readonly key: string;
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly password: string;
  readonly department: string;
  readonly roles: readonly string[];
  /** Signed in on a confirmed device. */
  readonly client: DeviceClient;
  /** Answers when the client's acts ask for a signature. */
  readonly passkey: SoftwareAuthenticator;
  readonly totpSecret: string;
  /** The authenticator's code now, or `ahead` steps of 30 s later. A step counts once; joining used the first. */
  totp(ahead?: number): string;
}

export interface CompanyRecord {
  readonly id: string;
  readonly name: string;
  readonly phone: string;
  /** Whose it is. */
  readonly of: PersonKey | "disabled";
}

export interface CompanyWork {
  readonly object: string;
  readonly id: string;
  /** Null: the company's. */
  readonly of: "east1" | "west1" | null;
}

export interface Company {
  readonly system: System;
  readonly people: Readonly<Record<PersonKey, CompanyPerson>>;
  /** Entered, never joined. */
  readonly invited: { readonly id: string; readonly name: string; readonly email: string; readonly code: string };
  /** Joined as a salesperson in West, then disabled: his device is bound to nobody any more. */
  readonly disabled: CompanyPerson;
  readonly departments: Readonly<Record<DepartmentKey, string>>;
  /** Two of east1 and west1, one of the others that own customers. */
  readonly accounts: readonly CompanyRecord[];
  readonly contacts: readonly CompanyRecord[];
  /** A lead, an opportunity, a follow-up with a comment, and a to-do each of east1 and west1; a product, the first pipeline and its stages. */
  readonly work: readonly CompanyWork[];
  /** The database's superuser, with `admin: true`. */
  readonly admin: pg.Pool | undefined;
  /** One more person, joined with a device of his own. */
  join(person: NewPerson): Promise<CompanyPerson>;
  stop(): Promise<void>;
}

export interface NewPerson {
  readonly key: string;
  readonly name: string;
  readonly department: string;
  readonly roles: readonly string[];
}

export interface CompanyOptions extends Omit<SystemOptions, "folder"> {
  /** Also gives a connection of the database's superuser. The database is then a throwaway one without fsync. */
  readonly admin?: boolean;
  /** The database has fsync, as the product's own. */
  readonly durable?: boolean;
}

const owners = ["owner", "manager", "east1", "east1", "east2", "west1", "west1", "disabled"] as const;

/** Starts the product with this company in it: a copy of the run's, or made here in 5 to 8 s. The caller stops it. */
export async function startCompany(options: CompanyOptions = {}): Promise<Company> {
  const { admin, durable, ...systemOptions } = options;
  const copy = durable === true ? undefined : copyTemplate();
  const folder = copy ?? makeFolder();
  const server =
    admin === true ? await startTestServer(copy === undefined ? {} : { data: postgresOf(copy) }) : undefined;
  const url = server && `postgres://postgres:${server.superuserPassword}@localhost/strongroom?host=${server.host}`;
  const login = server && clientConfig(server, "strongroom", "postgres");
  const pool = login && new pg.Pool({ ...login, max: 2, allowExitOnIdle: true });
  const clients: DeviceClient[] = [];
  let started: System | undefined;
  const stop = async (): Promise<void> => {
    for (const client of clients) client.close();
    await pool?.end();
    await started?.stop();
    await server?.stop();
    if (options.keep !== true) rmSync(folder, { recursive: true, force: true });
  };
  try {
    if (server && copy === undefined)
      await asSuperuser(server, "postgres", async (client) => void (await client.query("create database strongroom")));
    const env = { ...systemOptions.env, ...(url !== undefined && { DATABASE_URL: url }) };
    const system = (started = await startSystem({ ...systemOptions, folder, env }));
    const made = copy === undefined ? await fill(system, clients) : await restoreCompany(system, clients);
    return { system, ...made, admin: pool, join: (person) => join(system, clients, made.people.owner, person), stop };
  } catch (error) {
    const said = started?.events.filter(({ event }) => event === "line" || event === "warning") ?? [];
    await stop();
    const text = `The company could not be set up; the system said ${JSON.stringify(said.slice(-20))}`;
    throw new Error(text, { cause: error });
  }
}

export type Filled = Omit<Company, "system" | "admin" | "join" | "stop">;

async function fill(system: System, clients: DeviceClient[]): Promise<Filled> {
  const owner = await enrolOwner(system, await newClient(system, clients));
  const { client } = owner;
  const tree = await makeDepartments(client, owner.department);
  const add = (person: NewPerson): Promise<CompanyPerson> => join(system, clients, owner, person);
  const [administrator, manager, east1, east2, west1, auditor, nobody, disabled, invited] = await Promise.all([
    add({ key: "administrator", name: "管丽", department: tree.office, roles: ["administrator"] }),
    add({ key: "manager", name: "Manuela Ostermann", department: tree.east, roles: ["sales_manager"] }),
    add({ key: "east1", name: "李东", department: tree.east, roles: ["salesperson"] }),
    add({ key: "east2", name: "Esther Two", department: tree.east, roles: ["salesperson"] }),
    add({ key: "west1", name: "西门强", department: tree.west, roles: ["salesperson"] }),
    add({ key: "auditor", name: "Audrey Prüfer", department: tree.office, roles: ["auditor"] }),
    add({ key: "nobody", name: "吴人", department: tree.office, roles: [] }),
    add({ key: "disabled", name: "Denis Gone", department: tree.west, roles: ["salesperson"] }),
    enter(owner, { key: "invited", name: "Ingo Later", department: tree.east, roles: ["salesperson"] }),
  ]);
  const people = { owner, administrator, manager, east1, east2, west1, auditor, nobody };
  const { accounts, contacts } = await makeCustomers(client, { ...people, disabled });
  const work = await makeWork(client, people, contacts);
  await client.request("POST", `/api/people/${disabled.id}/status`, { status: "disabled" });
  return { people, invited: { ...invited, name: "Ingo Later" }, disabled, departments: tree, accounts, contacts, work };
}

interface Entered {
  readonly id: string;
  readonly email: string;
  readonly code: string;
}

async function newClient({ origin }: System, clients: DeviceClient[]): Promise<DeviceClient> {
  const client = await DeviceClient.create(origin);
  clients.push(client);
  return client;
}

async function enter({ client }: CompanyPerson, { name, department, roles, key }: NewPerson): Promise<Entered> {
  const email = `${key}@company.example`;
  const values = { name, email, department };
  const { id } = await client.request<{ id: string }>("POST", "/api/records/user", { values });
  if (roles.length > 0) await client.request("POST", `/api/people/${id}/roles`, { roles });
  const { code } = await client.request<{ code: string }>("POST", "/api/invitations", { userId: id });
  return { id, email, code };
}

async function join(
  system: System,
  clients: DeviceClient[],
  owner: CompanyPerson,
  person: NewPerson,
): Promise<CompanyPerson> {
  const entered = await enter(owner, person);
  const client = await newClient(system, clients);
  const password = `grey ${person.key} tractor 5571 lantern`;
  const { totp } = await client.acceptInvitation({ code: entered.code, password, totp: codeOf });
  const passkey = await givePasskey(client);
  const { id, email } = entered;
  return { ...person, id, email, password, client, passkey, totpSecret: totp.secret, totp: totpOf(totp.secret) };
}

async function enrolOwner(system: System, client: DeviceClient): Promise<CompanyPerson> {
  const name = "王小明";
  const email = "owner@company.example";
  const password = "correct horse battery 9 staple";
  const company = "北京金库科技有限公司";
  const code = system.enrolmentCode;
  if (code === undefined) throw new Error("The system has an owner already.");
  const { signedIn, totp } = await client.enrolOwner({ code, company, name, email, password, totp: codeOf });
  const { record } = await client.request<{ record: { department: string } }>(
    "GET",
    `/api/records/user/${signedIn.userId}`,
  );
  const { department } = record;
  const id = signedIn.userId;
  const passkey = await givePasskey(client);
  const own = { id, name, email, password, department, client, passkey };
  const { secret } = totp;
  return { ...own, totpSecret: secret, totp: totpOf(secret), key: "owner", roles: ["owner"] };
}

async function makeDepartments(client: DeviceClient, root: string): Promise<Company["departments"]> {
  const make = async (name: string, parent: string): Promise<string> => {
    const made = await client.request<{ id: string }>("POST", "/api/records/department", { values: { name, parent } });
    return made.id;
  };
  const sales = await make("销售部", root);
  const [east, west, office] = [
    await make("Team East", sales),
    await make("Team West", sales),
    await make("综合部", root),
  ];
  return { root, sales, east, west, office };
}

async function makeCustomers(
  client: DeviceClient,
  people: Readonly<Record<PersonKey | "disabled", CompanyPerson>>,
): Promise<{ accounts: CompanyRecord[]; contacts: CompanyRecord[] }> {
  const list = (kind: string, digits: string): CompanyRecord[] =>
    owners.map((of, index) => {
      const number = `${digits}${String(index).padStart(4, "0")}`;
      return { id: crypto.randomUUID(), name: `${kind} ${index + 1} of ${of}`, phone: `+86${number}`, of };
    });
  const accounts = list("客户 Account", "1381111");
  const contacts = list("联系人 Contact", "1392222");
  const create = (object: string, record: CompanyRecord, more: Readonly<Record<string, unknown>>) => ({
    op: "create",
    object,
    id: record.id,
    values: { name: record.name, phone: record.phone, owner: people[record.of].id, ...more },
  });
  await client.request("POST", "/api/commit", {
    operations: [
      ...accounts.map((record, index) =>
        create("account", record, { industry: "technology", employees: 100 + index, note: `note ${index + 1}` }),
      ),
      ...contacts.map((record, index) =>
        create("contact", record, {
          account: accounts[index]?.id,
          jobTitle: "Buyer",
          email: `c${index}@customer.example`,
        }),
      ),
    ],
  });
  return { accounts, contacts };
}

async function makeWork(
  client: DeviceClient,
  people: Readonly<Record<PersonKey, CompanyPerson>>,
  contacts: readonly CompanyRecord[],
): Promise<Company["work"]> {
  const values = { name: "保险柜 Safe 200" };
  const product = { op: "create", object: "product", id: crypto.randomUUID(), values, of: null };
  const operations = (["east1", "west1"] as const).flatMap((of) => {
    const owner = people[of].id;
    const contact = contacts.find((one) => one.of === of)?.id;
    const create = (object: string, values: Readonly<Record<string, unknown>>) => ({
      op: "create",
      object,
      id: crypto.randomUUID(),
      values,
      of,
    });
    const activity = create("activity", { content: `Called ${of}`, type: "call", contact });
    return [
      create("lead", { name: `线索 Lead of ${of}`, phone: "+8613733330000", owner }),
      create("opportunity", { name: `商机 Deal of ${of}`, contact, product: product.id, amount: 1000, owner }),
      activity,
      create("comment", { text: `Well said to ${of}`, activity: activity.id }),
      create("todo", { title: `Call ${of} again`, contact, owner }),
    ];
  });
  const all = [product, ...operations];
  await client.request("POST", "/api/commit", { operations: all.map(({ of: _of, ...operation }) => operation) });
  const shared = ["pipeline", "stage"].map(async (object): Promise<CompanyWork[]> => {
    const path = `/api/records/${object}/query`;
    const { rows } = await client.request<{ rows: { id: string }[] }>("POST", path, { columns: [] });
    return rows.map(({ id }) => ({ object, id, of: null }));
  });
  return [...all.map(({ object, id, of }) => ({ object, id, of })), ...(await Promise.all(shared)).flat()];
}

function codeOf({ secret }: { readonly secret: string }): string {
  return totpOf(secret)();
}

/** The refusal of a request that must be refused. Throws when it was not. */
export async function refusal(request: Promise<unknown>): Promise<RequestRefused> {
  try {
    await request;
  } catch (error) {
    if (error instanceof RequestRefused) return error;
    throw error;
  }
  throw new Error("The request was not refused.");
}
