// The company of the figures: 40 owners of customers in four departments, eight managers above them who do the work, and
// 100,000 invented contacts that came in through the product's own import.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DeviceClient } from "../../src/cli/device-client.ts";
import { ImportJob, proposedSettings } from "../../src/cli/import-job.ts";
import { totpAt } from "../../src/vault/identity/test-totp.ts";
import { givePasskey } from "../harness/passkey.ts";
import { inventContacts } from "../harness/invented.ts";
import type { System } from "../harness/system.ts";
import { Signer } from "./load.ts";
import { allPids, cpuSeconds } from "./processes.ts";

export interface Book {
  readonly owner: DeviceClient;
  /** Each sees all contacts by his department; several, as a day's allowance is per person. */
  readonly managers: readonly Signer[];
  /** People who own the contacts. */
  readonly owners: readonly string[];
  readonly imported: Imported;
  close(): void;
}

export interface Imported {
  readonly rows: number;
  /** Upload and analysis. */
  readonly uploadSeconds: number;
  /** The dry run over every row. */
  readonly checkSeconds: number;
  /** From the start of the run until the last row is found by a search. */
  readonly runSeconds: number;
  /** CPU time of all processes during the run, PostgreSQL's included. */
  readonly cpuSeconds: number;
}

const ownerCount = 40;
const managerCount = 8;
const accountCount = 2000;

/** Fills a fresh system; the import is most of it. */
export async function fillBook(system: System, contacts: number, say: (text: string) => void): Promise<Book> {
  const clients: DeviceClient[] = [];
  const newClient = async (): Promise<DeviceClient> => {
    const client = await DeviceClient.create(system.origin);
    clients.push(client);
    return client;
  };
  const owner = await newClient();
  const code = system.enrolmentCode;
  if (code === undefined) throw new Error("The system has an owner already.");
  const password = "correct horse battery 9 staple";
  await owner.enrolOwner({
    code,
    company: "北京金库科技有限公司",
    name: "王小明",
    email: "owner@company.example",
    password,
    totp: codeOf,
  });
  await givePasskey(owner);
  const { me } = await owner.request<{ me: { department: string } }>("GET", "/api/schema");
  const create = async (object: string, values: Readonly<Record<string, unknown>>): Promise<string> =>
    (await owner.request<{ id: string }>("POST", `/api/records/${object}`, { values })).id;
  const sales = await create("department", { name: "销售部", parent: me.department });
  const teams: string[] = [];
  for (const name of ["Team North", "Team East", "Team South", "Team West"])
    teams.push(await create("department", { name, parent: sales }));
  const owners: string[] = [];
  const names: string[] = [];
  for (let index = 0; index < ownerCount; index++) {
    const name = `Seller ${String(index + 1).padStart(2, "0")} 销售`;
    names.push(name);
    owners.push(
      await create("user", { name, email: `seller${index}@company.example`, department: teams[index % teams.length] }),
    );
  }
  const managers: Signer[] = [];
  for (let index = 0; index < managerCount; index++) {
    const id = await create("user", {
      name: `Manager ${index + 1}`,
      email: `manager${index}@company.example`,
      department: sales,
    });
    await owner.request("POST", `/api/people/${id}/roles`, { roles: ["sales_manager"] });
    const invitation = await owner.request<{ code: string }>("POST", "/api/invitations", { userId: id });
    const client = await newClient();
    await client.acceptInvitation({
      code: invitation.code,
      password: `grey ${index} tractor 5571 lantern`,
      totp: codeOf,
    });
    managers.push(await Signer.of(client));
  }
  const accounts = Array.from(
    { length: accountCount },
    (_, index) => `金客户 ${String(index + 1).padStart(4, "0")} Invented Ltd`,
  );
  say(`importing ${accountCount} accounts`);
  await importCsv(system, owner, "account", `name\n${accounts.join("\n")}\n`);
  const invented = inventContacts({ count: contacts, accounts, owners: names, seed: 20261123 });
  say(`importing ${contacts} contacts`);
  const imported = await importCsv(
    system,
    owner,
    "contact",
    `name,account,phone,email,owner\n${invented.map((one) => [one.name, one.account, one.phone, one.email, one.owner].join(",")).join("\n")}\n`,
    invented.at(-1)?.phone,
  );
  const close = (): void => {
    for (const client of clients) client.close();
  };
  return { owner, managers, owners, imported, close };
}

/** One import from the file to the last row found by its phone. */
async function importCsv(
  system: System,
  client: DeviceClient,
  object: string,
  content: string,
  lastPhone?: string,
): Promise<Imported> {
  const folder = mkdtempSync(path.join(tmpdir(), "strongroom-bench-"));
  const file = path.join(folder, `${object}.csv`);
  try {
    writeFileSync(file, content);
    const begun = performance.now();
    const job = await ImportJob.upload(client, object, file);
    const analysis = await job.analyse();
    const uploaded = performance.now();
    await job.check(proposedSettings(analysis, "en"));
    const report = await job.report();
    const started = performance.now();
    const pids = allPids(system);
    const cpuBefore = cpuSeconds(pids);
    const done = await job.run();
    if (done.state !== "done" || done.counts.bad > 0)
      throw new Error(`the import of ${object} ended ${done.state}: ${JSON.stringify(report?.problems.slice(0, 3))}`);
    while (lastPhone !== undefined && !(await found(client, object, lastPhone)));
    const seconds = (from: number, to: number): number => (to - from) / 1000;
    return {
      rows: done.counts.created,
      uploadSeconds: seconds(begun, uploaded),
      checkSeconds: seconds(uploaded, started),
      runSeconds: seconds(started, performance.now()),
      cpuSeconds: cpuSeconds(allPids(system)) - cpuBefore,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function found(client: DeviceClient, object: string, phone: string): Promise<boolean> {
  const page = await client.request<{ rows: unknown[] }>("POST", `/api/records/${object}/query`, { search: phone });
  return page.rows.length > 0;
}

function codeOf(setup: { readonly secret: string }): string {
  return totpAt(setup.secret, new Date());
}
