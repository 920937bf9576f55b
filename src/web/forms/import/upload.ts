// Sends a file in signed parts. A part that fails is sent again from where it stopped; nothing is sent twice in vain.
import { api } from "../../api.ts";

/** As the contract's importPartBytes and importMaxBytes, whose module would bring the schemas along. */
const partBytes = 4 * 1024 * 1024;
export const maxFileBytes = 128 * partBytes;

export interface UploadPlan {
  readonly object: string;
  readonly id: string;
  readonly file: File;
}

export class PartFailed extends Error {
  readonly part: number;
  readonly problem: unknown;
  constructor(part: number, problem: unknown) {
    super("A part of the file could not be sent.");
    this.name = "PartFailed";
    this.part = part;
    this.problem = problem;
  }
}

export async function createUpload(object: string, file: File): Promise<UploadPlan> {
  const { id } = await api.call("createImport", {
    path: { object },
    body: { fileName: file.name.slice(-255), size: file.size },
  });
  return { object, id, file };
}

/** Sends the parts from `from` on. Throws PartFailed, after which it can be called again with that part. */
export async function sendParts(
  { object, id, file }: UploadPlan,
  from: number,
  onProgress: (share: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const parts = Math.ceil(file.size / partBytes);
  for (let index = from; index < parts; index += 1) {
    const body = new Uint8Array(await file.slice(index * partBytes, (index + 1) * partBytes).arrayBuffer());
    try {
      await api.call("uploadImportPart", { path: { object, id, index: String(index) }, body, signal });
    } catch (error) {
      throw new PartFailed(index, error);
    }
    onProgress((index + 1) / parts);
  }
}
