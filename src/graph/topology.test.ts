import { expect, it } from "vitest";
import { topologicalOrder, type Ordering } from "./topology.js";

function orderOf(predecessors: readonly (readonly number[])[]): Ordering {
  const offsets = [0];
  for (const before of predecessors) offsets.push((offsets.at(-1) ?? 0) + before.length);
  return topologicalOrder({ offsets: Uint32Array.from(offsets), items: Uint32Array.from(predecessors.flat()) });
}

it("keeps an order that holds already", () => {
  expect(orderOf([[], [], [0], [1, 2]])).toEqual({ order: [0, 1, 2, 3] });
  expect(orderOf([])).toEqual({ order: [] });
});

it("sorts nodes that come before what they need", () => {
  expect(orderOf([[2, 2], [0], []])).toEqual({ order: [2, 0, 1] });
});

it.each([
  [[[0]], [0]],
  [[[1], [0]], [0, 1]],
  [[[], [3], [1], [2, 0], [3]], [1, 2, 3]],
])("finds a node on the cycle of %j", (predecessors, cycle) => {
  const ordering = orderOf(predecessors);
  expect("cycleThrough" in ordering && cycle.includes(ordering.cycleThrough)).toBe(true);
});

it("sorts a reversed chain of 100,000 without recursion", () => {
  const length = 100_000;
  const ordering = orderOf(Array.from({ length }, (_, node) => (node + 1 < length ? [node + 1] : [])));
  expect("order" in ordering && ordering.order[0]).toBe(length - 1);
});
