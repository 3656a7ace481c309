import { expect, it } from "vitest";
import { topologicalOrder } from "./topology.js";

it("keeps an order that holds already", () => {
  expect(topologicalOrder([[], [], [0], [1, 2]])).toEqual({ order: [0, 1, 2, 3] });
  expect(topologicalOrder([])).toEqual({ order: [] });
});

it("sorts nodes that come before what they need", () => {
  expect(topologicalOrder([[2, 2], [0], []])).toEqual({ order: [2, 0, 1] });
});

it.each([
  [[[0]], [0]],
  [[[1], [0]], [0, 1]],
  [[[], [3], [1], [2, 0], [3]], [1, 2, 3]],
])("finds a node on the cycle of %j", (predecessors, cycle) => {
  const ordering = topologicalOrder(predecessors);
  expect("cycleThrough" in ordering && cycle.includes(ordering.cycleThrough)).toBe(true);
});

it("sorts a reversed chain of 100,000 without recursion", () => {
  const length = 100_000;
  const ordering = topologicalOrder(Array.from({ length }, (_, node) => (node + 1 < length ? [node + 1] : [])));
  expect("order" in ordering && ordering.order[0]).toBe(length - 1);
});
