import { expect, it } from "vitest";
import { built, sequenceValue, type Built } from "../../../test/helper/built.js";
import { graphAttribute, graphOf, nodeOf, valueOf } from "../../../test/helper/onnx.js";
import type { OnnxNode } from "../../onnx/types.js";

/** Multiplies each tensor of a sequence by w [3, 5]. */
function map(before: readonly OnnxNode[], sequence: string): Built {
  const body = graphOf({
    inputs: [valueOf("t", null, null), valueOf("m", null, null)],
    nodes: [nodeOf("MatMul", ["t", "m"], ["product"])],
    outputs: ["product"],
  });
  const node = nodeOf("SequenceMap", [sequence, "w"], ["y"], { attributes: { body: graphAttribute(body) } });
  return built({
    inputs: [sequenceValue("s", [2, 3]), valueOf("a", [2, 3]), valueOf("w", [3, 5])],
    nodes: [...before, node],
    outputs: ["y"],
  });
}

it("gives a sequence of what its body makes of each tensor", () => {
  const found = map([], "s");
  expect(found.fact("y").container).toMatchObject({ kind: "sequence", length: null, element: { dtype: "float32", shape: [2, 5] } });
  expect(found.node("SequenceMap").cost).toBeNull();
});

it("costs its body's work for each tensor", () => {
  const found = map([nodeOf("SequenceConstruct", ["a", "a", "a"], ["three"])], "three");
  expect(found.fact("y").container).toMatchObject({ length: 3, element: { shape: [2, 5] } });
  expect(found.node("SequenceMap").cost?.macs).toBe(3 * 2 * 3 * 5);
});

it("refuses a tensor in the place of the sequence", () => {
  expect(() => map([], "a")).toThrow('input "input_sequence" is no sequence');
});
