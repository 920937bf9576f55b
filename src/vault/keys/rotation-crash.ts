// A process of its own for rotation.test.ts: opens the keyring, begins a rotation and kills itself at the step it is
// told, so that what is left behind is what a power cut leaves.
import { Database } from "../db/database.ts";
import { Keyring } from "./keyring.ts";

// oxlint-disable-next-line node/no-process-env -- a child process of rotation.test.ts, which writes this variable
const order = JSON.parse(process.env["STRONGROOM_CRASH"] ?? "{}") as {
  readonly connection: ConstructorParameters<typeof Database>[0];
  readonly rootKey: string;
  readonly keystoreDir: string;
  readonly at: string;
};
const die = (): void => {
  process.kill(process.pid, "SIGKILL");
};

const db = new Database(order.connection);
const { keystoreDir, at } = order;
const keyring = await Keyring.open({ rootKey: Buffer.from(order.rootKey, "hex"), keystoreDir, db });
if (at === "prepared" || at === "batch") {
  await keyring.rotate(2, (done) => done > 0 === (at === "batch") && die());
} else {
  await keyring.rotateStoreKey((step) => (step === at ? die() : undefined));
}
throw new Error(`step ${at} was never reached`);
