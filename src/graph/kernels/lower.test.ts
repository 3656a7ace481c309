import { describe, expect, it } from "vitest";
import { loweringBreaches } from "../../../test/helper/lowering-breaches.js";
import { kernelTexts, lower, Network } from "../../../test/helper/network.js";
import { randomGraphs } from "../../../test/helper/random-graph.js";
import type { Graph } from "../types.js";
import { lowerToKernels } from "./lower.js";
import { ENGINE_NAMES } from "./rules/engines.js";
import type { KernelGraph } from "./types.js";

describe("the kernel graph", () => {
  const network = new Network();
  const first = network.conv(network.input([1, 3, 8, 8]), 3, 32);
  const second = network.conv(network.node("Relu", [first]), 32, 32);
  const graph = network.graph(network.node("Elu", [second]));
  const { kernels, adjacency, fusedInto } = lower(graph);

  it("numbers kernels by their place", () => {
    expect(kernels.map(({ id }) => id)).toEqual([0, 1, 2, 3]);
  });

  it("reports a reorder under the node that made the value", () => {
    expect(kernels.map(({ op, owner }) => [op, owner])).toEqual([["Conv", 0], ["Conv", 2], ["ReorderOutput", 2], ["Elu", 3]]);
  });

  it("reports a reorder of what no kernel made under the node that wants it", () => {
    const alone = new Network();
    const pool = alone.maxPool(alone.input([1, 32, 8, 8]));
    expect(lower(alone.graph(pool)).kernels.map(({ owner }) => owner)).toEqual([0, 0, 0]);
  });

  it("has an edge from each kernel to those that read it, reorders in between", () => {
    expect([...adjacency.rowOffsets]).toEqual([0, 1, 2, 3, 3]);
    expect([...adjacency.columns]).toEqual([1, 2, 3]);
  });

  it("maps the fused nodes to their kernel's main one", () => {
    expect(fusedInto).toEqual(new Map([[1, 0]]));
  });

  it("has no reorders without blocks", () => {
    expect(kernelTexts(graph, 0)).toEqual(["Conv+Relu", "Conv", "Elu"]);
  });
});

describe("a chain of 20,000 nodes is lowered in linear time", () => {
  const LENGTH = 20_000;
  const chain = (start: (network: Network) => string, step: (network: Network, value: string) => string): Graph => {
    const network = new Network();
    let value = start(network);
    for (let i = 0; i < LENGTH; i += 1) value = step(network, value);
    return network.graph(value);
  };
  const timed = (graph: Graph): KernelGraph => {
    const started = performance.now();
    const lowered = lower(graph);
    // A tenth of a second is usual; quadratic time would take minutes.
    expect(performance.now() - started).toBeLessThan(5000);
    return lowered;
  };

  it("where nothing fuses", () => {
    const graph = chain((net) => net.input([1, 4]), (net, value) => net.node("Relu", [value]));
    expect(timed(graph).kernels).toHaveLength(LENGTH);
  });

  it("where everything fuses", () => {
    const graph = chain(
      (net) => net.conv(net.input([1, 3, 4, 4]), 3, 8),
      (net, value) => net.batchNorm(value, 8),
    );
    const { kernels, fusedInto } = timed(graph);
    expect(kernels.map(({ op }) => op)).toEqual(["Conv", "ReorderOutput"]);
    expect(fusedInto.size).toBe(LENGTH);
  });

  it("where everything vanishes", () => {
    const graph = chain((net) => net.input([1, 4]), (net, value) => net.node("Identity", [value]));
    expect(timed(graph).kernels).toHaveLength(1);
  });
});

describe("whatever the engine", () => {
  it.each(ENGINE_NAMES)("%s computes each node once, from what is there", (engine) => {
    for (const [trial, graph] of randomGraphs(11, 200).entries()) {
      const lowered = lowerToKernels(graph, { engine, channelBlock: 0 });
      expect({ trial, breaches: loweringBreaches(lowered) }).toEqual({ trial, breaches: [] });
      expect(lowered.kernels.every(({ calls }) => calls.length > 0)).toBe(true);
    }
  });
});

describe("whatever the graph", () => {
  it.each([0, 8, 16])("each node is computed once, from what is there in its layout (block %i)", (channelBlock) => {
    for (const [trial, graph] of randomGraphs(7, 300).entries()) {
      const lowered = lower(graph, channelBlock);
      expect({ trial, breaches: loweringBreaches(lowered) }).toEqual({ trial, breaches: [] });
      const reorders = lowered.kernels.filter(({ nodes }) => nodes.length === 0);
      if (channelBlock === 0) expect(reorders).toEqual([]);
    }
  });
});
