// The address of a list finds it as it was, bears nothing typed and no value of a customer, and is not believed blindly.
/// <reference types="node" />
import assert from "node:assert/strict";
import { test } from "node:test";
import type { SchemaField } from "../../contract/schema-verbs.ts";
import type { Chip } from "./filter-model.ts";
import { type AddressedState, readAddress, saysFilter, writeAddress } from "./list-address.ts";

const field = (part: Partial<SchemaField> & { key: string }): SchemaField => ({
  type: "text",
  class: 1,
  labels: { zh: "", en: "" },
  purpose: "selling",
  level: "write",
  required: false,
  listed: true,
  searchable: false,
  sortable: true,
  computed: false,
  custom: false,
  system: false,
  ...part,
});
const id = "0193c0de-0000-7000-8000-000000000001";
const fields = [
  field({ key: "name", class: 2 }),
  field({ key: "phone", type: "phone", class: 3 }),
  field({ key: "city" }),
  field({ key: "level", type: "choice", options: [{ key: "a", labels: { zh: "A", en: "A" } }] }),
  field({ key: "owner", type: "reference", target: "user" }),
  field({ key: "employees", type: "integer" }),
  field({ key: "nextAt", type: "date" }),
];
const chip = (key: string, operator: Chip["operator"], ...values: (string | number)[]): Chip => ({
  field: key,
  operator,
  values: values.map((value) => ({ value, label: key === "owner" ? "" : String(value) })),
});
const plain: AddressedState = { chips: [], match: "all", sort: [], page: 0, view: undefined };

test("filters, order and page come back from the address; other parameters stay", () => {
  const state: AddressedState = {
    chips: [
      chip("level", "is", "a"),
      chip("owner", "is", id),
      chip("employees", "more", 12.5),
      chip("nextAt", "within", "thisWeek"),
      chip("name", "empty"),
      { match: "all", items: [chip("level", "isNot", "a"), chip("employees", "less", 3)] },
    ],
    match: "any",
    sort: [
      { field: "level", direction: "desc" },
      { field: "name", direction: "asc" },
    ],
    page: 3,
    view: id,
  };
  const address = writeAddress(new URLSearchParams("new=&page=9"), state, fields);
  assert.equal(address.has("new"), true);
  assert.deepEqual(readAddress(new URLSearchParams(address.toString()), fields), state);
  assert.equal(writeAddress(address, plain, fields).toString(), "new=");
});

test("what was typed and what a customer's fields hold is not in the address", () => {
  const chips = [chip("name", "contains", "华信"), chip("phone", "is", "13812345678"), chip("city", "is", "Lima")];
  const owner = { ...chip("owner", "is", id), values: [{ value: id, label: "李雷" }] };
  const address = writeAddress(new URLSearchParams(), { ...plain, chips: [...chips, owner] }, fields).toString();
  assert.equal(address, `filter=owner%3Ais%3A${id}`);
});

test("a view that is as it is kept stands in the address by its id alone; one that was changed says how", () => {
  const view = { ...plain, view: id, chips: [chip("level", "is", "a")] };
  assert.equal(writeAddress(new URLSearchParams(), view, fields, true).toString(), `view=${id}`);
  const emptied = writeAddress(new URLSearchParams(), { ...plain, view: id }, fields);
  assert.ok(saysFilter(emptied), "a filter that was taken away is not the view's");
  assert.deepEqual(readAddress(emptied, fields), { ...plain, view: id });
});

test("an address that makes no sense is the plain list", () => {
  const bad =
    "sort=nothing,-&page=-1&view=x&match=none&filter=level:is:zz&filter=owner:is:x&filter=name:contains:华信&filter=phone:is:1&filter=employees:more:abc&filter=nextAt:from:2026-99-99&filter=x";
  assert.deepEqual(readAddress(new URLSearchParams(bad), fields), plain);
});
