// The thread that judges passwords. It answers one message with one message and keeps nothing.
import { parentPort } from "node:worker_threads";
import { passwordStrength, type Strength } from "./password-strength.ts";

export interface StrengthQuestion {
  readonly id: number;
  readonly password: string;
  readonly personal: readonly string[];
}
export type StrengthAnswer = Strength & { readonly id: number };

parentPort?.on("message", ({ id, password, personal }: StrengthQuestion) => {
  const answer: StrengthAnswer = { id, ...passwordStrength(password, personal) };
  parentPort?.postMessage(answer);
});
