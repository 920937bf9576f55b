// How an endpoint is declared. Its row binds its verb to places of the signed request: the vault reads those arguments
// from the signed bytes itself, so the office can neither choose another record nor another value. Its answer is the verb's.
import type { z } from "zod";
import type { Permission, VerbDefinition } from "./verb.ts";

/** Where a verb's argument comes from: the signed path or body, or the office's own work (named). */
export type Source = `path.${string}` | `body.${string}` | "body" | { readonly computed: string };

type Bindings<Input> = "body" | { readonly [K in keyof Input]-?: Source };

export interface EndpointDefinition {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE" | "PUT";
  /** `:name` segments are parameters. */
  readonly path: string;
  /** `device`: signed by a bound device with a live session. `key`: signed by the key in the body (`deviceKey`). */
  readonly auth: "device" | "key";
  readonly permission: Permission;
  /** The JSON body; absent: no body allowed. */
  readonly body?: z.ZodType;
  /** A raw body of at most this many bytes instead of JSON (upload parts). */
  readonly rawBody?: number;
  /** A JSON body may have more bytes than usual: this many. */
  readonly mostJson?: number;
  readonly verbs: Readonly<Record<string, unknown>>;
  /** May be sent while the session is idle-locked (unlocking itself). */
  readonly whileLocked?: true;
  /** Asked by the browser on its own, so it keeps no session awake. */
  readonly passive?: true;
}

export type VerbBindings<Verbs extends Record<string, VerbDefinition>> = {
  readonly [V in keyof Verbs]?: Bindings<z.infer<Verbs[V]["input"]>>;
};

/** Rows for a set of verbs; a verb argument that is not bound does not compile. */
export function endpointsFor<Verbs extends Record<string, VerbDefinition>>() {
  return <const T extends Record<string, Omit<EndpointDefinition, "verbs"> & { readonly verbs: VerbBindings<Verbs> }>>(
    rows: T,
  ): T => rows;
}
