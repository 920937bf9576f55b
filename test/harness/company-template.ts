// The company of a test run: made once and stopped, then copied for every test file that asks for one, keys, database,
// devices and all. A copy starts as an installation does that was stopped; nothing of one file reaches another.
import { execFileSync } from "node:child_process";
import { appendFileSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { DeviceClient } from "../../src/cli/device-client.ts";
import { layoutOf } from "../../src/supervisor/layout.ts";
import { type SavedAuthenticator, SoftwareAuthenticator } from "../../src/vault/identity/test-authenticator.ts";
import type { Company, CompanyPerson, Filled } from "./company.ts";
import { answerWith } from "./passkey.ts";
import { loadDevice, saveDevice } from "./saved-device.ts";
import { type System } from "./system.ts";
import { makeFolder } from "./throwaway.ts";
import { totpOf } from "./totp.ts";

/** Set by the run for its test files: the template's folder. */
export const templateVariable = "STRONGROOM_TEST_COMPANY";

/** The people's devices lock themselves when nothing was done for a quarter of an hour. */
const usableMs = 10 * 60_000;
const description = "company.json";

interface SavedPerson extends Omit<CompanyPerson, "client" | "passkey" | "totp"> {
  readonly device: object;
  readonly passkey: SavedAuthenticator;
}

interface SavedCompany extends Omit<Filled, "people" | "disabled"> {
  readonly people: Readonly<Record<string, SavedPerson>>;
  readonly disabled: SavedPerson;
}

/** Stops this company, which was started with `keep`, and makes its folder the template. */
export async function makeTemplate(company: Company): Promise<string> {
  const { folder } = company.system;
  const { invited, departments, accounts, contacts, work } = company;
  const people = await Promise.all(
    Object.entries(company.people).map(async ([key, person]) => [key, await savePerson(person)] as const),
  );
  const disabled = await savePerson(company.disabled);
  const saved = { people: Object.fromEntries(people), disabled, invited, departments, accounts, contacts, work };
  await company.stop();
  // Throwaway copies; a process that is killed loses nothing by it.
  appendFileSync(path.join(postgresOf(folder), "postgresql.auto.conf"), "fsync = off\n");
  writeFileSync(path.join(folder, description), JSON.stringify(saved satisfies SavedCompany), { mode: 0o600 });
  return folder;
}

/** A fresh folder with a copy of the run's company, or undefined when there is none to copy. */
export function copyTemplate(): string | undefined {
  const template = process.env[templateVariable];
  if (template === undefined || Date.now() - statSync(path.join(template, description)).mtimeMs > usableMs) return;
  const folder = makeFolder();
  // Owners and modes are part of what is copied.
  execFileSync("cp", ["-a", `${template}/.`, folder]);
  return folder;
}

/** Where PostgreSQL keeps its data in a system's folder. */
export function postgresOf(folder: string): string {
  return layoutOf({ dataDir: path.join(folder, "data"), keysDir: path.join(folder, "keys") }).postgres;
}

/** The people and records of the copy that this system runs on. */
export async function restoreCompany(system: System, clients: DeviceClient[]): Promise<Filled> {
  const file = path.join(system.folder, description);
  const saved = JSON.parse(readFileSync(file, "utf8")) as SavedCompany; // written by makeTemplate
  rmSync(file);
  // The search of a new installation has nothing to load; this one has.
  await system.waitFor(({ event }) => event === "search-ready", 60_000);
  const restore = async (person: SavedPerson): Promise<CompanyPerson> => {
    const restored = await restorePerson(person, system.origin);
    clients.push(restored.client);
    return restored;
  };
  const people = await Promise.all(
    Object.entries(saved.people).map(async ([key, person]) => [key, await restore(person)] as const),
  );
  // Object.fromEntries forgets the keys, which are those of the company that was saved.
  return { ...saved, people: Object.fromEntries(people) as Filled["people"], disabled: await restore(saved.disabled) };
}

async function savePerson({ client, passkey, ...person }: CompanyPerson): Promise<SavedPerson> {
  return { ...person, device: await saveDevice(client), passkey: passkey.save() };
}

async function restorePerson({ device, passkey, ...person }: SavedPerson, origin: string): Promise<CompanyPerson> {
  const client = await loadDevice(device, origin);
  const authenticator = new SoftwareAuthenticator(origin, passkey);
  answerWith(client, authenticator);
  return { ...person, client, passkey: authenticator, totp: totpOf(person.totpSecret) };
}
