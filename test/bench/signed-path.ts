// The smallest logged request through the whole product: signature, decision, ledger entry and answer, on a database that
// does not wait for the disk, so that what remains is our own work and the round trips.
import pg from "pg";
import { DeviceClient } from "../../src/cli/device-client.ts";
import { totpAt } from "../../src/vault/identity/test-totp.ts";
import { clientConfig, startTestServer } from "../harness/server.ts";
import { startSystem } from "../harness/system.ts";
import { type Figure, quantile } from "./figure.ts";
import { Signer, drive } from "./load.ts";

const count = 2000;

/** One connection; the times are those of whole requests, so the path itself takes less. */
export async function benchSignedPath(): Promise<Figure[]> {
  const server = await startTestServer();
  const client = new pg.Client(clientConfig(server, "postgres", "postgres"));
  await client.connect();
  await client.query("create database signed_path");
  await client.end();
  const url = `postgres://postgres:${server.superuserPassword}@localhost/signed_path?host=${server.host}`;
  const system = await startSystem({ env: { DATABASE_URL: url } });
  const device = await DeviceClient.create(system.origin);
  try {
    const code = system.enrolmentCode ?? "";
    const totp = ({ secret }: { readonly secret: string }): string => totpAt(secret, new Date());
    await device.enrolOwner({
      code,
      company: "Bench",
      name: "Bench",
      email: "owner@company.example",
      password: "correct horse battery 9 staple",
      totp,
    });
    const signer = await Signer.of(device);
    const requests = (n: number) =>
      Array.from({ length: n }, () => signer.sign({ method: "GET", path: "/api/ledger/checkpoint" }));
    await drive(requests(300), 4);
    const { times } = await drive(requests(count), 1);
    return [
      { name: "signed_path.p95_ms", value: quantile(times, 0.95), unit: "ms", n: count },
      { name: "signed_path.p50_ms", value: quantile(times, 0.5), unit: "ms", n: count },
    ];
  } finally {
    device.close();
    await system.stop();
    await server.stop();
  }
}
