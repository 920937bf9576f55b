// The vault's way to PostgreSQL. Every statement runs in a transaction that names its actor and the rows it is about;
// without them row-level security shows no rows at all. Values are always parameters.
import pg from "pg";

export interface Queryable {
  query<R = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<R[]>;
}

/** The rows row-level security lets through: all, or those of these owners or in these departments. */
export interface RowScope {
  /** Person id, or `system:<what>`. */
  readonly actor: string;
  readonly all: boolean;
  readonly owners: readonly string[];
  readonly departments: readonly string[];
}

export interface Tx extends Queryable {
  readonly scope: RowScope;
  /** Narrows or widens the rows for the statements that follow in this transaction. */
  rescope(scope: RowScope): Promise<void>;
  /** Runs after the commit is durable; a failure in it does not undo the commit. */
  afterCommit(work: () => void): void;
}

/** The scope of the vault's own work: its name stands as the actor. */
export function systemScope(what: string): RowScope {
  return { actor: `system:${what}`, all: true, owners: [], departments: [] };
}

const int8 = 20;
const date = 1082;
/** bigint as number (all ours stay below 2^53), date as text; everything else as pg reads it. */
const types: pg.CustomTypesConfig = {
  // The signatures of pg's own type parsers are untyped; ours return what the two types need.
  getTypeParser: ((oid: number, format?: "text" | "binary") => {
    if (oid === int8) return Number;
    if (oid === date) return String;
    return pg.types.getTypeParser(oid, format);
  }) as pg.CustomTypesConfig["getTypeParser"],
};

const plainScope = /^[a-zA-Z0-9:_ .-]{1,120}$/u;
const plainUuids = /^[0-9a-f,-]*$/u;

function scopeStatement(scope: RowScope): string {
  const owners = scope.owners.join(",");
  const departments = scope.departments.join(",");
  // These three come from the vault itself, never from a request; the check keeps it so.
  if (!plainScope.test(scope.actor) || !plainUuids.test(owners) || !plainUuids.test(departments))
    throw new Error("scope is not plain");
  return `select set_config('strongroom.actor','${scope.actor}',true),set_config('strongroom.all','${scope.all ? "1" : ""}',true),set_config('strongroom.owners','{${owners}}',true),set_config('strongroom.departments','{${departments}}',true)`;
}

export class Database {
  readonly #pool: pg.Pool;
  readonly #config: pg.PoolConfig;

  constructor(config: pg.PoolConfig) {
    // Statements that need not wait for each other are sent together: begin, scope and the first statement in one write.
    this.#config = { ...config, types, pipeline: true };
    this.#pool = new pg.Pool({ max: 12, idleTimeoutMillis: 30_000, allowExitOnIdle: true, ...this.#config });
    // A connection that dies while idle is replaced by the next query; that query reports what is wrong.
    this.#pool.on("error", () => undefined);
  }

  /** One transaction. Rolls back and rethrows whatever `work` throws; at a serialisation failure the caller decides. */
  async tx<T>(scope: RowScope, work: (tx: Tx) => Promise<T>): Promise<T> {
    const statement = scopeStatement(scope);
    const client = await this.#pool.connect();
    let broken: Error | undefined;
    // A connection that ends while we hold it fails the query under way; without a listener it would end the process.
    const lost = (error: Error): void => {
      broken = error;
    };
    client.on("error", lost);
    const after: (() => void)[] = [];
    // What the database was told, and what it is told right before the next statement.
    const state = { scope, begun: false, told: "", wanted: statement };
    const query = <R>(text: string, values?: readonly unknown[]): Promise<R[]> => {
      if (state.told === state.wanted) return run<R>(client, text, values);
      const first = state.begun ? state.wanted : `begin;${state.wanted}`;
      state.begun = true;
      state.told = state.wanted;
      return together(client, async () => {
        // When the scope fails, the transaction is aborted (or never began, without an actor): the statement then fails too.
        const [, rows] = await Promise.all([client.query(first), run<R>(client, text, values)]);
        return rows;
      });
    };
    try {
      const tx: Tx = {
        get scope() {
          return state.scope;
        },
        rescope: async (next) => {
          state.wanted = scopeStatement(next);
          state.scope = next;
        },
        query,
        afterCommit: (done) => {
          after.push(done);
        },
      };
      const result = await work(tx);
      if (state.begun) {
        // After an error that `work` swallowed PostgreSQL answers COMMIT with a rollback: that must not pass for durable.
        const committed = await client.query("commit");
        if (committed.command !== "COMMIT") throw new Error("the transaction was rolled back");
      }
      for (const done of after) done();
      return result;
    } catch (error) {
      if (state.begun)
        await client.query("rollback").catch((rollback: unknown) => {
          broken = errorOf(rollback);
        });
      throw error;
    } finally {
      client.off("error", lost);
      client.release(broken);
    }
  }

  /** Reads in a transaction of its own, in one round trip. */
  async read<R = Record<string, unknown>>(scope: RowScope, text: string, values?: readonly unknown[]): Promise<R[]> {
    const statement = scopeStatement(scope);
    const client = await this.#pool.connect();
    // As above: its queries tell of a connection that ends.
    const lost = (): void => undefined;
    client.on("error", lost);
    const [begun, rows, ended] = await together(client, () =>
      Promise.allSettled([
        client.query(`begin read only;${statement}`),
        run<R>(client, text, values),
        client.query("rollback"),
      ]),
    );
    client.off("error", lost);
    client.release(ended.status === "rejected" ? errorOf(ended.reason) : undefined);
    if (begun.status === "rejected") throw begun.reason;
    if (rows.status === "rejected") throw rows.reason;
    return rows.value;
  }

  /** Each query as `read` does it: nothing is held between them. */
  reads(scope: RowScope): Queryable {
    return { query: (text, values) => this.read(scope, text, values) };
  }

  /** A connection outside the pool for long-lived work (group commit, locks); the caller ends it. */
  async connect(): Promise<pg.Client> {
    const client = new pg.Client(this.#config);
    await client.connect();
    return client;
  }

  /** The same for whole tables (copy.ts), which a connection cannot do while it sends statements ahead. */
  async connectForCopy(): Promise<pg.Client> {
    const client = new pg.Client({ ...this.#config, pipeline: false });
    await client.connect();
    return client;
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }
}

/** What `work` sends at once goes out in one write. */
function together<T>(client: pg.PoolClient, work: () => T): T {
  const { stream } = client.connection;
  stream.cork();
  try {
    return work();
  } finally {
    stream.uncork();
  }
}

function errorOf(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}

const names = new Map<string, string>();

/** Statements are prepared under a name of their own per connection, so PostgreSQL plans each text once. */
async function run<R>(client: pg.PoolClient, text: string, values: readonly unknown[] | undefined): Promise<R[]> {
  let name = names.get(text);
  if (name === undefined && names.size < 500) {
    name = `s${names.size}`;
    names.set(text, name);
  }
  const result = await client.query({
    text,
    values: values ? [...values] : [],
    ...(name !== undefined && { name }),
  });
  // The statement's author states the row type; PostgreSQL cannot.
  return result.rows as R[];
}
