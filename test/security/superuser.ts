// The database's superuser on a running system. Nobody can log in as him (migrate takes his password away); whoever owns
// the machine can all the same let himself in, and so does this file: the attacker of the tests is the administrator.
import { writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { layoutOf } from "../../src/supervisor/layout.ts";
import type { System } from "../harness/system.ts";

/** Opens the embedded server's door and connects. The caller ends the pool before the system stops. */
export async function openSuperuser(system: System): Promise<pg.Pool> {
  const layout = layoutOf(system);
  writeFileSync(
    path.join(layout.postgresSettings, "pg_hba.conf"),
    "local all postgres trust\nlocal all all scram-sha-256\n",
  );
  process.kill(system.pids.postgres, "SIGHUP");
  const config = { host: layout.postgresSocket, port: 5432, database: "strongroom", user: "postgres", max: 3 };
  for (const end = Date.now() + 10_000; ; await sleep(20)) {
    const client = new pg.Client(config);
    try {
      await client.connect();
      await client.end();
      break;
    } catch (error) {
      // The server reads its settings again when it gets to it.
      if (Date.now() > end) throw error;
    }
  }
  const pool = new pg.Pool({ ...config, allowExitOnIdle: true });
  pool.on("error", () => undefined);
  return pool;
}
