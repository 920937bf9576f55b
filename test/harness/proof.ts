// The form of a long proof in test/prove: a file there exports `proof` of this type and nothing runs on import.
export interface Proof {
  /** One line: what is proved. */
  readonly title: string;
  /** Does the work; the seed decides everything random in it. `say` prints how far it is. */
  run(seed: number, say: (text: string) => void): Promise<ProofResult>;
}

export interface ProofResult {
  readonly passed: boolean;
  /** What was counted and measured, in the order to print. */
  readonly figures: Readonly<Record<string, string | number>>;
  /** What was missed, or what the reader should know; a Markdown list. */
  readonly remarks?: readonly string[];
}
