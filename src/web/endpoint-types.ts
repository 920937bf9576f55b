// The types of every API call, inferred from the contract's endpoint rows. Types only: no schema reaches the browser.
import type { z } from "zod";
import type { endpoints, Verbs } from "../contract/endpoints.ts";
import type { StepUp } from "../contract/verb.ts";

export type Endpoints = typeof endpoints;
export type EndpointName = keyof Endpoints & string;

/** The part of a row that a client needs; written into the bundle by the build (`virtual:endpoint-table`). */
export interface EndpointRoute {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE" | "PUT";
  readonly path: string;
  readonly auth: "device" | "key";
  /** The row takes a JSON body, be it an empty one. */
  readonly hasBody: boolean;
  /** What its verbs ask of the person. */
  readonly stepUps: readonly StepUp[];
}

type StepUpOf<N extends EndpointName> = Verbs[keyof Endpoints[N]["verbs"] & keyof Verbs]["stepUp"];

/** Endpoints that may ask for a signature over the act. */
export type ActEndpoint = {
  [N in EndpointName]: [Exclude<StepUpOf<N>, "none" | "recent">] extends [never] ? never : N;
}[EndpointName];

/** Whose names alone say what is done: they are about the person's own password, authenticator, passkey or codes. */
type OwnAct = "changePassword" | "confirmTotp" | "addPasskey" | "createRecoveryCodes";

/** What the person reads beside the name of the act when he is asked to sign it. */
export interface ActAbout {
  /** Whom or what it is done to: “李雷 → 销售”. */
  readonly about?: string | undefined;
  /** Where one button asks for several signatures. */
  readonly step?: { readonly at: number; readonly of: number } | undefined;
}

type AboutPart<N extends EndpointName> =
  N extends Exclude<ActEndpoint, OwnAct> ? ActAbout & { readonly about: string } : { readonly about?: undefined };

type PathNames<P extends string> = P extends `${string}:${infer Name}/${infer Rest}`
  ? Name | PathNames<Rest>
  : P extends `${string}:${infer Name}`
    ? Name
    : never;

type BodyOf<Row> = Row extends { readonly rawBody: number }
  ? Uint8Array<ArrayBuffer>
  : Row extends { readonly auth: "key"; readonly body: infer Body extends z.ZodType }
    ? Omit<z.input<Body>, "deviceKey">
    : Row extends { readonly body: infer Body extends z.ZodType }
      ? z.input<Body>
      : undefined;

type PathPart<Row> = Row extends { readonly path: infer P extends string }
  ? [PathNames<P>] extends [never]
    ? { readonly path?: undefined }
    : { readonly path: Readonly<Record<PathNames<P>, string>> }
  : never;

type BodyPart<Body> = [Body] extends [undefined]
  ? { readonly body?: undefined }
  : Record<string, never> extends Body
    ? { readonly body?: Body | undefined }
    : { readonly body: Body };

interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** Neither unlock nor confirmation sheet is shown; the problem is thrown as it is. */
  readonly quiet?: boolean | undefined;
}

export type CallInput<N extends EndpointName> = PathPart<Endpoints[N]> &
  BodyPart<BodyOf<Endpoints[N]>> &
  AboutPart<N> &
  CallOptions;
export type CallOutput<N extends EndpointName> = z.output<Verbs[keyof Endpoints[N]["verbs"] & keyof Verbs]["output"]>;
/** The input may be left out altogether where the row needs neither path values nor a body. */
export type CallArguments<N extends EndpointName> =
  Record<string, never> extends Omit<CallInput<N>, keyof CallOptions> ? [input?: CallInput<N>] : [input: CallInput<N>];
