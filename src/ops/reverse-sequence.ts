import { intAttr } from "../onnx/attributes.js";
import type { OnnxNode } from "../onnx/types.js";
import { assertMinimumRank, assertVector, malformed } from "./checks.js";
import { copyCost, fact, requiredInput } from "./facts.js";
import { defineOperator, type Operator } from "./operator.js";

export interface ReverseSequenceAttributes {
  readonly batchAxis: number;
  readonly timeAxis: number;
}

/** ReverseSequence: the first elements of each sequence of a batch, as many as it is long, turned round. */
const reverseSequence = defineOperator<ReverseSequenceAttributes>({
  domain: "",
  type: "ReverseSequence",
  since: [10, 28],
  kind: "movement",
  parseAttributes: parseAxes,
  inferShapes(context) {
    const { node, attributes } = context;
    const { dtype, shape } = requiredInput(context, 0, "input");
    assertMinimumRank(node, "input", shape, 2);
    const lengths = requiredInput(context, 1, "sequence_lens").shape;
    assertVector(node, "sequence_lens", lengths, shape?.[attributes.batchAxis] ?? null);
    return [fact(dtype, shape)];
  },
  cost: copyCost,
});

function parseAxes(node: OnnxNode): ReverseSequenceAttributes {
  const batchAxis = intAttr(node, "batch_axis", 1);
  const timeAxis = intAttr(node, "time_axis", 0);
  if ((batchAxis === 0 && timeAxis === 1) || (batchAxis === 1 && timeAxis === 0)) return { batchAxis, timeAxis };
  throw malformed(node, "time_axis", `batch_axis ${batchAxis} and time_axis ${timeAxis} should be 0 and 1`);
}

export const operators: readonly Operator[] = [reverseSequence];
