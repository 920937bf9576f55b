// Fills the projection from sealed rows: they go in batches to an opener thread, which opens them and hands them to the
// search worker. The vault's own thread only passes bytes on.
import { MessageChannel, Worker } from "node:worker_threads";
import type { ObjectDefinition } from "../../contract/field.ts";
import type { KeyMaterial } from "../keys/key-material.ts";
import type { RebuildPass } from "./rebuild-page.ts";
import type { OpenerAnswer, OpenerRequest } from "./search-messages.ts";
import type { SearchThread } from "./search-thread.ts";

export interface RebuildOptions {
  readonly object: ObjectDefinition;
  readonly opener: Worker;
  /** All rows of the table for a pass, in pages; see tableSource. */
  readonly source: (pass: RebuildPass) => AsyncIterable<string>;
  /** The newest key material; asked again when a row was wrapped under a newer version. */
  readonly material: () => KeyMaterial;
  readonly progress: (pass: RebuildPass, rows: number) => void;
  /** All names can be searched; class 3 cells are still to come. */
  readonly searchable: () => void;
}

export interface RebuildResult {
  readonly rows: number;
  /** Records whose tag, key or seal does not hold: damaged or tampered with. The projection does not have them. */
  readonly broken: readonly string[];
  /** Records whose subject was erased. */
  readonly erased: number;
}

/** The thread that opens rows: started for several rebuilds in turn, ended by who started it; no use after one has failed. */
export function startOpener(): Worker {
  const opener = new Worker(new URL("./opener-worker.ts", import.meta.url), {
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: 192 },
  });
  // The rebuild under way is told too; without one there is nothing to lose.
  opener.on("error", () => undefined);
  return opener;
}

/** Batches under way: one being opened, one being stored, one waiting. */
const mostUnderWay = 3;

/** Throws what the source throws, or Error when a thread ends; the object then is not ready. */
export async function rebuild(thread: SearchThread, options: RebuildOptions): Promise<RebuildResult> {
  const { opener } = options;
  const { port1, port2 } = new MessageChannel();
  const post = (request: OpenerRequest, transfer: MessagePort[] = []): void => opener.postMessage(request, transfer);
  const broken = new Set<string>();
  const counted = { rows: { rows: 0, erased: 0 }, restricted: { rows: 0, erased: 0 } };
  let pass: RebuildPass = "rows";
  let underWay = 0;
  let failure: Error | undefined;
  let wake = (): void => undefined;
  const fail = (error: Error): void => {
    failure ??= error;
    wake();
  };
  const heard = (answer: OpenerAnswer): void => {
    if (answer.is === "needsMaterial") return post({ to: "material", material: options.material() });
    if (answer.is === "failed") return fail(new Error(`opener: ${answer.error}`));
    underWay--;
    counted[pass].rows += answer.rows;
    counted[pass].erased += answer.erased;
    for (const id of answer.broken) broken.add(id);
    options.progress(pass, counted[pass].rows);
    wake();
  };
  const ended = (): void => fail(new Error("the opener thread ended"));
  opener.on("message", heard).on("exit", ended);
  // It may have ended before anybody listened: what is posted to it then is answered by nobody.
  if (opener.threadId < 0) ended();
  const settled = async (most: number): Promise<void> => {
    while (underWay > most && !failure) await new Promise<void>((resolve) => (wake = resolve));
    if (failure) throw failure;
  };
  try {
    await thread.call({ call: "startRebuild", object: options.object.key, port: port1 }, [port1]);
    post({ to: "start", object: options.object, material: options.material(), port: port2 }, [port2]);
    let number = 0;
    const run = async (): Promise<void> => {
      for await (const page of options.source(pass)) {
        await settled(mostUnderWay - 1);
        post({ to: "open", batch: number++, pass, page });
        underWay++;
      }
      await settled(0);
    };
    await run();
    await thread.call({ call: "continueRebuild", object: options.object.key });
    options.searchable();
    if (options.object.fields.some((field) => field.class === 3)) {
      pass = "restricted";
      await run();
      // A row whose restricted values do not open is not shown without them: whoever reads it opens its seals, and fails.
      const ids = [...broken];
      if (ids.length > 0) await thread.call({ call: "remove", object: options.object.key, ids });
    }
    await thread.call({ call: "endRebuild", object: options.object.key });
    return { ...counted.rows, broken: [...broken] };
  } finally {
    opener.off("message", heard).off("exit", ended);
    post({ to: "end" });
  }
}
