// What the rooms of records are wired with: plain objects put together once in vault/main.ts.
import type { Directory } from "../access/directory.ts";
import type { Database } from "../db/database.ts";
import type { Keyring } from "../keys/keyring.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { SearchIndex } from "../search/search-index.ts";
import type { Meter } from "../watch/meter.ts";
import type { Schema } from "./schema.ts";

export interface Records {
  readonly db: Database;
  readonly keyring: Keyring;
  readonly schema: Schema;
  readonly directory: Directory;
  readonly search: SearchIndex;
  readonly ledger: Ledger;
  readonly meter: Meter;
}
