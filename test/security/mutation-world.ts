// The company whose database is mutated: people with roles won and lost, devices revoked, sessions ended, records of
// several versions; and, as an attacker would keep them, copies of every row as it was at each moment.
import pg from "pg";
import { DeviceClient } from "../../src/cli/device-client.ts";
import { prepareDatabase } from "../../src/supervisor/roles.ts";
import { totpAt } from "../../src/vault/identity/test-totp.ts";
import { seededRandom } from "../../src/vault/ledger/test-random.ts";
import { type Company, type CompanyPerson, type PersonKey, startCompany } from "../harness/company.ts";
import { importFile } from "../harness/import-file.ts";
import { type Signer, signerOf } from "./second-vault.ts";

export interface Victim {
  readonly id: string;
  readonly object: "account" | "contact";
  readonly name: string;
  readonly phone: string;
  /** A contact of the thief's own that refers to this account. */
  readonly bait?: string;
  readonly employees?: number;
  /** Whose it is in the end. */
  readonly of: "west1" | "east1";
}

export interface World {
  readonly company: Company;
  readonly victims: readonly Victim[];
  /** Devices by what became of them: `owner`, `east2 revoked`, … */
  readonly signers: ReadonlyMap<string, Signer>;
  readonly invitations: readonly { readonly id: string; readonly code: string }[];
  readonly importJob: string;
  /** A key of the thief's own, bound to nobody. */
  readonly stranger: { readonly x: string; readonly y: string; readonly thumbprint: string };
  /** A database with this one's content; the caller drops it. */
  clone(): Promise<Clone>;
  close(): Promise<void>;
}

export interface Clone {
  readonly name: string;
  /** A superuser who ignores foreign keys and triggers, as one who writes to the files does. */
  readonly admin: pg.Client;
  /** How the vault logs in. */
  readonly vault: pg.PoolConfig;
  readonly superuserPassword: string;
  /** Takes unique indexes of more tables away; those of people and records are gone already. */
  loosen(tables: readonly string[]): Promise<void>;
  drop(): Promise<void>;
}

/** Tables of which the attacker keeps old copies; they have id and version. */
export const keptTables = [
  "record_account",
  "record_contact",
  "record_user",
  "record_department",
  "role",
  "role_member",
  "field_definition",
  "device",
  "session",
  "person_credential",
  "invitation",
  "import_job",
] as const;

const each = 36;
export const thief = "east2" satisfies PersonKey;

/** Takes about 15 s. */
export async function buildWorld(seed: number): Promise<World> {
  const company = await startCompany({ admin: true, keep: true });
  const { system, people } = company;
  // Asked for with `admin`; the pool itself stays unused, because a database that is in use cannot be cloned.
  const { host, port, user, password } = company.admin!.options;
  const superuser = { host, port, user, password } as pg.ClientConfig;
  const admin = new pg.Client({ ...superuser, database: "strongroom" });
  await admin.connect();
  await admin.query("create schema attacker");
  for (const table of keptTables)
    await admin.query(`create table attacker.${table} as select * from vault.${table} where false`);
  const snapshot = async (): Promise<void> => {
    for (const table of keptTables)
      await admin.query(
        `insert into attacker.${table} select * from vault.${table} t where not exists (select from attacker.${table} o where o.id = t.id and o.version = t.version)`,
      );
  };
  const signers = new Map<string, Signer>();
  for (const [key, { client }] of Object.entries(people)) signers.set(key, await signerOf(client, system.folder));
  const victims = await makeVictims(company, seed);
  await snapshot();
  const invitations = await live(company, victims, signers, snapshot, async (userId) => {
    const found = await admin.query<{ id: string }>(
      "select id from vault.invitation where user_id = $1 order by created_at desc limit 1",
      [userId],
    );
    return found.rows[0]?.id ?? "";
  });
  const importJob = await runImport(company);
  await snapshot();
  await admin.query("alter role strongroom_vault password 'second'");
  await admin.end();
  const stranger = await DeviceClient.create(system.origin);
  signers.set("stranger", await signerOf(stranger, system.folder));
  for (const person of Object.values(people)) person.client.close();
  await system.stop();
  const clone = cloner(superuser);
  return {
    company,
    victims,
    signers,
    invitations,
    importJob,
    stranger: { ...stranger.publicKey, thumbprint: stranger.thumbprint },
    clone,
    close: () => company.stop(),
  };
}

/** Unique indexes would stop some mutations half way; whoever writes to the tables can take them away first. */
function dropUnique(tables: readonly string[]): string {
  const names = tables.map((table) => `'vault.${table}'`).join(", ");
  return `do $$ declare one record; begin
    for one in select conrelid::regclass as name, conname from pg_constraint c
      where contype in ('p', 'u') and conrelid::regclass::text = any(array[${names}]) loop
      execute format('alter table %s drop constraint %I cascade', one.name, one.conname);
    end loop;
    for one in select i.indexrelid::regclass as name from pg_index i
      where i.indisunique and i.indrelid::regclass::text = any(array[${names}]) loop
      execute format('drop index %s', one.name);
    end loop;
  end $$`;
}

function cloner(superuser: pg.ClientConfig): () => Promise<Clone> {
  let number = 0;
  const asAdmin = async (work: (client: pg.Client) => Promise<unknown>): Promise<void> => {
    const client = new pg.Client({ ...superuser, database: "postgres" });
    await client.connect();
    await work(client);
    await client.end();
  };
  return async () => {
    const name = `mutated_${(number += 1)}`;
    await asAdmin((client) => client.query(`create database ${name} template strongroom`));
    const admin = new pg.Client({ ...superuser, database: name });
    // A database that is dropped ends its connections.
    admin.on("error", () => undefined);
    await admin.connect();
    // Rights on the database itself are no part of a clone.
    await prepareDatabase(admin);
    await admin.query("set session_replication_role = replica");
    await admin.query(dropUnique(keptTables));
    return {
      name,
      admin,
      vault: { ...superuser, database: name, user: "strongroom_vault", password: "second" } as pg.PoolConfig,
      loosen: async (tables) => {
        await admin.query(dropUnique(tables));
      },
      superuserPassword: String(superuser.password),
      drop: async () => {
        await admin.end();
        await asAdmin((client) => client.query(`drop database ${name} with (force)`));
      },
    };
  };
}

async function makeVictims({ people, accounts, contacts }: Company, seed: number): Promise<Victim[]> {
  const random = seededRandom(`victims ${seed}`);
  const { client } = people.owner;
  const owners = [people.owner, people.manager, people.east1, people.west1, people[thief]];
  const victims: Victim[] = [];
  const operations: unknown[] = [];
  for (let index = 0; index < each; index += 1) {
    const word = (): string => random.bytes(4).toString("hex");
    const owner = owners[index % owners.length]?.id;
    const account = {
      id: crypto.randomUUID(),
      name: `${word()} 公司`,
      phone: `+861380000${1000 + index}`,
      employees: 5000 + index,
    };
    const contact = { id: crypto.randomUUID(), name: `${word()} 先生`, phone: `+861390000${1000 + index}` };
    const bait = crypto.randomUUID();
    const create = (object: string, id: string, values: Record<string, unknown>): void => {
      operations.push({ op: "create", object, id, values });
    };
    const { name, phone, employees } = account;
    create("account", account.id, {
      name,
      phone,
      employees,
      owner,
      industry: "retail",
      level: "b",
      note: `第一版 ${word()}`,
    });
    create("contact", contact.id, {
      name: contact.name,
      phone: contact.phone,
      owner,
      account: account.id,
      role: "buys",
      note: "v1",
    });
    create("contact", bait, { name: `bait ${word()}`, owner: people[thief].id, account: account.id });
    victims.push({ object: "account", bait, ...account, of: "west1" }, { object: "contact", ...contact, of: "east1" });
  }
  for (let from = 0; from < operations.length; from += 90)
    await client.request("POST", "/api/commit", { operations: operations.slice(from, from + 90) });
  if (accounts.length + contacts.length === 0) throw new Error("the company has no customers");
  return victims;
}

/** What happens in a company: each step leaves older rows behind. Returns its invitations. */
async function live(
  company: Company,
  victims: readonly Victim[],
  signers: Map<string, Signer>,
  snapshot: () => Promise<void>,
  invitationOf: (userId: string) => Promise<string>,
): Promise<World["invitations"]> {
  const { people, system, departments, invited } = company;
  const { client } = people.owner;
  const send = async <T>(method: string, target: string, body?: unknown): Promise<T> =>
    client.request<T>(method, target, body);
  for (const [key, type, level] of [
    ["tier", "text", 1],
    ["licence", "text", 2],
    ["secretNo", "text", 3],
  ] as const)
    await send("POST", "/api/fields", {
      object: "account",
      key,
      type,
      class: level,
      labels: { zh: key, en: key },
      purpose: "selling",
      retention: "with_record",
    });
  // Rights won, then lost again.
  const roles = (person: CompanyPerson, names: readonly string[]) =>
    send("POST", `/api/people/${person.id}/roles`, { roles: names });
  await roles(people[thief], ["sales_manager"]);
  await roles(people.nobody, ["administrator"]);
  await snapshot();
  await roles(people[thief], ["salesperson"]);
  await roles(people.nobody, []);
  // Once the thief's, now others'.
  const commit = (operations: readonly unknown[]): Promise<unknown> => send("POST", "/api/commit", { operations });
  const all = (version: number, values: (index: number) => Record<string, unknown>): Promise<unknown> =>
    commit(victims.map(({ object, id }, index) => ({ op: "update", object, id, version, values: values(index) })));
  await all(1, () => ({ owner: people[thief].id, note: "第二版" }));
  await snapshot();
  await all(2, (index) => ({ owner: people[victims[index]?.of ?? "east1"].id, note: `第三版 ${index}` }));
  await commit(victims.slice(0, 8).map(({ object, id }) => ({ op: "delete", object, id, version: 3 })));
  await snapshot();
  await commit(victims.slice(4, 8).map(({ object, id }) => ({ op: "restore", object, id })));
  const east = await send<{ record: { version: number } }>("GET", `/api/records/department/${departments.east}`);
  await send("PATCH", `/api/records/department/${departments.east}`, {
    version: east.record.version,
    values: { leader: people.manager.id, position: 3 },
  });
  // Devices that were and are no more.
  const second = async (person: CompanyPerson, name: string): Promise<DeviceClient> => {
    const device = await DeviceClient.create(system.origin);
    await device.signIn({ email: person.email, password: person.password, totp: () => person.totp(1) });
    signers.set(name, await signerOf(device, system.folder));
    await snapshot();
    device.close();
    return device;
  };
  const lost = await second(people[thief], "revoked");
  await send("POST", `/api/people/${people[thief].id}/devices/${lost.deviceId}/revoke`, {});
  const left = await second(people.west1, "signed out");
  await left.signOut();
  left.close();
  await second(people.auditor, "unconfirmed");
  // Invitations in each state.
  const { id } = await send<{ id: string }>("POST", "/api/records/user", {
    values: { name: "Late Comer", email: "late@company.example" },
  });
  const invite = async (userId: string): Promise<World["invitations"][number]> => {
    const { code } = await send<{ code: string }>("POST", "/api/invitations", { userId });
    return { id: await invitationOf(userId), code };
  };
  const revoked = await invite(id);
  await snapshot();
  const open = await invite(id);
  // Somebody who came and went.
  const leaver = await send<{ id: string }>("POST", "/api/records/user", {
    values: { name: "Lea Gone", email: "lea@company.example", department: departments.west },
  });
  const used = await invite(leaver.id);
  await snapshot();
  const joined = await DeviceClient.create(system.origin);
  const password = "grey leaver tractor 5571 lantern";
  await joined.acceptInvitation({ code: used.code, password, totp: ({ secret }) => totpAt(secret, new Date()) });
  joined.close();
  signers.set("disabled", await signerOf(joined, system.folder));
  await snapshot();
  await send("POST", `/api/people/${leaver.id}/status`, { status: "disabled" });
  return [used, open, revoked, { id: await invitationOf(invited.id), code: invited.code }];
}

async function runImport({ people }: Company): Promise<string> {
  const { client } = people.manager;
  await importFile(client, {
    object: "contact",
    fileName: "a.csv",
    content: "name,phone\n甲,13811112222\n乙,13811113333\n",
  });
  const { imports } = await client.request<{ imports: { id: string }[] }>("GET", "/api/imports/contact");
  return imports[0]?.id ?? "";
}
