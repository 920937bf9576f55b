// What crosses between the vault's main thread, the search worker and the opener of sealed rows. All of it survives
// structured cloning.
import type { MessagePort } from "node:worker_threads";
import type { ObjectDefinition, StoredField } from "../../contract/field.ts";
import type { KeyMaterial } from "../keys/key-material.ts";
import type { CompiledQuery } from "../records/query-compiler-result.ts";
import type { RebuildPass } from "./rebuild-page.ts";
import type { ProjectedValue } from "./projection-cells.ts";
import type { ProjectionRow } from "./projection-table.ts";

/** Rows of one object; `values[i]` belongs to `rows[i]`, in the order of `keys`. */
export interface RowBatch {
  readonly object: string;
  readonly keys: readonly string[];
  readonly rows: readonly ProjectionRow[];
  readonly values: readonly (readonly ProjectedValue[])[];
}

export type WorkerCall =
  | { readonly call: "upsert"; readonly batch: RowBatch }
  | { readonly call: "remove"; readonly object: string; readonly ids: readonly string[] }
  | { readonly call: "addObject"; readonly object: ObjectDefinition }
  | { readonly call: "addField"; readonly object: string; readonly field: StoredField }
  | { readonly call: "query"; readonly queries: readonly CompiledQuery[] }
  | {
      readonly call: "values";
      readonly object: string;
      readonly ids: readonly string[];
      readonly keys: readonly string[];
    }
  | { readonly call: "startRebuild"; readonly object: string; readonly port: MessagePort }
  | { readonly call: "continueRebuild"; readonly object: string }
  | { readonly call: "endRebuild"; readonly object: string }
  | { readonly call: "size" };

export type WorkerRequest = WorkerCall & { readonly id: number };
export type WorkerAnswer =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: string };

/** Opened rows on their way to the search worker, which answers each batch with its number once it is stored. */
export interface OpenedBatch extends RowBatch {
  readonly batch: number;
  readonly pass: RebuildPass;
}

export type OpenerRequest =
  | {
      readonly to: "start";
      readonly object: ObjectDefinition;
      readonly material: KeyMaterial;
      readonly port: MessagePort;
    }
  | { readonly to: "material"; readonly material: KeyMaterial }
  | { readonly to: "end" }
  | { readonly to: "open"; readonly batch: number; readonly pass: RebuildPass; readonly page: string };

export type OpenerAnswer =
  | {
      readonly is: "stored";
      readonly batch: number;
      readonly rows: number;
      readonly broken: readonly string[];
      readonly erased: number;
    }
  | { readonly is: "needsMaterial" }
  | { readonly is: "failed"; readonly error: string };
