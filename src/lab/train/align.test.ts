import { describe, expect, it } from "vitest";
import { lower, Network } from "../../../test/helper/network.js";
import type { Kernel as ProfiledKernel } from "../engines/engine.js";
import { alignProfile } from "./align.js";

function profiled(op: string, key: string | null, meanUs: number): ProfiledKernel {
  return { op, domain: "", key, inputs: [], medianUs: meanUs, meanUs };
}

const network = new Network();
const first = network.node("Relu", [network.conv(network.input([1, 12, 8, 8]), 12, 32)]);
/** ReorderInput x, Conv n0 (with n1), ReorderOutput n1, Elu n2. */
const KERNELS = lower(network.graph(network.node("Elu", [first])));

const PROFILE = [
  profiled("ReorderInput", "x", 5),
  profiled("Conv", "n1", 100),
  profiled("ReorderOutput", "n1", 7),
  profiled("Elu", "n2", 11),
];

describe("a profile that fits the lowering", () => {
  it("gives every kernel its time, by the name of its last fused node or of the tensor that it reorders", () => {
    expect(alignProfile(KERNELS, PROFILE)).toEqual({ us: Float32Array.of(5, 100, 7, 11), matchedShare: 1, exact: true });
  });

  it("may name the engine's fused variants", () => {
    const plain = new Network();
    const conv = plain.node("Relu", [plain.conv(plain.input([1, 30, 8, 8]), 30, 30)]);
    expect(alignProfile(lower(plain.graph(conv)), [profiled("FusedConv", "n1", 9)])).toMatchObject({ matchedShare: 1, exact: true });
  });

  it("books the two kernels of a hard swish on one, though their nodes have no names", () => {
    const swishes = new Network();
    const conv = swishes.node("HardSwish", [swishes.input([1, 30, 8, 8])]);
    const graph = swishes.graph(swishes.node("HardSwish", [conv]));
    const times = [1, 2, 4, 8].map((us, i) => profiled(i % 2 === 0 ? "HardSigmoid" : "Mul", null, us));
    expect(alignProfile(lower(graph), times)).toEqual({ us: Float32Array.of(3, 12), matchedShare: 1, exact: true });
  });

  it("finds a reorder by its kind and by the tensor that it reorders", () => {
    const pooling = new Network();
    const graph = pooling.graph(pooling.maxPool(pooling.input([1, 32, 8, 8])));
    const profile = [profiled("ReorderInput", "x", 1), profiled("MaxPool", "n0", 2), profiled("ReorderOutput", "n0", 4)];
    expect(alignProfile(lower(graph), profile).us).toEqual(Float32Array.of(1, 2, 4));
  });
});

describe("a profile that does not fit", () => {
  it("still books a time on the kernel that holds its node, so that the sum stays whole", () => {
    const unfused = [...PROFILE.slice(0, 1), profiled("Conv", "n0", 60), profiled("Relu", "n1", 40), ...PROFILE.slice(2)];
    const { us, matchedShare, exact } = alignProfile(KERNELS, unfused);
    expect([...us]).toEqual([5, 100, 7, 11]);
    expect({ matchedShare, exact }).toEqual({ matchedShare: 1, exact: false });
  });

  it("is not exact when a kernel has no time", () => {
    expect(alignProfile(KERNELS, PROFILE.slice(0, 3))).toMatchObject({ matchedShare: 1, exact: false });
  });

  it("has a smaller share where a time finds no kernel", () => {
    const { us, matchedShare, exact } = alignProfile(KERNELS, [...PROFILE, profiled("Cast", null, 123)]);
    expect([...us]).toEqual([5, 100, 7, 11]);
    expect(matchedShare).toBeCloseTo(0.5, 9);
    expect(exact).toBe(false);
  });

  it("books a reorder that the lowering does not have on the node that it is named after", () => {
    const { us, exact } = alignProfile(KERNELS, [...PROFILE, profiled("ReorderInput", "n1", 3)]);
    expect([...us]).toEqual([5, 103, 7, 11]);
    expect(exact).toBe(false);
  });

  it("matches nothing where nothing was profiled", () => {
    expect(alignProfile(KERNELS, [])).toEqual({ us: new Float32Array(4), matchedShare: 0, exact: false });
  });
});
