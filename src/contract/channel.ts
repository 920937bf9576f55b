// The form of messages between office and vault: a frame is two lengths, a JSON head and a payload of raw bytes (the
// body of a request, or a verb's answer as JSON: the office passes it on as it is). Both sides are ours; sizes are
// bounded all the same.

/** What came in from outside, exactly as it came: the vault judges the signature over it. */
export interface EnvelopeHead {
  readonly method: string;
  /** Path and query as they stand in the request line. */
  readonly target: string;
  readonly authority: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly ip: string;
  readonly userAgent: string;
}

export type ToVault =
  | { readonly id: number; readonly do: "hello"; readonly secret: string }
  /** `handle` is chosen by the office and good for this connection only. The body follows as payload. */
  | {
      readonly id: number;
      readonly do: "begin";
      readonly handle: number;
      readonly requestId: string;
      readonly envelope: EnvelopeHead;
    }
  | {
      readonly id: number;
      readonly do: "call";
      readonly handle: number;
      readonly verb: string;
      readonly computed: Readonly<Record<string, unknown>>;
    }
  | { readonly id: number; readonly do: "end"; readonly handle: number };

export interface WireProblem {
  readonly code: string;
  readonly fields: readonly {
    readonly field: string;
    readonly reason: string;
    readonly params?: Readonly<Record<string, string | number>>;
  }[];
  readonly extra?: Readonly<Record<string, unknown>>;
}

export type FromVault =
  /** The answer follows as payload. */
  | { readonly id: number; readonly ok: true }
  /** `endpoint`: the row that the request matched. */
  | {
      readonly id: number;
      readonly begun: { readonly endpoint: string; readonly params: Readonly<Record<string, string>> };
    }
  | { readonly id: number; readonly problem: WireProblem }
  | { readonly id: number; readonly internal: true };

export const maxFrame = 16 * 1024 * 1024;
