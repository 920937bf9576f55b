// A small company on a whole running system: departments, one person of each shipped role with a signed-in device, and
// customers of several owners. One per test file; everything in it came in through the API.
import pg from "pg";
import { DeviceClient, RequestRefused } from "../../src/cli/device-client.ts";
import { totpAt } from "../../src/vault/identity/test-totp.ts";
import { givePasskey } from "./passkey.ts";
import { clientConfig, startTestServer } from "./server.ts";
import type { SoftwareAuthenticator } from "../../src/vault/identity/test-authenticator.ts";
import { type System, type SystemOptions, startSystem } from "./system.ts";

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

export interface CompanyOptions extends SystemOptions {
  /** Also gives a connection of the database's superuser. The database is then a throwaway one without fsync. */
  readonly admin?: boolean;
}

const owners = ["owner", "manager", "east1", "east1", "east2", "west1", "west1", "disabled"] as const;

/** Starts the product and fills it; takes 5 to 8 s. The caller stops it. */
export async function startCompany(options: CompanyOptions = {}): Promise<Company> {
  const { admin, ...systemOptions } = options;
  const server = admin === true ? await startTestServer() : undefined;
  const url = server && `postgres://postgres:${server.superuserPassword}@localhost/company?host=${server.host}`;
  const pool = server && new pg.Pool({ ...clientConfig(server, "company", "postgres"), max: 2, allowExitOnIdle: true });
  if (server) await createDatabase(server);
  const system = await startSystem({
    ...systemOptions,
    env: { ...systemOptions.env, ...(url !== undefined && { DATABASE_URL: url }) },
  });
  const clients: DeviceClient[] = [];
  const stop = async (): Promise<void> => {
    for (const client of clients) client.close();
    await pool?.end();
    await system.stop();
    await server?.stop();
  };
  try {
    const made = await fill(system, clients);
    return { system, ...made, admin: pool, stop };
  } catch (error) {
    const said = system.events.filter(({ event }) => event === "line" || event === "warning").slice(-20);
    await stop();
    throw new Error(`The company could not be set up; the system said ${JSON.stringify(said)}`, { cause: error });
  }
}

async function createDatabase(server: Parameters<typeof clientConfig>[0]): Promise<void> {
  const client = new pg.Client(clientConfig(server, "postgres", "postgres"));
  await client.connect();
  await client.query("create database company");
  await client.end();
}

type Filled = Omit<Company, "system" | "admin" | "stop">;

async function fill(system: System, clients: DeviceClient[]): Promise<Filled> {
  const newClient = async (): Promise<DeviceClient> => {
    const client = await DeviceClient.create(system.origin);
    clients.push(client);
    return client;
  };
  const owner = await enrolOwner(system, await newClient());
  const { client } = owner;
  const tree = await makeDepartments(client, owner.department);
  const enter = async ({ name, department, roles, key }: NewPerson): Promise<Entered> => {
    const email = `${key}@company.example`;
    const { id } = await client.request<{ id: string }>("POST", "/api/records/user", {
      values: { name, email, department },
    });
    if (roles.length > 0) await client.request("POST", `/api/people/${id}/roles`, { roles });
    const { code } = await client.request<{ code: string }>("POST", "/api/invitations", { userId: id });
    return { id, email, code };
  };
  const join = async (person: NewPerson): Promise<CompanyPerson> => {
    const { id, email, code } = await enter(person);
    const own = await newClient();
    const password = `grey ${person.key} tractor 5571 lantern`;
    const { totp } = await own.acceptInvitation({ code, password, totp: codeOf });
    const passkey = await givePasskey(own);
    const { key, name, department, roles } = person;
    return { key, id, name, email, password, department, roles, client: own, passkey, totp: totpOf(totp.secret) };
  };
  const [administrator, manager, east1, east2, west1, auditor, nobody, disabled, invited] = await Promise.all([
    join({ key: "administrator", name: "管丽", department: tree.office, roles: ["administrator"] }),
    join({ key: "manager", name: "Manuela Ostermann", department: tree.east, roles: ["sales_manager"] }),
    join({ key: "east1", name: "李东", department: tree.east, roles: ["salesperson"] }),
    join({ key: "east2", name: "Esther Two", department: tree.east, roles: ["salesperson"] }),
    join({ key: "west1", name: "西门强", department: tree.west, roles: ["salesperson"] }),
    join({ key: "auditor", name: "Audrey Prüfer", department: tree.office, roles: ["auditor"] }),
    join({ key: "nobody", name: "吴人", department: tree.office, roles: [] }),
    join({ key: "disabled", name: "Denis Gone", department: tree.west, roles: ["salesperson"] }),
    enter({ key: "invited", name: "Ingo Later", department: tree.east, roles: ["salesperson"] }),
  ]);
  const people = { owner, administrator, manager, east1, east2, west1, auditor, nobody };
  const { accounts, contacts } = await makeCustomers(client, { ...people, disabled });
  await client.request("POST", `/api/people/${disabled.id}/status`, { status: "disabled" });
  return { people, invited: { ...invited, name: "Ingo Later" }, disabled, departments: tree, accounts, contacts, join };
}

interface Entered {
  readonly id: string;
  readonly email: string;
  readonly code: string;
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
  const own = { id, name, email, password, department, client, passkey, totp: totpOf(totp.secret) };
  return { ...own, key: "owner", roles: ["owner"] };
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

function codeOf(setup: { readonly secret: string }): string {
  return totpAt(setup.secret, new Date());
}

function totpOf(secret: string): (ahead?: number) => string {
  return (ahead = 0) => totpAt(secret, new Date(Date.now() + ahead * 30_000));
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
