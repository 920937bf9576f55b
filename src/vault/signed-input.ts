// Reads what was signed: the body by its row's schema, and a verb's arguments from the places its row binds them to.
import type { z } from "zod";
import type { EndpointDefinition, Source } from "../contract/endpoint.ts";
import { Problem } from "../contract/problem.ts";
import type { Handle } from "./gate.ts";

export function parseBody(endpoint: EndpointDefinition, body: Uint8Array): unknown {
  if (endpoint.rawBody !== undefined) {
    if (body.length > endpoint.rawBody) throw new Problem("too_large");
    return body;
  }
  if (!endpoint.body) {
    if (body.length > 0) throw new Problem("malformed");
    return undefined;
  }
  return parseInput(endpoint.body, parseJson(body));
}

/** Lists and objects within each other; an honest filter needs 20. Deeper ones would end walks over them in the stack. */
const deepest = 64;

function parseJson(body: Uint8Array): unknown {
  try {
    if (depthOf(body) > deepest) throw new Problem("malformed");
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    throw new Problem("malformed");
  }
}

const [quote, backslash, open, close] = [0x22, 0x5c, new Set([0x5b, 0x7b]), new Set([0x5d, 0x7d])]; // " \ [{ ]}

/** How many brackets of a JSON text in UTF-8 are open at most; those within texts do not count. */
function depthOf(body: Uint8Array): number {
  let depth = 0;
  let most = 0;
  let inText = false;
  for (let place = 0; place < body.length; place += 1) {
    const byte = body[place] ?? 0;
    if (inText && byte === backslash) place += 1;
    else if (byte === quote) inText = !inText;
    else if (!inText && open.has(byte)) most = Math.max(most, ++depth);
    else if (!inText && close.has(byte)) depth -= 1;
  }
  return most;
}

export function parseInput<S extends z.ZodType>(schema: S, input: unknown): z.infer<S> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.slice(0, 50).map((issue) => ({
    field: issue.path.map(String).join(".").slice(0, 80) || "body",
    reason: "wrong_type" as const,
  }));
  throw new Problem("invalid", { fields });
}

/** The verb's input: from the signed bytes, but for what the row names as the office's own work. */
export function bind(
  bindings: unknown,
  signed: Handle["signed"],
  computed: Readonly<Record<string, unknown>>,
): unknown {
  if (bindings === "body") return signed.body;
  const input: Record<string, unknown> = {};
  // The table's type allows nothing else than sources here.
  for (const [name, source] of Object.entries(bindings as Record<string, Source>)) {
    const value = valueAt(source, name, signed, computed);
    if (value !== undefined) input[name] = value;
  }
  return input;
}

function valueAt(
  source: Source,
  name: string,
  signed: Handle["signed"],
  computed: Readonly<Record<string, unknown>>,
): unknown {
  if (typeof source !== "string") return computed[name];
  if (source === "body") return signed.body;
  const [root, key = ""] = source.split(".", 2);
  if (root === "path") return signed.path[key];
  const body = signed.body;
  return typeof body === "object" && body !== null && Object.hasOwn(body, key)
    ? (body as Record<string, unknown>)[key]
    : undefined;
}
