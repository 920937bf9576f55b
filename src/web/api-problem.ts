// What went wrong with a call, in the person's language: a refusal by the server, or no answer at all.
import { type FieldProblem, type ProblemCode, type ProblemDetails, isProblemCode } from "../contract/problem.ts";
import { formats } from "./words/format.ts";
import { currentLanguage, translate } from "./words/words.ts";

/** `offline`: no answer came; `internal`: an answer that bears nothing but a request id. */
export type ApiProblemCode = ProblemCode | "internal" | "offline";

export interface ApiFieldProblem extends FieldProblem {
  readonly message: string;
}

const own = {
  offline: { zh: "连不上服务器。", en: "The server cannot be reached." },
  internal: { zh: "服务器出了问题。", en: "Something went wrong on the server." },
} as const;

/** Instead of the server's sentence, which knows no time zone. */
const againAt = {
  zh: "今天精确查找电话、邮箱等受保护内容的次数已用完，{when} 后可继续。",
  en: "Today's allowance of exact matches of phone numbers, e-mail addresses and the like is used up. It is free again at {when}.",
} as const;

export class ApiProblem extends Error {
  readonly code: ApiProblemCode;
  readonly status: number;
  /** One sentence in the language of the interface. */
  readonly title: string;
  readonly fields: readonly ApiFieldProblem[];
  readonly requestId: string | undefined;
  readonly extra: Readonly<Record<string, unknown>>;
  constructor(
    code: ApiProblemCode,
    options: {
      status?: number;
      title?: string;
      fields?: readonly ApiFieldProblem[];
      requestId?: string | undefined;
      extra?: Readonly<Record<string, unknown>>;
    } = {},
  ) {
    const title = options.title ?? own[code === "offline" ? "offline" : "internal"][currentLanguage()];
    super(title);
    this.name = "ApiProblem";
    this.code = code;
    this.status = options.status ?? 0;
    this.title = title;
    this.fields = options.fields ?? [];
    this.requestId = options.requestId;
    this.extra = options.extra ?? {};
  }

  /** The message for one field, for forms. */
  field(key: string): string | undefined {
    return this.fields.find((problem) => problem.field === key)?.message;
  }
}

/** The problem in an answer that is no success; anything but problem details becomes `internal`. */
export async function readProblem(response: Response): Promise<ApiProblem> {
  const body: unknown = await response.json().catch(() => undefined);
  const requestIdHeader = response.headers.get("x-request-id") ?? undefined;
  if (!isDetails(body)) return new ApiProblem("internal", { status: response.status, requestId: requestIdHeader });
  const code = isProblemCode(body.code) ? body.code : "internal";
  return new ApiProblem(code, {
    status: response.status,
    ...(typeof body.title === "string" && { title: titleOf(body.title, code, body.extra?.["until"]) }),
    fields: body.fields ?? [],
    requestId: body.instance?.split(":").at(-1) ?? requestIdHeader,
    extra: body.extra ?? {},
  });
}

function titleOf(title: string, code: ApiProblemCode, until: unknown): string {
  if (code !== "matches_used" || typeof until !== "string") return title;
  return translate(againAt, { when: formats[currentLanguage()].moment(until) });
}

function isDetails(body: unknown): body is ProblemDetails {
  return typeof body === "object" && body !== null && "code" in body && typeof body.code === "string";
}
