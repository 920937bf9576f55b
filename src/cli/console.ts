// The commands of the server's own console, for a company owner who is locked out: `strongroom device confirm` and
// `strongroom sign-in reset`. They ask the running vault by a socket that only the operator can reach; it logs them.
import { statSync } from "node:fs";
import { connect } from "node:net";
import path from "node:path";
import { type ConsoleAnswer, type ConsoleRequest, consoleAnswer, consoleRequest } from "../contract/console.ts";
import { type Config, ConfigError, readConfig } from "../supervisor/config.ts";
import { layoutOf } from "../supervisor/layout.ts";
import { demandOwnFolder } from "../supervisor/run-folder.ts";

/** Confirms the device that shows this code. Returns the exit code. */
export async function confirmDevice(args: readonly string[]): Promise<number> {
  const code = args.join("").replaceAll(/\s/gu, "");
  const request = consoleRequest.safeParse({ do: "confirm-device", code });
  if (!request.success) {
    process.stderr.write(
      "Usage: strongroom device confirm CODE\nCODE is the eight digits on the page “Devices and sessions” (设备与登录) of the device.\n",
    );
    return 2;
  }
  const answer = await askConsole(readConfig(), request.data);
  if ("device" in answer) {
    process.stdout.write(`Confirmed: ${answer.device.family}, bound ${answer.device.boundAt}. Reload its page.\n`);
    return 0;
  }
  return refused(answer, "No unconfirmed device of a company owner shows this code.");
}

/** Empties an owner's ways to sign in and prints a link for new ones. Returns the exit code. */
export async function resetSignIn(args: readonly string[]): Promise<number> {
  const request = consoleRequest.safeParse({ do: "reset-sign-in", email: args[0] });
  if (!request.success || args.length !== 1) {
    process.stderr.write(
      "Usage: strongroom sign-in reset E-MAIL\nFor company owners; the owner resets everybody else on the page People.\n",
    );
    return 2;
  }
  const answer = await askConsole(readConfig(), request.data);
  if ("link" in answer) {
    process.stdout.write(
      `All devices, sessions, passkeys, codes and the password of this person are void.\nOpen this link once, before ${answer.link.expiresAt}:\n\n    ${answer.link.url}\n\n`,
    );
    return 0;
  }
  return refused(answer, "There is no active company owner with this e-mail address.");
}

/** Throws ConfigError when Strongroom does not run or this user may not ask. */
export async function askConsole(
  config: Config,
  request: ConsoleRequest,
  progress: (answer: ConsoleAnswer) => void = () => undefined,
): Promise<ConsoleAnswer> {
  const { adminSocket, controlSocket } = layoutOf(config);
  try {
    demandOwnFolder(path.dirname(controlSocket), statSync(config.dataDir).uid);
    const hear = (line: string): void => progress(consoleAnswer.parse(JSON.parse(line)));
    return consoleAnswer.parse(JSON.parse(await exchange(adminSocket, JSON.stringify(request), hear)));
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "EACCES") throw new ConfigError("Strongroom runs as another user; run this command as that user.");
    if (code === "ENOENT" || code === "ECONNREFUSED")
      throw new ConfigError(`Strongroom does not run on ${config.dataDir}: start it first, or set STRONGROOM_DATA.`);
    throw new ConfigError(`Strongroom gave no answer (${code ?? "not understood"}); try again in a moment.`);
  }
}

/** Resolves with the last line of the answer; `hear` is told of those before it. */
function exchange(socketPath: string, line: string, hear: (line: string) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath);
    let text = "";
    socket.setEncoding("utf8");
    socket.on("data", (chunk: string) => {
      const lines = (text + chunk).split("\n");
      // What follows the last line feed, or the last line itself, which ends with one.
      text = lines.splice(lines.at(-1) === "" ? -2 : -1).join("\n");
      for (const one of lines) hear(one);
    });
    socket.once("error", reject);
    socket.once("connect", () => socket.write(`${line}\n`));
    socket.once("end", () => {
      socket.end();
      resolve(text);
    });
  });
}

function refused(answer: ConsoleAnswer, unknown: string): number {
  const known = "problem" in answer && (answer.problem === "code_invalid" || answer.problem === "no_such_owner");
  process.stderr.write(`${known ? unknown : "Strongroom could not do that; its own output says why."}\n`);
  return 1;
}
