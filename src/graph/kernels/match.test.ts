import { describe, expect, it } from "vitest";
import { Network } from "../../../test/helper/network.js";
import type { Graph } from "../types.js";
import { DraftGraph } from "./draft-graph.js";
import { matches } from "./match.js";
import type { NodePattern } from "./rules/rule.js";

/** Operators that a pattern covers with its root at the last node, for each way in which it fits. */
function found(graph: Graph, pattern: NodePattern): string[][] {
  const drafts = new DraftGraph(graph);
  drafts.addNodes();
  const root = drafts.drafts.at(-1);
  if (root === undefined) throw new RangeError("no node");
  return [...matches(drafts, pattern, root)].map(({ members }) => members.map(({ op }) => op));
}

const network = (then: (net: Network, x: string) => string): Graph => {
  const net = new Network();
  return net.graph(then(net, net.input([4, 8])));
};

describe("a pattern", () => {
  const gate: NodePattern = { op: "Mul", anyOrder: true, inputs: [{ op: "Sigmoid", inputs: [{ value: "x" }] }, { value: "x" }] };

  it("wants one value under one name", () => {
    expect(found(network((net, x) => net.node("Mul", [x, net.node("Sigmoid", [x])])), gate)).toEqual([["Sigmoid", "Mul"]]);
    const other = network((net, x) => net.node("Mul", [net.node("Elu", [x]), net.node("Sigmoid", [x])]));
    expect(found(other, gate)).toEqual([]);
  });

  it("wants its inner nodes to have no reader but it", () => {
    const graph = new Network();
    const x = graph.input([4, 8]);
    const sigmoid = graph.node("Sigmoid", [x]);
    expect(found(graph.graph(sigmoid, graph.node("Mul", [x, sigmoid])), gate)).toEqual([]);
  });

  it("tells constants by their value, and knows none of what a file does not state", () => {
    const plusOne: NodePattern = { op: "Add", anyOrder: true, inputs: [{ value: "x" }, { constant: "one", equals: 1 }] };
    const adding = (values: readonly number[] | null) => network((net, x) => net.node("Add", [net.constant([], values), x]));
    expect(found(adding([1.0001]), plusOne)).toHaveLength(1);
    expect(found(adding([1.01]), plusOne)).toEqual([]);
    expect(found(adding(null), plusOne)).toEqual([]);
  });

  it("takes what is left out of an attribute as its default", () => {
    const view: NodePattern = { op: "Reshape", attributes: { allowzero: { is: 0, default: 0 } } };
    const reshaped = (attributes: Record<string, number>) =>
      network((net, x) => net.node("Reshape", [x, net.integers(32)], attributes));
    expect(found(reshaped({}), view)).toHaveLength(1);
    expect(found(reshaped({ allowzero: 1 }), view)).toEqual([]);
  });
});
