// UUIDv7 (RFC 9562, section 5.7), made by us so that ids of one process ascend strictly and rows lie in time order.
import { randomFillSync } from "node:crypto";

const pool = Buffer.alloc(1600);
let used = pool.length;
let lastMs = 0;
let counter = 0;

/** A new UUIDv7: 48 bits of milliseconds, a 12-bit counter within the millisecond, 62 random bits. */
export function uuidv7(now: number = Date.now()): string {
  if (now > lastMs) {
    lastMs = now;
    counter = 0;
  } else {
    counter += 1;
    if (counter > 0xfff) {
      // The millisecond is full: borrow the next one, so that ids keep ascending.
      lastMs += 1;
      counter = 0;
    }
  }
  if (used + 8 > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const random = pool.toString("hex", used, used + 8);
  used += 8;
  const time = lastMs.toString(16).padStart(12, "0");
  const variant = (8 + (Number.parseInt(random.charAt(0), 16) & 3)).toString(16);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${counter.toString(16).padStart(3, "0")}-${variant}${random.slice(1, 4)}-${random.slice(4)}`;
}

const shape = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/u;

export function isUuid(text: unknown): text is string {
  return typeof text === "string" && shape.test(text);
}
