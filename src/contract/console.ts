// What the command line may ask of a running vault, by the socket that only the server's operator can reach: one line of
// JSON each way.
import { z } from "zod";
import { confirmationCode, email } from "./identity-shapes.ts";
import { instant } from "./ids.ts";

const problems = [
  "malformed",
  "code_invalid",
  "no_such_owner",
  "backup_running",
  "backup_folder",
  "backup_no_space",
  "backup_failed",
  "internal",
] as const;

export const consoleRequest = z.discriminatedUnion("do", [
  /** For a company owner who has no confirmed device left. */
  z.strictObject({ do: z.literal("confirm-device"), code: confirmationCode }),
  /** For a company owner who has lost his password or his authenticator. */
  z.strictObject({ do: z.literal("reset-sign-in"), email }),
  /** A backup now, to a folder of the server; without one, to the first that the settings name. */
  z.strictObject({ do: z.literal("backup"), folder: z.string().min(1).max(500).optional() }),
  /** The recovery kit was printed: for the audit log. */
  z.strictObject({ do: z.literal("kit-printed") }),
]);
export type ConsoleRequest = z.infer<typeof consoleRequest>;

export const consoleAnswer = z.union([
  z.strictObject({ device: z.strictObject({ family: z.string(), boundAt: instant }) }),
  z.strictObject({ link: z.strictObject({ url: z.string(), expiresAt: instant }) }),
  z.strictObject({ done: z.literal(true) }),
  /** How far it is; more answers follow. */
  z.strictObject({ percent: z.int().min(0).max(100) }),
  z.strictObject({
    backup: z.strictObject({
      folder: z.string(),
      file: z.string(),
      bytes: z.int(),
      records: z.int(),
      madeAt: instant,
    }),
  }),
  z.strictObject({ problem: z.enum(problems) }),
]);
export type ConsoleAnswer = z.infer<typeof consoleAnswer>;

export function isConsoleProblem(code: string): code is (typeof problems)[number] {
  return (problems as readonly string[]).includes(code);
}
