// The vault's socket for the command line: the way back in for a company owner who is locked out, and the note that the
// recovery kit was printed. Its folder lets the vault's own user and root in, and nobody else; every act is in the audit
// log before it is answered.
import { chmodSync, rmSync } from "node:fs";
import { type Server, type Socket, createServer } from "node:net";
import { type ConsoleAnswer, type ConsoleRequest, consoleRequest, isConsoleProblem } from "../contract/console.ts";
import { Problem } from "../contract/problem.ts";
import { KIT_ACTION } from "./admin/kit-verb.ts";
import type { Backups } from "./backups/backups.ts";
import type { NotedEntry } from "./call.ts";
import { systemScope } from "./db/database.ts";
import type { Identity } from "./identity/identity.ts";
import { consoleInvitationMs } from "./identity/settings.ts";
import type { Records } from "./records/deps.ts";
import type { RecordPeople } from "./records/people.ts";

export interface ConsoleOptions {
  readonly records: Records;
  readonly people: RecordPeople;
  readonly identity: Identity;
  readonly backups: Backups;
  /** An error nobody foresaw: for the operator's log. */
  readonly onError: (error: unknown) => void;
}

const longestRequest = 2000;

export function listenForConsole(path: string, options: ConsoleOptions): Promise<Server> {
  rmSync(path, { force: true });
  const server = createServer((socket) => serve(socket, options));
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, () => {
      chmodSync(path, 0o600);
      resolve(server);
    });
  });
}

function serve(socket: Socket, options: ConsoleOptions): void {
  let text = "";
  socket.setEncoding("utf8");
  socket.on("error", () => socket.destroy());
  socket.setTimeout(30_000, () => socket.destroy());
  const take = (chunk: string): void => {
    text += chunk;
    const end = text.indexOf("\n");
    if (end < 0) {
      if (text.length > longestRequest) socket.destroy();
      return;
    }
    socket.off("data", take);
    // A backup takes as long as it takes.
    socket.setTimeout(0);
    const say = (given: ConsoleAnswer): boolean => socket.write(`${JSON.stringify(given)}\n`);
    void answer(text.slice(0, end), options, say).then((given) => {
      say(given);
      socket.end();
    });
  };
  socket.on("data", take);
}

type Say = (given: ConsoleAnswer) => boolean;

async function answer(line: string, options: ConsoleOptions, say: Say): Promise<ConsoleAnswer> {
  try {
    const request = consoleRequest.safeParse(JSON.parse(line));
    return request.success ? await act(request.data, options, say) : { problem: "malformed" };
  } catch (error) {
    if (error instanceof SyntaxError) return { problem: "malformed" };
    if (error instanceof Problem && isConsoleProblem(error.code)) return { problem: error.code };
    options.onError(error);
    return { problem: "internal" };
  }
}

function act(request: ConsoleRequest, options: ConsoleOptions, say: Say): Promise<ConsoleAnswer> {
  if (request.do === "confirm-device") return confirmDevice(options, request.code);
  if (request.do === "reset-sign-in") return resetSignIn(options, request.email);
  if (request.do === "backup") return backUp(options, request.folder, say);
  return noteKit(options);
}

/** To any folder that the vault may write to: the operator chooses. Says how far it is as it goes. */
async function backUp({ backups }: ConsoleOptions, folder: string | undefined, say: Say): Promise<ConsoleAnswer> {
  // The settings name at least one.
  const place = folder ?? backups.folders[0]!;
  let told = -1;
  const { file, bytes, records, madeAt } = await backups.make(place, { kind: "system" }, (share) => {
    const percent = Math.floor(share * 100);
    if (percent > told) say({ percent: (told = percent) });
  });
  return { backup: { folder: place, file, bytes, records, madeAt: madeAt.toISOString() } };
}

async function confirmDevice({ records, identity }: ConsoleOptions, code: string): Promise<ConsoleAnswer> {
  await records.directory.ready();
  return records.db.tx(systemScope("identity"), async (tx) => {
    const { device, row } = await identity.confirmShown(tx, code, ownersOf(records));
    await records.ledger.insert(tx, [
      entry({
        action: "device.confirm",
        object: "device",
        objectIds: [device.id],
        listedIds: [device.userId],
        result: "ok",
        rows: [row],
      }),
    ]);
    return { device: { family: device.family, boundAt: device.createdAt.toISOString() } };
  });
}

async function resetSignIn({ records, people, identity }: ConsoleOptions, email: string): Promise<ConsoleAnswer> {
  await records.directory.ready();
  const found = await people.findByEmail(email);
  // Everybody else has somebody above him who resets his sign-in under his own name.
  if (found === undefined || found.status === "disabled" || !ownersOf(records).includes(found.userId))
    return { problem: "no_such_owner" };
  const { userId } = found;
  return records.db.tx(systemScope("people"), async (tx) => {
    if (found.status === "active") await people.setStatus(tx, userId, "invited", null);
    const { rows, invitation } = await identity.resetPerson(tx, userId, {
      by: userId,
      now: new Date(),
      lifetimeMs: consoleInvitationMs,
    });
    await records.ledger.insert(tx, [
      entry({ action: "person.reset_sign_in", object: "user", objectIds: [userId], result: "ok", rows }),
    ]);
    return { link: { url: invitation.url, expiresAt: invitation.expiresAt } };
  });
}

async function noteKit({ records }: ConsoleOptions): Promise<ConsoleAnswer> {
  await records.ledger.append([entry({ action: KIT_ACTION, result: "ok" })]);
  return { done: true };
}

function ownersOf(records: Records): string[] {
  return [...records.directory.members].flatMap(({ id, roles }) => (roles.includes("owner") ? [id] : []));
}

function entry(noted: NotedEntry) {
  return { ...noted, purpose: "console", at: new Date(), actor: { kind: "system" as const } };
}
