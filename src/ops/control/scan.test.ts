import { describe, expect, it } from "vitest";
import { built, type Built } from "../../../test/helper/built.js";
import { graphAttribute, graphOf, nodeOf, tensorOf, valueOf, type AttributeSpec } from "../../../test/helper/onnx.js";
import type { Dim } from "../../onnx/types.js";

/** Sums slices of x into a state and hands both on; `y` is the last state, `z` are all of them. */
function scan(state: readonly Dim[], x: readonly Dim[], attributes: AttributeSpec = {}, opset = 21, lengths = ""): Built {
  const body = graphOf({
    inputs: [valueOf("s", null, null), valueOf("slice", null, null)],
    nodes: [nodeOf("Add", ["s", "slice"], ["sum"]), nodeOf("Relu", ["sum"], ["out"])],
    outputs: ["sum", "out"],
  });
  const given = opset < 9 ? [lengths, "state", "x"] : ["state", "x"];
  const node = nodeOf("Scan", given, ["y", "z"], {
    attributes: { body: graphAttribute(body), num_scan_inputs: 1, ...attributes },
  });
  return built({
    inputs: [valueOf("state", state), valueOf("x", x), valueOf("open", [2], "int64")],
    initializers: [tensorOf("lengths", [2], [3, 1])],
    nodes: [node],
    outputs: ["y", "z"],
    opset,
  });
}

describe("Scan", () => {
  it("runs once for each slice and stacks what the runs gave", () => {
    const found = scan([2], [7, 2]);
    expect(found.fact("y")).toMatchObject({ dtype: "float32", shape: [2] });
    expect(found.fact("z").shape).toEqual([7, 2]);
    expect(found.node("Scan").cost?.flops).toBe(7 * (2 + 2));
  });

  it("slices and stacks along other axes, counted from the end too", () => {
    const axes = { scan_input_axes: [-1], scan_output_axes: [1] };
    expect(scan([2], [2, 7], axes).fact("z").shape).toEqual([2, 7]);
    expect(() => scan([2], [2, 7], { scan_input_axes: [2] })).toThrow("axis 2 is outside");
  });

  it("keeps a symbol for the number of slices, and has no cost then", () => {
    const found = scan([2], ["T", 2]);
    expect(found.fact("z").shape).toEqual(["T", 2]);
    expect(found.node("Scan").cost).toBeNull();
  });

  it("lets go of a state that changes its shape", () => {
    expect(scan([1], [7, 2]).fact("y").shape).toEqual([2]);
    expect(scan([1], ["T", 2]).fact("y").shape).toEqual([null]);
  });

  it("had a batch in front in opset 8", () => {
    const found = scan([4, 2], [4, 7, 2], {}, 8);
    expect(found.fact("y").shape).toEqual([4, 2]);
    expect(found.fact("z").shape).toEqual([4, 7, 2]);
    expect(found.node("Scan").cost?.flops).toBe(4 * 7 * (2 + 2));
  });

  it("runs as often as the lengths of opset 8 say", () => {
    expect(scan([2, 2], [2, 7, 2], {}, 8, "lengths").node("Scan").cost?.flops).toBe(4 * (2 + 2));
    expect(scan([2, 2], [2, 7, 2], {}, 8, "open").node("Scan").cost).toBeNull();
    expect(scan([2, 2], [2, 7, 2], {}, 8, "open").fact("z").shape).toEqual([2, 7, 2]);
  });

  it("refuses inputs that are too few, or contradict each other", () => {
    expect(() => scan([2], [7, 2], { num_scan_inputs: 3 })).toThrow("2 inputs for 3 to scan");
    expect(() => scan([2], [7, 2], { num_scan_inputs: 0 })).toThrow("must be at least 1");
    expect(() => scan([4, 2], [3, 7, 2], {}, 8)).toThrow("a dimension is");
  });
});
