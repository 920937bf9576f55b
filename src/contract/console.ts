// What the command line may ask of a running vault, by the socket that only the server's operator can reach: one line of
// JSON each way.
import { z } from "zod";
import { confirmationCode, email } from "./identity-shapes.ts";
import { instant } from "./ids.ts";

export const consoleRequest = z.discriminatedUnion("do", [
  /** For a company owner who has no confirmed device left. */
  z.strictObject({ do: z.literal("confirm-device"), code: confirmationCode }),
  /** For a company owner who has lost his password or his authenticator. */
  z.strictObject({ do: z.literal("reset-sign-in"), email }),
  /** The recovery kit was printed: for the audit log. */
  z.strictObject({ do: z.literal("kit-printed") }),
]);
export type ConsoleRequest = z.infer<typeof consoleRequest>;

export const consoleAnswer = z.union([
  z.strictObject({ device: z.strictObject({ family: z.string(), boundAt: instant }) }),
  z.strictObject({ link: z.strictObject({ url: z.string(), expiresAt: instant }) }),
  z.strictObject({ done: z.literal(true) }),
  z.strictObject({ problem: z.enum(["malformed", "code_invalid", "no_such_owner", "internal"]) }),
]);
export type ConsoleAnswer = z.infer<typeof consoleAnswer>;
