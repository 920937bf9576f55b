/**
 * Ways to falsify a ledger as somebody could who is superuser of the database, some with the signing key. Each returns
 * what it did; each must change what is stored, so that a verifier that finds nothing is wrong.
 */
import { generateKeyPairSync, sign } from "node:crypto";
import { formatCheckpoint } from "../../src/vault/ledger/checkpoint.ts";
import {
  COLUMNS,
  flip,
  bodyOf,
  bend,
  rewrite,
  setBody,
  permute,
  resign,
  forgeSomewhere,
  hashColumn,
  checkpointOf,
  positionOf,
  sealedPositions,
  type Victim,
} from "./forgery.ts";
import { leafHash } from "../../src/vault/ledger/merkle.ts";
import { signNote } from "../../src/vault/ledger/note.ts";
import { PROBE } from "../../src/vault/ledger/test-ledger.ts";

/** Returns in words what was done. */
export type Tampering = (victim: Victim) => Promise<string>;

export const tamperings: Readonly<Record<string, Tampering>> = {
  bodyCharacter: async (v) => {
    const position = positionOf(v);
    const text = await bodyOf(v, position);
    const bent = bend(v, text);
    const leaf = v.random.next(2) === 1;
    await v.client.query(
      "update vault.ledger_entry set body = $2, leaf = case when $3 then $4 else leaf end where position = $1",
      [position, bent, leaf, leafHash(bent)],
    );
    return `a character of body ${position}`;
  },
  bodyValue: async (v) => {
    const position = positionOf(v);
    await setBody(v, position, rewrite(v, await bodyOf(v, position)), v.random.next(2) === 1);
    return `a value of body ${position}`;
  },
  leaf: async (v) => {
    const position = positionOf(v);
    await v.client.query("update vault.ledger_entry set leaf = $2 where position = $1", [position, v.random.bytes(32)]);
    return `leaf ${position}`;
  },
  sealed: async (v) => {
    const position = v.random.pick(await sealedPositions(v));
    const { sealed } = (await v.client.query("select sealed from vault.ledger_entry where position = $1", [position]))
      .rows[0];
    await v.client.query("update vault.ledger_entry set sealed = $2 where position = $1", [
      position,
      v.random.next(4) === 0 ? null : flip(v, sealed),
    ]);
    return `sealed detail ${position}`;
  },
  sealedSwap: async (v) => {
    const positions = await sealedPositions(v);
    const a = v.random.pick(positions);
    const b = v.random.pick(positions.filter((p) => p !== a));
    await v.client.query(
      "update vault.ledger_entry e set sealed = o.sealed from vault.ledger_entry o where (e.position = $1 and o.position = $2) or (e.position = $2 and o.position = $1)",
      [a, b],
    );
    return `sealed details ${a} and ${b} exchanged`;
  },
  column: async (v) => {
    const [name, value] = v.random.pick([
      ["action", "record.other"],
      ["object", "other"],
      ["person_id", "01939f00-0000-7000-8000-0000000000ff"],
      ["device_id", "01939f00-0000-7000-8000-0000000000ff"],
      ["id", "01939f00-0000-7000-8000-0000000000ff"],
      ["ip", "192.0.2.255"],
      ["at", "2020-01-01T00:00:00.000001Z"],
    ] as const);
    const position = positionOf(v);
    await v.client.query(`update vault.ledger_entry set ${name} = $2 where position = $1`, [position, value]);
    return `search column ${name} of ${position}`;
  },
  swap: async (v) => {
    const a = positionOf(v);
    const b = (a + 1 + v.random.next(v.size - 1)) % v.size;
    await permute(v, [a, b], [b, a]);
    return `entries ${a} and ${b} exchanged`;
  },
  reorder: async (v) => {
    const length = 3 + v.random.next(8);
    const from = v.random.next(v.size - length);
    const range = Array.from({ length }, (_, i) => from + i);
    await permute(
      v,
      range,
      range.map((_, i) => from + ((i + 1) % length)),
    );
    return `entries ${from}-${from + length - 1} rotated`;
  },
  remove: async (v) => {
    const position = positionOf(v);
    await v.client.query("delete from vault.ledger_entry where position = $1", [position]);
    if (v.random.next(2) === 1) await v.client.query("delete from vault.ledger_object where position = $1", [position]);
    return `entry ${position} removed`;
  },
  removeAndClose: async (v) => {
    const position = v.random.next(v.size - 1);
    await v.client.query("delete from vault.ledger_entry where position = $1", [position]);
    // One by one: positions are unique at every moment.
    await v.client.query(
      `do $$ begin for i in ${position + 1} .. ${v.size - 1} loop update vault.ledger_entry set position = i - 1 where position = i; end loop; end $$`,
    );
    return `entry ${position} removed and the gap closed`;
  },
  insert: async (v) => {
    const others = COLUMNS.replace("id, ", "");
    await v.client.query(
      `insert into vault.ledger_entry (position, id, ${others})
       select $1, '01939f00-0000-7000-8000-0000000000ff', ${others} from vault.ledger_entry where position = $2`,
      [v.size, positionOf(v)],
    );
    return "an entry added at the end";
  },
  truncate: async (v) => {
    const size = v.random.next(v.size - 1) + 1;
    await v.client.query("delete from vault.ledger_entry where position >= $1", [size]);
    await v.client.query("delete from vault.ledger_object where position >= $1", [size]);
    if (v.random.next(2) === 1) await v.client.query("delete from vault.ledger_checkpoint where size > $1", [size]);
    return `cut after ${size}`;
  },
  truncateToCheckpoint: async (v) => {
    const size = v.random.pick(v.checkpoints.slice(0, -1));
    await v.client.query("delete from vault.ledger_entry where position >= $1", [size]);
    await v.client.query("delete from vault.ledger_object where position >= $1", [size]);
    await v.client.query("delete from vault.ledger_checkpoint where size > $1", [size]);
    await v.client.query("delete from vault.ledger_row_state where size > $1", [size]);
    await v.client.query("delete from vault.ledger_tile where level = 0 and index >= $1", [Math.floor(size / 256)]);
    return `cut cleanly at checkpoint ${size}`;
  },
  foreignFork: async (v) => {
    const { privateKey, publicKey } = generateKeyPairSync("ed25519");
    const key = publicKey.export({ format: "der", type: "spki" }).subarray(-32);
    return `forked at ${await forgeSomewhere(v, { name: "", publicKey: key, sign: (data) => sign(null, data, privateKey) })} under another key`;
  },
  rewrittenTail: async (v) => `rewritten from ${await forgeSomewhere(v, v.signer)} under the real key`,
  tailRemoved: async (v) => {
    const position = 1 + v.random.next(v.size - 2);
    await v.client.query("delete from vault.ledger_entry where position >= $1", [position]);
    await v.client.query("delete from vault.ledger_object where position >= $1", [position]);
    await v.client.query("delete from vault.ledger_checkpoint where size > $1", [position]);
    // A checkpoint of the new end, which `resign` then fills in.
    const empty = { origin: v.signer.name, size: position, root: Buffer.alloc(32), rowRoot: Buffer.alloc(32) };
    await v.client.query("insert into vault.ledger_checkpoint values ($1, $2, $2, $3, now()) on conflict do nothing", [
      position,
      empty.root,
      signNote(formatCheckpoint(empty), v.signer),
    ]);
    await resign(v, v.signer);
    return `cut after ${position} and signed anew under the real key`;
  },
  note: async (v) => {
    const size = checkpointOf(v);
    const { note } = (await v.client.query("select note from vault.ledger_checkpoint where size = $1", [size])).rows[0];
    await v.client.query("update vault.ledger_checkpoint set note = $2 where size = $1", [size, bend(v, note)]);
    return `a character of checkpoint ${size}`;
  },
  checkpointColumn: async (v) => {
    const size = checkpointOf(v);
    const name = hashColumn(v);
    await v.client.query(`update vault.ledger_checkpoint set ${name} = $2 where size = $1`, [size, v.random.bytes(32)]);
    return `column ${name} of checkpoint ${size}`;
  },
  checkpointMoved: async (v) => {
    const size = checkpointOf(v);
    let target = 1 + v.random.next(v.size + 5);
    while (v.checkpoints.includes(target)) target++;
    await v.client.query("update vault.ledger_checkpoint set size = $2 where size = $1", [size, target]);
    return `checkpoint ${size} moved to ${target}`;
  },
  newestCheckpointRemoved: async (v) => {
    await v.client.query("delete from vault.ledger_checkpoint where size = $1", [v.size]);
    return "the newest checkpoint removed";
  },
  indexRowRemoved: async (v) => {
    const { rows } = await v.client.query(
      "select object_id, position from vault.ledger_object order by position, object_id",
    );
    const row = v.random.pick(rows);
    await v.client.query("delete from vault.ledger_object where object_id = $1 and position = $2", [
      row.object_id,
      row.position,
    ]);
    return `index row of ${row.position} removed`;
  },
  indexRowMoved: async (v) => {
    const { rows } = await v.client.query(
      "select object_id, position from vault.ledger_object order by position, object_id",
    );
    const row = v.random.pick(rows);
    await v.client.query(
      "update vault.ledger_object set object_id = '01939f00-0000-7000-8000-0000000000ff' where object_id = $1 and position = $2",
      [row.object_id, row.position],
    );
    return `index row of ${row.position} points elsewhere`;
  },
  indexRowAdded: async (v) => {
    const position = v.random.next(v.size + 3);
    await v.client.query("insert into vault.ledger_object values ('01939f00-0000-7000-8000-0000000000ff', $1)", [
      position,
    ]);
    return `index row added at ${position}`;
  },
  tile: async (v) => {
    const { hashes } = (await v.client.query("select hashes from vault.ledger_tile where level = 0 and index = 0"))
      .rows[0];
    if (v.random.next(3) === 0) await v.client.query("delete from vault.ledger_tile where level = 0 and index = 0");
    else
      await v.client.query("update vault.ledger_tile set hashes = $1 where level = 0 and index = 0", [flip(v, hashes)]);
    return "a tile";
  },
  rowRollback: async (v) => {
    const old = v.random.pick(v.history);
    await v.client.query(`update vault.${PROBE} set version = $2, tag = $3 where id = $1`, [
      old.id,
      old.version,
      old.tag,
    ]);
    return `row ${old.id} back to version ${old.version}`;
  },
  rowRemoved: async (v) => {
    const row = v.random.pick(v.rows);
    await v.client.query(`delete from vault.${PROBE} where id = $1`, [row.id]);
    return `row ${row.id} removed`;
  },
  rowAdded: async (v) => {
    const row = v.random.pick(v.rows);
    await v.client.query(`insert into vault.${PROBE} values ('01939f00-0000-7000-8000-0000000000ff', $1, $2)`, [
      row.version,
      row.tag,
    ]);
    return "a row added";
  },
  rowTag: async (v) => {
    const row = v.random.pick(v.rows);
    await v.client.query(`update vault.${PROBE} set tag = $2 where id = $1`, [row.id, flip(v, row.tag)]);
    return `tag of row ${row.id}`;
  },
  rowSwap: async (v) => {
    const a = v.random.pick(v.rows);
    const b = v.random.pick(v.rows.filter((row) => row.id !== a.id));
    await v.client.query(`update vault.${PROBE} set version = $2, tag = $3 where id = $1`, [a.id, b.version, b.tag]);
    return `row ${a.id} given the values of ${b.id}`;
  },
};
