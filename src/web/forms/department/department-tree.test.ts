// The tree keeps every department, whatever its parents are.
/// <reference types="node" />
import assert from "node:assert/strict";
import { test } from "node:test";
import { type DepartmentNode, departmentLabels, departmentTree, withAbove, withBelow } from "./department-tree.ts";

const item = (id: string, parent: string | null, position = 0) => ({ id, parent, position, name: id });
const flat = (nodes: readonly DepartmentNode<{ id: string }>[]): string[] =>
  nodes.flatMap((node) => [`${node.depth}${node.item.id}`, ...flat(node.children)]);

test("children stand below their parent, by position", () => {
  assert.deepEqual(flat(departmentTree([item("c", "a", 2), item("b", "a", 1), item("a", null), item("d", "b")])), [
    "0a",
    "1b",
    "2d",
    "1c",
  ]);
});

test("an unknown parent and a circle lose nothing", () => {
  const ids = flat(departmentTree([item("a", "gone"), item("b", "c"), item("c", "b"), item("d", "c")]))
    .map((text) => text.slice(1))
    .toSorted();
  assert.deepEqual(ids, ["a", "b", "c", "d"]);
});

test("below is the department and all under it", () => {
  assert.deepEqual(
    [...withBelow([item("a", null), item("b", "a"), item("c", "b"), item("d", null)], "a")],
    ["a", "b", "c"],
  );
});

test("above is the department and its parents, whatever the tree", () => {
  const items = [item("a", null), item("b", "a"), item("c", "b"), item("x", "y"), item("y", "x")];
  assert.deepEqual(withAbove(items, "c"), ["c", "b", "a"]);
  assert.deepEqual(withAbove(items, "x"), ["x", "y"]);
  assert.deepEqual(withAbove(items, null), []);
});

test("equal names are told apart by their parents", () => {
  const items = [item("a", null), { ...item("b", "a"), name: "East" }, { ...item("c", "b"), name: "East" }];
  assert.deepEqual([...departmentLabels(items).values()], ["a", "a / East", "East / East"]);
});
