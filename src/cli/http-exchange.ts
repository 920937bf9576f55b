// One HTTP exchange on a kept-alive connection, without redirects, cookies or caches.
import { type Agent, type IncomingMessage, request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { ProblemDetails } from "../contract/problem.ts";

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

/** The problem in an answer; one made of its text where there is none. */
export function problemOf(text: string, status: number): ProblemDetails {
  try {
    return JSON.parse(text) as ProblemDetails; // the office answers with problem details
  } catch {
    return { type: "about:blank", title: text.slice(0, 200), status, code: "internal" };
  }
}

/** Sends one request and collects its whole answer. Throws the connection's own error. */
export function exchange(
  url: string,
  method: string,
  headers: Record<string, string>,
  body: Uint8Array | undefined,
  agent: Agent,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = url.startsWith("https:") ? httpsRequest : httpRequest;
    const sent = request(url, { method, headers, agent }, (answer) => {
      const parts: Buffer[] = [];
      answer.on("data", (part: Buffer) => parts.push(part));
      answer.on("error", reject);
      answer.on("end", () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(parts) }),
      );
    });
    sent.on("error", reject);
    sent.end(body);
  });
}
