// Shows one restricted value of one record. Of records one owns or serves nothing is asked; where the vault wants a
// purpose, the person is asked once and the same value is asked for again with it.
import { api } from "../api.ts";
import { ApiProblem } from "../api-problem.ts";

type AskPurpose = () => Promise<string | undefined>;
let askPurpose: AskPurpose | undefined;

/** Registers the sheet that asks; returns how to take it away. */
export function setPurposeSheet(ask: AskPurpose): () => void {
  askPurpose = ask;
  return () => {
    if (askPurpose === ask) askPurpose = undefined;
  };
}

/** Throws ApiProblem when refused, an AbortError when the person gave up. */
export async function revealValue(object: string, id: string, field: string, signal: AbortSignal): Promise<string> {
  const path = { object, id };
  try {
    return String((await api.call("revealValue", { path, body: { field }, signal })).value ?? "");
  } catch (error) {
    const wantsPurpose = error instanceof ApiProblem && error.code === "purpose_needed";
    if (!wantsPurpose || !askPurpose) throw error;
    const purpose = await askPurpose();
    if (purpose === undefined) throw new DOMException("No purpose was given.", "AbortError");
    return String((await api.call("revealValue", { path, body: { field, purpose }, signal })).value ?? "");
  }
}
