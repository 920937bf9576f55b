// What the handler of each verb of the contract takes and gives.
import type { z } from "zod";
import type { VerbName, Verbs } from "../contract/endpoints.ts";
import type { ImportVerbs } from "../contract/import-verbs.ts";
import type { Call } from "./call.ts";

export type Handlers = {
  readonly [V in VerbName]: (call: Call, input: z.infer<Verbs[V]["input"]>) => Promise<z.infer<Verbs[V]["output"]>>;
};

export type ImportHandlers = Pick<Handlers, keyof ImportVerbs>;
