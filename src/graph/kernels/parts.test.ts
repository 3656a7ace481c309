import { describe, expect, it } from "vitest";
import { lower, Network } from "../../../test/helper/network.js";

/** Slices [from, to) of axis 1 of a tensor with 12 channels, each read by an Elu. */
function sliced(...cuts: readonly (readonly [number, number])[]): string[] {
  const network = new Network();
  const x = network.node("Elu", [network.input([1, 12, 4, 4])]);
  const parts = cuts.map(([from, to]) =>
    network.node("Elu", [network.node("Slice", [x, network.integers(from), network.integers(to), network.integers(1)])]),
  );
  return lower(network.graph(...parts)).kernels.map(({ op }) => op).filter((op) => op !== "Elu");
}

describe("slices of one tensor are one Split", () => {
  it("where they part an axis, in whatever order and counted from either end", () => {
    expect(sliced([0, 4], [4, 8], [8, 12])).toEqual(["Split"]);
    expect(sliced([8, 1e9], [0, -8], [-8, 8])).toEqual(["Split"]);
  });

  it("not where they leave a gap, overlap or end early", () => {
    expect(sliced([0, 4], [5, 8], [8, 12])).toEqual(["Slice", "Slice", "Slice"]);
    expect(sliced([0, 4], [3, 8], [8, 12])).toEqual(["Slice", "Slice", "Slice"]);
    expect(sliced([0, 4], [4, 8], [8, 11])).toEqual(["Slice", "Slice", "Slice"]);
  });

  it("also where they are two", () => {
    expect(sliced([0, 6], [6, 12])).toEqual(["Split"]);
  });
});

describe("indices into one tensor", () => {
  const gathered = (indices: readonly number[], alsoRead: boolean) => {
    const network = new Network();
    const x = network.node("Elu", [network.input([2, 4, 4])]);
    const parts = indices.map((index) => network.node("Gather", [x, network.index(index)], { axis: 0 }));
    const outputs = [...parts, ...(alsoRead ? [network.node("Relu", [x])] : [])];
    return lower(network.graph(...outputs)).kernels.map(({ calls }) => calls.join());
  };

  it("are a Split, and a Squeeze for each", () => {
    expect(gathered([0, 1], false)).toEqual(["Elu", "Split,Squeeze,Squeeze"]);
    expect(gathered([-1, -2], false)).toEqual(["Elu", "Split,Squeeze,Squeeze"]);
  });

  it("stay where something else reads the tensor, or one is missing", () => {
    expect(gathered([0, 1], true)).toEqual(["Elu", "Gather", "Gather", "Relu"]);
    expect(gathered([1], false)).toEqual(["Elu", "Gather"]);
  });
});
