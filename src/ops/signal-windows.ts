import type { DataType } from "../onnx/dtype.js";
import type { OnnxNode } from "../onnx/types.js";
import { addDims, floorDivDims } from "../shapes/dims.js";
import { typeAttr } from "./checks.js";
import { fact, requiredInput } from "./facts.js";
import { defineOperator, type Operator } from "./operator.js";
import { dimFromScalar } from "./shape-value.js";
import { computeCost, perElement } from "./work.js";

interface Generated {
  readonly dtype: DataType;
}

function parseGenerated(node: OnnxNode): Generated {
  return { dtype: typeAttr(node, "output_datatype") ?? "float32" };
}

/** A window over a frame of a signal, of the length that the input tells: sums of cosines of the position. */
function signalWindow(type: string, flopsPerElement: number): Operator {
  return defineOperator<Generated>({
    domain: "",
    type,
    since: [17],
    kind: "constant",
    parseAttributes: parseGenerated,
    inferShapes(context) {
      const size = dimFromScalar(requiredInput(context, 0, "size"), "size");
      return [fact(context.attributes.dtype, [size])];
    },
    cost: (context) => computeCost(context, { otherFlops: perElement(context.outputs[0]?.shape, flopsPerElement) }),
  });
}

/**
 * MelWeightMatrix: num_mel_bins, dft_length, sample_rate and two edges -> `[floor(dft_length / 2) + 1, num_mel_bins]`, of
 * triangles whose elements are each a difference and a quotient; those that are 0 are counted.
 */
const melWeightMatrix = defineOperator<Generated>({
  domain: "",
  type: "MelWeightMatrix",
  since: [17],
  kind: "constant",
  parseAttributes: parseGenerated,
  inferShapes(context) {
    const bands = dimFromScalar(requiredInput(context, 0, "num_mel_bins"), "num_mel_bins");
    const length = dimFromScalar(requiredInput(context, 1, "dft_length"), "dft_length");
    return [fact(context.attributes.dtype, [addDims(floorDivDims(length, 2), 1), bands])];
  },
  cost: (context) => computeCost(context, { otherFlops: perElement(context.outputs[0]?.shape, 2) }),
});

export const operators: readonly Operator[] = [
  // angle, cosine, multiply, subtract
  signalWindow("HannWindow", 4),
  signalWindow("HammingWindow", 4),
  // angle and its double, two cosines, two multiplications, subtract and add
  signalWindow("BlackmanWindow", 8),
  melWeightMatrix,
];
