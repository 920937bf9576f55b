// The vault's socket for offices: whoever connects first proves that he knows the channel's secret of this start, then
// begins handles and calls verbs on them. Handles belong to their connection.
import { randomUUID, timingSafeEqual } from "node:crypto";
import { type Server, type Socket, createServer } from "node:net";
import { type EnvelopeHead, type FromVault, type ToVault, type WireProblem, maxFrame } from "../contract/channel.ts";
import { FrameReader, FrameWriter } from "../contract/frames.ts";
import { Problem } from "../contract/problem.ts";
import { problemOf } from "./database-problem.ts";
import { isUuid } from "./db/uuid.ts";
import type { Gate, Handle } from "./gate.ts";

export interface ChannelOptions {
  readonly gate: Gate;
  readonly secret: Buffer;
  /** An error nobody foresaw, by request id: for the operator's log, never for the caller. */
  readonly onError: (error: unknown, requestId: string) => void;
}

const mostHandles = 2000;
/** Bytes of an answer; its frame has a short head besides. */
const mostOutput = maxFrame - 1024;

/** Listens on a Unix socket; its folder decides who can connect. */
export function listenForOffices(path: string, options: ChannelOptions): Promise<Server> {
  const server = createServer((socket) => {
    serve(socket, options);
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, () => {
      resolve(server);
    });
  });
}

function serve(socket: Socket, options: ChannelOptions): void {
  const reader = new FrameReader();
  const handles = new Map<number, Promise<Handle>>();
  const requests = new Map<number, string>();
  let trusted = false;
  const out = new FrameWriter(socket);
  const send = (answer: FromVault, payload?: Uint8Array): void => {
    out.write(answer, payload);
  };
  const sendOutput = (id: number, output: unknown): void => {
    const payload = Buffer.from(JSON.stringify(output));
    if (payload.length > mostOutput) throw new Problem("too_large");
    send({ id, ok: true }, payload);
  };
  const fail = (id: number, error: unknown, requestId: string): void => {
    // A refusal whose entry could not be written, the database being away, comes here as the database's error.
    const problem = problemOf(error);
    if (problem) {
      send({ id, problem: wireProblem(problem) });
      return;
    }
    options.onError(error, requestId);
    send({ id, internal: true });
  };
  const take = (given: ToVault, payload: Uint8Array): void => {
    // An id that no ledger entry would take could make refusals vanish.
    const message = given.do === "begin" && !isUuid(given.requestId) ? { ...given, requestId: randomUUID() } : given;
    if (message.do === "hello") {
      trusted = sameSecret(message.secret, options.secret);
      if (trusted) send({ id: message.id, ok: true });
      else socket.destroy();
      return;
    }
    if (!trusted) {
      socket.destroy();
      return;
    }
    const { id, handle } = message;
    if (message.do === "end") {
      handles.delete(handle);
      requests.delete(handle);
      return;
    }
    if (message.do === "begin") {
      if (handles.size >= mostHandles || handles.has(handle)) {
        send({ id, problem: wireProblem(new Problem("unavailable")) });
        return;
      }
      const begun = options.gate.begin(envelopeOf(message.envelope), payload, message.requestId);
      handles.set(handle, begun);
      requests.set(handle, message.requestId);
      begun.then(
        ({ match }) => {
          // The verb called along with it answers next; this one need not wake the office on its own.
          out.writeSoon({ id, begun: { endpoint: match.name, params: match.params } });
        },
        (error: unknown) => {
          fail(id, error, message.requestId);
        },
      );
      return;
    }
    const requestId = requests.get(handle) ?? "";
    const found = handles.get(handle);
    if (!found) {
      send({ id, problem: wireProblem(new Problem("not_bound")) });
      return;
    }
    // A call may follow its begin at once; it waits here for it, and is refused with it.
    found
      .then((begun) => options.gate.call(begun, message.verb, message.computed))
      .then((output) => {
        sendOutput(id, output);
      })
      .catch((error: unknown) => {
        fail(id, error, requestId);
      });
  };
  socket.on("data", (chunk: Buffer) => {
    try {
      // Frames are made by our own office; what does not have the form ends the connection below.
      for (const { head, payload } of reader.push(chunk)) take(head as ToVault, payload);
    } catch {
      socket.destroy();
    }
  });
  socket.on("error", () => socket.destroy());
  socket.on("close", () => {
    handles.clear();
  });
}

function envelopeOf(head: EnvelopeHead): EnvelopeHead {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(head.headers)) headers[name.toLowerCase()] = String(value);
  return {
    method: String(head.method),
    target: String(head.target),
    authority: String(head.authority),
    headers,
    ip: String(head.ip),
    userAgent: String(head.userAgent).slice(0, 500),
  };
}

function wireProblem(problem: Problem): WireProblem {
  return { code: problem.code, fields: problem.fields, ...(problem.extra && { extra: problem.extra }) };
}

function sameSecret(given: unknown, secret: Buffer): boolean {
  const bytes = Buffer.from(typeof given === "string" ? given : "", "base64");
  return bytes.length === secret.length && timingSafeEqual(bytes, secret);
}
