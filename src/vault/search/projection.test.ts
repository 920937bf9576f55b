// The rows of the projection: versions, parts, deletion, fields added at run time, order and counts.
import assert from "node:assert/strict";
import { test } from "node:test";
import { account } from "../../contract/objects/account.ts";
import { contact } from "../../contract/objects/contact.ts";
import type { StoredField } from "../../contract/field.ts";
import { Projection } from "./projection.ts";
import { compiled, fullAccess, names, put, testId } from "./test-rows.ts";

const people = ["张三", "李四", "曾国藩", "王小明", "Michael Acme", "O'Brien", "欧阳娜娜", "李大海"];

function filled(values: readonly string[] = people): Projection {
  const projection = new Projection([contact, account]);
  put(
    projection,
    values.map((name) => ({ values: { name } })),
  );
  return projection;
}

const found = (projection: Projection, search: string): unknown[] => names(projection, { search }).toSorted();

test("a row never goes back, and parts need their base", () => {
  const projection = new Projection([contact]);
  const id = testId(1);
  const state = (): unknown => projection.values("contact", [id], ["name", "jobTitle", "phone"])[0]?.slice(1);
  assert.deepEqual(
    put(projection, [{ id, version: 3, values: { name: "张三", jobTitle: "经理", phone: "+8613812345678" } }]),
    [],
  );
  put(projection, [{ id, version: 2, values: { name: "旧名" } }]);
  assert.deepEqual(state(), [3, "张三", "经理", "138****5678"]);
  assert.deepEqual(put(projection, [{ id, version: 4, base: 3, values: { jobTitle: "总监" } }]), []);
  assert.deepEqual(state(), [4, "张三", "总监", "138****5678"]);
  assert.deepEqual(
    put(projection, [{ id, version: 4, base: 3, values: { jobTitle: "总监" } }]),
    [],
    "a repetition is no harm",
  );
  assert.deepEqual(
    put(projection, [{ id, version: 6, base: 5, values: { jobTitle: "CEO" } }]),
    [id],
    "version 5 never came",
  );
  assert.deepEqual(state(), [0, "张三", "总监", "138****5678"], "version 0 is trusted by no list");
  assert.deepEqual(put(projection, [{ id, version: 6, values: { name: "李四" } }]), []);
  assert.deepEqual(state(), [6, "李四", null, null]);
  assert.deepEqual(found(projection, "张三"), []);
  assert.deepEqual(found(projection, "ls"), ["李四"]);
  assert.deepEqual(put(projection, [{ id: testId(2), version: 2, base: 1, values: { name: "无" } }]), [testId(2)]);
  projection.remove("contact", [id, testId(77)]);
  assert.deepEqual([state(), found(projection, "李四")], [undefined, []]);
});

test("deleted rows are found in the recycle bin only", () => {
  const projection = new Projection([contact]);
  put(projection, [{ values: { name: "张三" } }, { deleted: true, values: { name: "张四" } }]);
  assert.deepEqual(names(projection, { search: "张" }), ["张三"]);
  assert.deepEqual(names(projection, { search: "张", deleted: true }), ["张四"]);
});

test("fields are added at run time, of any class, more than there were spare columns", () => {
  const projection = filled();
  const added = Array.from({ length: 9 }, (_, index): StoredField => ({
    key: `extra${index}`,
    type: "text",
    class: index % 2 === 0 ? 2 : 1,
    labels: { zh: "附加", en: "Extra" },
    purpose: "selling",
    retention: "with_record",
    searchable: true,
    custom: true,
    storage: index % 2 === 0 ? { in: "sealed2" } : { in: "column", column: `t${(index + 1) / 2}` },
  }));
  const restricted: StoredField = {
    key: "extraPhone",
    type: "phone",
    class: 3,
    labels: { zh: "电话", en: "Phone" },
    purpose: "contact",
    retention: "with_record",
    custom: true,
    storage: { in: "sealed3" },
  };
  const object = { ...contact, fields: [...contact.fields, ...added, restricted] };
  for (const field of [...added, restricted]) projection.addField("contact", field);
  assert.deepEqual(found(projection, "zs"), ["张三"], "what was there is still found");
  put(
    projection,
    [{ id: testId(50), values: { name: "新人", extra8: "量子计算", extra1: "Turing", extraPhone: "+8613911112222" } }],
    object,
  );
  const list = (search: string): unknown[] =>
    projection.query(compiled({ search }, fullAccess(object), object)).rows.map((row) => row[4]);
  for (const search of ["量子", "lzjs", "turin", "139 1111 2222", "2222"])
    assert.deepEqual(list(search), ["新人"], search);
});

test("names sort by pinyin, Latin first; counts stop at the cap", () => {
  const projection = filled();
  assert.deepEqual(names(projection, { sort: [{ field: "name", direction: "asc" }] }), [
    "Michael Acme",
    "O'Brien",
    "李大海",
    "李四",
    "欧阳娜娜",
    "王小明",
    "曾国藩",
    "张三",
  ]);
  assert.deepEqual(names(projection, { sort: [{ field: "name", direction: "desc" }], limit: 2, offset: 1 }), [
    "曾国藩",
    "王小明",
  ]);
  const many = new Projection([contact]);
  put(
    many,
    Array.from({ length: 10_050 }, (_, index) => ({ values: { name: `张${index}` } })),
  );
  const result = many.query(compiled({ search: "张", count: true, limit: 1 }));
  assert.deepEqual([result.count, result.countCapped, result.rows.length], [10_000, true, 1]);
  assert.deepEqual(many.query(compiled({ search: "张99", count: true })).count, 111);
});
