import type { OnnxNode, Shape } from "../../onnx/types.js";
import * as conv from "../conv.js";
import { fact, integerValues, optionalInput } from "../facts.js";
import { defineOperator, type Operator } from "../operator.js";
import { computeCost } from "../work.js";
import { pick } from "./derived.js";
import { MICROSOFT } from "./domains.js";
import { standard } from "./standard.js";

const CONV_TRANSPOSE = standard(conv.operators, "ConvTranspose", 11);
const operands = pick(0, 1, 3);

/**
 * ConvTranspose whose pads are an input (X, W, Pads, B). Where they are not known before the run, neither are the
 * spatial extents.
 */
const convTransposeWithDynamicPads = defineOperator<unknown>({
  domain: MICROSOFT,
  type: "ConvTransposeWithDynamicPads",
  since: [1],
  kind: "conv",
  parseAttributes: (node) => CONV_TRANSPOSE.parseAttributes(node),
  inferShapes(context) {
    const { node, inputs } = context;
    const padsInput = optionalInput(context, 2);
    const pads = integerValues(padsInput);
    const padded = pads === null ? node : withPads(node, pads);
    const inferred = CONV_TRANSPOSE.inferShapes(padded, CONV_TRANSPOSE.parseAttributes(padded), operands(inputs));
    if (padsInput === null || pads !== null) return inferred;
    return inferred.map(({ dtype, shape }) => fact(dtype, withoutExtents(shape)));
  },
  cost(context) {
    const { node, attributes, inputs, outputs } = context;
    return computeCost(context, CONV_TRANSPOSE.work(node, attributes, operands(inputs), outputs));
  },
});

function withPads(node: OnnxNode, pads: readonly number[]): OnnxNode {
  return { ...node, attributes: new Map([...node.attributes, ["pads", { kind: "ints", value: pads }]]) };
}

function withoutExtents(shape: Shape): Shape {
  return shape === null ? null : shape.map((dim, axis) => (axis < 2 ? dim : null));
}

export const operators: readonly Operator[] = [convTransposeWithDynamicPads];
