// The device the command line is bound as: a key file of its own, made at the first sign-in.
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { type Config, readConfig } from "../supervisor/config.ts";
import { layoutOf } from "../supervisor/layout.ts";
import { DeviceClient, RequestRefused } from "./device-client.ts";
import type { Approver } from "./act-approval.ts";
import { ask } from "./terminal.ts";

/** One file per address, so that several installations do not mix. */
function deviceFile(origin: string): string {
  const host = new URL(origin).host.replaceAll(/[^\w.-]/gu, "_");
  return path.join(homedir(), ".config", "strongroom", `device-${host}.json`);
}

/** A signed-in client; asks for e-mail, password and code where the device is not bound yet. Throws RequestRefused. */
export async function cliDevice(options: {
  readonly origin?: string | undefined;
  readonly file?: string | undefined;
  readonly language: "zh" | "en";
}): Promise<DeviceClient> {
  const config = readConfig();
  const origin = options.origin ?? config.publicOrigin;
  const file = options.file ?? deviceFile(origin);
  const ca = ownRoot(config);
  const client = {
    language: options.language === "zh" ? ("zh-CN" as const) : ("en" as const),
    ...(ca !== undefined && { ca }),
  };
  if (existsSync(file)) {
    const known = await DeviceClient.load(file, client);
    known.approver = codeApprover(options.language);
    try {
      await known.request("GET", "/api/schema");
      return known;
    } catch (error) {
      const signedOut = error instanceof RequestRefused && error.status === 401;
      known.close();
      if (!signedOut) throw error;
    }
  }
  const fresh = await DeviceClient.create(origin, client);
  fresh.approver = codeApprover(options.language);
  const zh = options.language === "zh";
  process.stderr.write(zh ? `登录 ${origin}\n` : `Sign in to ${origin}\n`);
  const email = await ask(zh ? "邮箱：" : "E-mail: ");
  const password = await ask(zh ? "密码：" : "Password: ", { hidden: true });
  await fresh.signIn({
    email,
    password,
    totp: (ahead) =>
      ask(ahead === 0 ? (zh ? "动态验证码：" : "Code: ") : zh ? "下一个动态验证码：" : "The code after it: "),
  });
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  await fresh.save(file);
  return fresh;
}

/** The root of an installation with its own authority, where this user may read it. */
function ownRoot(config: Config): string | undefined {
  if (config.tls?.from !== "own") return undefined;
  try {
    return readFileSync(layoutOf(config).authorityRoot, "utf8");
  } catch {
    // Another user's: then the system has to trust it.
    return undefined;
  }
}

/** A terminal has no passkeys: acts are approved by the authenticator's code, or a recovery code where there is none. */
function codeApprover(language: "zh" | "en"): Approver {
  const zh = language === "zh";
  return async ({ ways, nextCodeNeeded }) => {
    if (!ways.includes("totp")) {
      const question = zh ? "请输入恢复码以确认这项操作：" : "To approve this, enter a recovery code: ";
      return { with: "recovery", recoveryCode: await ask(question, { hidden: true }) };
    }
    const code = await ask(zh ? "请输入新的验证码以确认这项操作：" : "To approve this, enter a new code: ");
    if (!nextCodeNeeded) return { with: "totp", code };
    return { with: "totp", code, nextCode: await ask(zh ? "下一个验证码：" : "The code after it: ") };
  };
}
