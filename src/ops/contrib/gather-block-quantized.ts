import { intAttr } from "../../onnx/attributes.js";
import { bitsOf } from "../../onnx/dtype.js";
import type { Shape } from "../../onnx/types.js";
import { checkedAdd, checkedMul, mulDims } from "../../shapes/dims.js";
import { malformed } from "../checks.js";
import { fact, requiredInput, tensorBytes } from "../facts.js";
import { gatherShape } from "../gather.js";
import { defineOperator, type Operator, type ValueFact } from "../operator.js";
import { knownElements } from "../work.js";
import { MICROSOFT } from "./domains.js";
import { DEQUANTIZE } from "./quantization.js";

interface GatherBlockAttributes {
  readonly axis: number;
  /** Of an element, where the data are bytes. */
  readonly bits: number;
}

const BYTE = 8;

/**
 * GatherBlockQuantized (data, indices, scales, zero points): rows of a table of integers, as floats. The integers are of 4
 * bits, or lie in bytes whose last axis holds as many in each as there is room for. Cost: the rows that are looked up and
 * the indices are read, and each element is dequantized.
 */
const gatherBlockQuantized = defineOperator<GatherBlockAttributes>({
  domain: MICROSOFT,
  type: "GatherBlockQuantized",
  since: [1],
  kind: "movement",
  parseAttributes(node) {
    const bits = intAttr(node, "bits", 4);
    if (![2, 4, BYTE].includes(bits)) throw malformed(node, "bits", `bits must be 2, 4 or 8, not ${bits}`);
    return { axis: intAttr(node, "gather_axis", 0), bits };
  },
  inferShapes(context) {
    const { axis, bits } = context.attributes;
    const table = unpacked(requiredInput(context, 0, "data"), bits);
    const rows = gatherShape(table, requiredInput(context, 1, "indices").shape, axis);
    return [fact(requiredInput(context, 2, "scales").dtype, rows)];
  },
  cost(context) {
    const { inputs, outputs } = context;
    const elements = knownElements(outputs[0]?.shape);
    const { dtype } = requiredInput(context, 0, "data");
    const bits = dtype === null || dtype === "uint8" ? context.attributes.bits : bitsOf(dtype);
    const rows = Math.ceil(checkedMul(elements, bits) / BYTE);
    return {
      macs: 0,
      flops: checkedMul(elements, DEQUANTIZE),
      bytesRead: checkedAdd(rows, tensorBytes(inputs.slice(1, 2))),
      bytesWritten: tensorBytes(outputs),
    };
  },
});

/** The table's shape in elements; unknown where its type is, and with it how many are in a byte. */
function unpacked({ dtype, shape }: ValueFact, bits: number): Shape {
  if (dtype === null || shape === null) return null;
  if (dtype !== "uint8" || shape.length === 0) return shape;
  return shape.with(-1, mulDims(shape.at(-1) ?? null, BYTE / bits));
}

export const operators: readonly Operator[] = [gatherBlockQuantized];
