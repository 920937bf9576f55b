// A person's device as data, to go on in another system's copy. It holds the device's private key: test devices only.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DeviceClient } from "../../src/cli/device-client.ts";

/** What DeviceClient.save writes. */
export async function saveDevice(client: DeviceClient): Promise<object> {
  return throughFile(async (file) => {
    await client.save(file);
    return JSON.parse(readFileSync(file, "utf8")) as object; // written by save
  });
}

/** The device as it was, speaking to the system at `origin`. */
export async function loadDevice(device: object, origin: string): Promise<DeviceClient> {
  return throughFile((file) => {
    writeFileSync(file, JSON.stringify({ ...device, origin }), { mode: 0o600 });
    return DeviceClient.load(file);
  });
}

async function throughFile<T>(work: (file: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), "strongroom-device-"));
  try {
    return await work(path.join(folder, "device.json"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
