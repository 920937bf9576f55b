// A running system whose office process is in an attacker's hands, and what one can order it to do.
import path from "node:path";
import type { OfficeBoot } from "../../src/supervisor/boot.ts";
import { layoutOf, type Layout } from "../../src/supervisor/layout.ts";
import { separateUsers } from "../../src/supervisor/os-users.ts";
import { checkoutForOthers } from "../harness/reachable-checkout.ts";
import { type System, type SystemOptions, startSystem } from "../harness/system.ts";
import type { Captured, Frame, Order } from "./takeover-attacks.ts";

const root = path.resolve(import.meta.dirname, "../..");

export interface Takeover {
  readonly system: System;
  readonly layout: Layout;
  readonly separation: string;
  order<T>(order: Order): Promise<T>;
  /** A request of this client that the attacker holds in his hands and the vault has not seen. */
  steal(send: () => Promise<unknown>): Promise<Captured>;
  /** A request that passed through the office and was answered. */
  watch(send: () => Promise<unknown>): Promise<Captured>;
  /** Sends frames to the vault on a connection of this name and gives the answers; see takeover-attacks.ts. */
  frames(line: string, frames: readonly Frame[]): Promise<string[]>;
}

export interface Self {
  readonly uid: number;
  readonly groups: readonly number[];
  readonly setuid: string;
  readonly setgid: string;
  readonly boot: OfficeBoot;
  readonly files: readonly string[];
  readonly permission: boolean;
}

/** Settings that make a system start with a taken-over office, whose user can read the attacker's code. */
export function takenOver(): SystemOptions {
  const checkout = checkoutForOthers();
  const hook = path.join(checkout ?? root, "test/security/takeover-hook.ts");
  return { env: { NODE_OPTIONS: `--import=${hook}` }, ...(checkout !== undefined && { checkout }) };
}

/** Everything as one unprivileged user, as when nobody starts it as root. The caller stops it. */
export function startAsOneUser(): Promise<System> {
  const user = separateUsers()?.db;
  return startSystem({ ...takenOver(), ...(user && { user }) });
}

export function takeoverOf(system: System): Takeover {
  const order = async <T>(given: Order): Promise<T> => {
    const answer = await fetch(`${system.origin}/takeover`, { method: "POST", body: JSON.stringify(given) });
    return ((await answer.json()) as { result: T }).result; // our own taken-over office
  };
  const watch = async (send: () => Promise<unknown>): Promise<Captured> => {
    await order({ do: "captured" });
    await send().catch(() => undefined);
    const captured = await order<Captured[]>({ do: "captured" });
    const last = captured.at(-1);
    if (last === undefined) throw new Error("no request passed");
    return last;
  };
  return {
    system,
    layout: layoutOf(system),
    separation: String(system.events.find((event) => event.event === "ready")?.["separation"]),
    order,
    watch,
    steal: async (send) => {
      await order({ do: "hold", hold: true });
      try {
        return await watch(send);
      } finally {
        await order({ do: "hold", hold: false });
      }
    },
    frames: (line, frames) => order<string[]>({ do: "frames", line, frames }),
  };
}
