// Frames come out as they went in, wherever the stream was cut.
import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../vault/ledger/test-random.ts";
import { FrameReader, encodeFrame } from "./frames.ts";

test("frames of any size cut anywhere come out whole and in order", () => {
  const random = seededRandom("frames");
  const sent = Array.from({ length: 300 }, (_, number) => ({
    head: { number },
    payload: random.bytes(number % 50 === 0 ? 300_000 : random.next(40)),
  }));
  const stream = Buffer.concat(sent.map(({ head, payload }) => encodeFrame(head, payload)));
  for (const largest of [1000, 65_536, stream.length]) {
    const reader = new FrameReader();
    const got: { head: unknown; payload: Uint8Array }[] = [];
    for (let at = 0; at < stream.length;) {
      const end = at + 1 + random.next(largest);
      got.push(...reader.push(stream.subarray(at, end)));
      at = end;
    }
    assert.deepEqual(
      got.map(({ head, payload }) => ({ head, payload: Buffer.from(payload) })),
      sent,
    );
  }
});

test("a frame beyond the limit and a head that is no JSON are refused", () => {
  assert.throws(() => new FrameReader().push(Buffer.from([0xff, 0, 0, 0, 0, 0, 0, 0])), RangeError);
  assert.throws(() => new FrameReader().push(Buffer.from([0, 0, 0, 1, 0, 0, 0, 0, 0x7b])), SyntaxError);
});
