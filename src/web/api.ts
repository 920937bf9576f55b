// The only way to the server: every call is signed by the device key, with a fresh nonce per attempt. Writes are
// harmless when sent again: new records bring their id (new-id.ts), changes their version. Locked sessions, asked-for
// confirmations and signatures over acts are settled in place, then the call goes on.
import { endpointTable } from "virtual:endpoint-table";
import { contentDigest, signRequest } from "../contract/http-signature.ts";
import { needsSignature } from "../contract/step-up.ts";
import { ApiProblem, readProblem } from "./api-problem.ts";
import { type Device, forgetBinding, loadDevice, reloadDevice, replaceKey } from "./device-key.ts";
import type {
  ActAbout,
  ActEndpoint,
  CallArguments,
  CallOutput,
  EndpointName,
  EndpointRoute,
} from "./endpoint-types.ts";
import { actWords } from "./words/acts.ts";
import { currentLanguage, languageTag } from "./words/words.ts";

/** Why the person is asked to confirm that it is him. */
export type StepUpReason = "step_up" | "allowance";

/** What the frame does when a call needs the person. `true`: settled, send again. `false`: given up. */
export interface Challenges {
  unlock(): Promise<boolean>;
  stepUp(reason: StepUpReason): Promise<boolean>;
  approve(act: ActToSign): Promise<boolean>;
  /** The device or session is no longer accepted: to sign-in, keeping the place. */
  signedOut(): void;
}

/** One request to the byte, before it is sent, and what it is about. */
export interface ActToSign extends ActAbout {
  readonly name: ActEndpoint;
  readonly device: string;
  readonly method: "POST" | "PATCH" | "DELETE" | "PUT";
  readonly path: string;
  readonly digest: string | null;
}

const retryDelaysMs = [300, 1000, 3000];

let challenges: Challenges | undefined;
let approving: Promise<unknown> = Promise.resolve();
const asking = new Map<string, Promise<boolean>>();
let offsetMs = 0;

/** Registers the sheets; returns how to take them away again. */
export function setChallenges(given: Challenges): () => void {
  challenges = given;
  return () => {
    if (challenges === given) challenges = undefined;
  };
}

/** Learns the server's clock from any answer that names it. */
function learnServerTime(iso: string): void {
  const difference = Date.parse(iso) - Date.now();
  // Below two seconds it is the way there and back, not the clock.
  if (Number.isFinite(difference)) offsetMs = Math.abs(difference) < 2000 ? 0 : difference;
}

async function call<N extends EndpointName>(name: N, ...[given]: CallArguments<N>): Promise<CallOutput<N>> {
  const input: LooseInput = given ?? {};
  const attempt = { route: endpointTable[name], input };
  const settled = new Set<string>();
  if (input.quiet !== true && needsSignature(attempt.route.stepUps, input.path ?? {}, input.body))
    await approve(name, attempt);
  for (;;) {
    const response = await send(attempt);
    // The vault has cut the answer to the verb's row; this is that row's type.
    if (response.ok) return (await response.json()) as CallOutput<N>;
    const problem = await readProblem(response);
    if (input.quiet === true || settled.has(problem.code)) throw problem;
    if (problem.code === "act_signature_required") await approve(name, attempt);
    else if (!(await settle(problem))) throw problem;
    settled.add(problem.code);
  }
}

export const api = { call };

interface LooseInput extends ActAbout {
  readonly path?: Readonly<Record<string, string>> | undefined;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
  readonly quiet?: boolean | undefined;
}

interface Attempt {
  readonly route: EndpointRoute;
  readonly input: LooseInput;
}

/** Whether the call may be sent once more. */
async function settle(problem: ApiProblem): Promise<boolean> {
  switch (problem.code) {
    case "clock_skew":
      return correctClock(problem);
    case "session_locked":
      return ask("unlock", () => challenges?.unlock());
    case "step_up_needed":
      return ask("stepUp", () => challenges?.stepUp("step_up"));
    case "allowance_used":
      return ask("stepUp", () => challenges?.stepUp("allowance"));
    case "device_unknown":
    case "session_ended": {
      const before = await loadDevice();
      const after = await reloadDevice();
      // Another tab has signed in meanwhile: its key counts here too.
      if (after.deviceId !== undefined && after.deviceId !== before.deviceId) return true;
      await (problem.code === "device_unknown" ? replaceKey() : forgetBinding());
      challenges?.signedOut();
      return false;
    }
    default:
      return false;
  }
}

async function correctClock(problem: ApiProblem): Promise<boolean> {
  const { serverTime, retryAfterMs } = problem.extra;
  if (typeof serverTime === "string") learnServerTime(serverTime);
  if (typeof retryAfterMs === "number") await wait(Math.min(retryAfterMs, 2000));
  return true;
}

/** Has the person sign this very request. Throws ApiProblem when he does not. */
async function approve(name: EndpointName, { route, input }: Attempt): Promise<void> {
  if (route.method === "GET") throw new ApiProblem("internal");
  const device = await loadDevice();
  const body = encodeBody(route, input, device);
  const act: ActToSign = {
    // Only endpoints whose verbs say so come here.
    name: name as ActEndpoint,
    about: input.about,
    step: input.step,
    device: device.deviceId ?? "",
    method: route.method,
    path: fillPath(route.path, input.path ?? {}),
    digest: body ? await contentDigest(body) : null,
  };
  // One act after the other: each is read and signed by itself.
  const answer = approving.then(() => challenges?.approve(act) ?? false);
  approving = answer;
  if (!(await answer))
    throw new ApiProblem("act_signature_required", { status: 401, title: actWords.givenUp[currentLanguage()] });
}

/** One sheet at a time, however many calls wait for it. */
function ask(what: string, open: () => Promise<boolean> | undefined): Promise<boolean> {
  const waiting = asking.get(what);
  if (waiting) return waiting;
  const answer = (open() ?? Promise.resolve(false)).finally(() => asking.delete(what));
  asking.set(what, answer);
  return answer;
}

/** Sends until an answer comes; each attempt is signed anew, so a retry is no replay. */
async function send(attempt: Attempt): Promise<Response> {
  const { signal } = attempt.input;
  for (let tries = 0; ; tries += 1) {
    const delay = retryDelaysMs[tries];
    try {
      const response = await sendOnce(attempt);
      // A gateway's answer without problem details: the office is restarting.
      const restarting = (response.status === 502 || response.status === 504) && delay !== undefined;
      if (!restarting) return response;
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof ApiProblem) throw error;
      if (delay === undefined) throw new ApiProblem("offline");
    }
    await wait(delay ?? 0);
    signal?.throwIfAborted();
  }
}

async function sendOnce({ route, input }: Attempt): Promise<Response> {
  const device = await loadDevice();
  const keyId = route.auth === "key" ? device.thumbprint : device.deviceId;
  if (keyId === undefined) {
    challenges?.signedOut();
    throw new ApiProblem("device_unknown", { status: 401 });
  }
  const url = new URL(fillPath(route.path, input.path ?? {}), location.origin).href;
  const raw = input.body instanceof Uint8Array;
  const body = encodeBody(route, input, device);
  const signed = await signRequest(
    device.keys.privateKey,
    keyId,
    { method: route.method, url, ...(body && { body }) },
    { offsetMs },
  );
  return fetch(url, {
    method: route.method,
    headers: {
      ...signed,
      accept: "application/json",
      "accept-language": languageTag(currentLanguage()),
      ...(body && { "content-type": raw ? "application/octet-stream" : "application/json" }),
    },
    ...(body && { body }),
    ...(input.signal && { signal: input.signal }),
    cache: "no-store",
    credentials: "omit",
    redirect: "error",
    referrerPolicy: "no-referrer",
  });
}

function encodeBody(route: EndpointRoute, input: LooseInput, device: Device): Uint8Array<ArrayBuffer> | undefined {
  // Types only name one kind of raw body: bytes over a plain ArrayBuffer.
  if (input.body instanceof Uint8Array) return input.body as Uint8Array<ArrayBuffer>;
  if (route.auth === "key") return encodeJson({ ...(input.body as object | undefined), deviceKey: device.jwk });
  if (input.body !== undefined) return encodeJson(input.body);
  return route.hasBody ? encodeJson({}) : undefined;
}

function encodeJson(value: unknown): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(value));
}

function fillPath(path: string, values: Readonly<Record<string, string>>): string {
  return path.replaceAll(/:([a-zA-Z]+)/gu, (_, name: string) => encodeURIComponent(values[name] ?? ""));
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
