import { fact, optionalInput, requiredInput, scalarValue, tensorBytes, tensorElements } from "./facts.js";
import { defineOperator, type InferenceContext, type Operator } from "./operator.js";

/**
 * Dropout: at inference its output is its input and no data moves; a mask that somebody asks for is written out. With
 * the training_mode input of opset 12 set it draws and scales every element.
 */
const dropout = defineOperator<null>({
  domain: "",
  type: "Dropout",
  since: [1, 6, 7, 10, 12, 13, 22],
  kind: "view",
  parseAttributes: () => null,
  inferShapes(context) {
    const data = requiredInput(context, 0, "data");
    const output = isTraining(context) ? fact(data.dtype, data.shape) : data;
    return [output, fact(context.opset < 10 ? data.dtype : "bool", data.shape)];
  },
  cost(context) {
    const [data] = context.inputs;
    const [output, mask] = context.outputs;
    const maskBytes = tensorBytes([mask]);
    if (!isTraining(context)) return { macs: 0, flops: 0, bytesRead: 0, bytesWritten: maskBytes };
    return {
      macs: 0,
      flops: 2 * tensorElements([data]), // one comparison and one scaling each
      bytesRead: tensorBytes([data]),
      bytesWritten: tensorBytes([output]) + maskBytes,
    };
  },
});

function isTraining(context: InferenceContext<null>): boolean {
  return scalarValue(optionalInput(context, 2)) === 1;
}

export const operators: readonly Operator[] = [dropout];
