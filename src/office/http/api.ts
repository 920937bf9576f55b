// The one pipeline of the API: limits, envelope, handle, verb, answer. It decides nothing about rights; the vault has cut
// every answer to what the verb's row promises, so its bytes pass on unread.
import { randomUUID } from "node:crypto";
import type { Context } from "hono";
import type { HttpBindings } from "@hono/node-server";
import { type Language, Problem, problemDetails } from "../../contract/problem.ts";
import { type Match, matchEndpoint } from "../../contract/router.ts";
import type { VaultClient } from "../vault-client.ts";
import { languageFrom } from "./language.ts";

const maxJson = 1024 * 1024;
const signedHeaders = ["signature", "signature-input", "content-digest"] as const;

/** Who asks: a client's own address, also behind a trusted proxy, and the host that it was asked for. */
export interface Caller {
  readonly ip: string;
  readonly authority: string;
}

export type ApiContext = Pick<Context<{ Bindings: HttpBindings }>, "req" | "env">;

/** Answers one API request; never throws. */
export async function answerApi(
  context: ApiContext,
  caller: Caller,
  vault: VaultClient,
  onError: (error: unknown, requestId: string) => void,
): Promise<Response> {
  const requestId = randomUUID();
  try {
    return await answer(context, caller, vault, requestId);
  } catch (error) {
    if (error instanceof Problem) return problemResponse(error, context, requestId);
    onError(error, requestId);
    return internalResponse(context, requestId);
  }
}

async function answer(context: ApiContext, caller: Caller, vault: VaultClient, requestId: string): Promise<Response> {
  const { req, env } = context;
  const url = new URL(req.url);
  const target = env.incoming.url ?? url.pathname;
  const match = matchEndpoint(req.method, url.pathname);
  const limit = match?.endpoint.rawBody ?? match?.endpoint.mostJson ?? maxJson;
  const body = await readBody(context, limit);
  const headers: Record<string, string> = {};
  for (const name of signedHeaders) {
    const value = req.header(name);
    if (value !== undefined) headers[name] = value;
  }
  const handle = vault.begin(
    {
      method: req.method,
      target,
      authority: caller.authority,
      headers,
      ip: caller.ip,
      userAgent: req.header("user-agent") ?? "",
    },
    body,
    requestId,
  );
  try {
    if (!match) {
      // The vault refuses it too, and writes that down.
      await handle.begun;
      throw new Problem("not_found");
    }
    return new Response(await handle.call(verbOf(match)), {
      status: 200,
      headers: { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" },
    });
  } finally {
    handle.end();
  }
}

/** Throws when a row has not exactly one verb: that is a mistake of ours, found by its test. */
function verbOf({ name, endpoint }: Match): string {
  const [only, ...more] = Object.keys(endpoint.verbs);
  if (only === undefined || more.length > 0) throw new Error(`endpoint ${name} needs exactly one verb`);
  return only;
}

async function readBody(context: ApiContext, limit: number): Promise<Uint8Array> {
  const { incoming } = context.env;
  const announced = Number(context.req.header("content-length") ?? 0);
  if (announced > limit) throw new Problem("too_large");
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    // A request stream without an encoding yields buffers.
    const bytes = chunk as Buffer;
    size += bytes.length;
    if (size > limit) throw new Problem("too_large");
    chunks.push(bytes);
  }
  return Buffer.concat(chunks, size);
}

function languageOf(context: ApiContext): Language {
  return languageFrom(context.req.header("accept-language"));
}

function problemResponse(problem: Problem, context: ApiContext, requestId: string): Response {
  const body = problemDetails(problem, languageOf(context), requestId);
  return new Response(JSON.stringify(body), {
    status: problem.status,
    headers: {
      "content-type": "application/problem+json; charset=utf-8",
      "cache-control": "no-store",
      ...retryAfter(problem),
      ...(problem.code === "too_large" && { connection: "close" }),
    },
  });
}

/** RFC 9110 §10.2.3, where a refusal says when to come again. */
function retryAfter({ extra }: Problem): Record<string, string> {
  const seconds = extra?.["retryAfterSeconds"];
  return typeof seconds === "number" ? { "retry-after": String(seconds) } : {};
}

function internalResponse(context: ApiContext, requestId: string): Response {
  const title =
    languageOf(context) === "zh" ? "系统内部出错，请稍后重试。" : "Something went wrong inside. Please try again.";
  const body = {
    type: "urn:strongroom:problem:internal",
    title,
    status: 500,
    code: "internal",
    instance: `urn:strongroom:request:${requestId}`,
  };
  return new Response(JSON.stringify(body), {
    status: 500,
    headers: { "content-type": "application/problem+json; charset=utf-8", "cache-control": "no-store" },
  });
}
