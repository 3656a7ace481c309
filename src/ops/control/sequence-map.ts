import type { OnnxGraph } from "../../onnx/types.js";
import { sequenceInput, sequenceOf, variableFact } from "../containers.js";
import { requiredInput } from "../facts.js";
import { defineOperator, type InferenceContext, type Operator, type ValueFact } from "../operator.js";
import { bodiesOf, outputsBeyond, repeatedCost, requiredGraph } from "./bodies.js";

interface MapAttributes {
  readonly body: OnnxGraph;
}

/**
 * SequenceMap: runs its body on each tensor of a sequence, and on the tensors of other sequences at the same place; a
 * tensor among the inputs is given to every run. Outputs are sequences of what the runs gave. Cost: as many times the
 * body's as there are tensors.
 */
const sequenceMap = defineOperator<MapAttributes>({
  domain: "",
  type: "SequenceMap",
  since: [17],
  kind: "control",
  parseAttributes: (node) => ({ body: requiredGraph(node, "body") }),
  inferShapes(context) {
    const { node, attributes } = context;
    outputsBeyond(node, "body", attributes.body, node.outputs.length);
    const { length } = sequenceInput(context, 0, "input_sequence");
    const inputs = context.inputs.map((_, at) => elementOf(context, at));
    return bodiesOf(context).infer(attributes.body, inputs).outputs.map((each) => sequenceOf(each, length));
  },
  cost(context) {
    const { length } = sequenceInput(context, 0, "input_sequence");
    const run = bodiesOf(context).last(context.attributes.body);
    return repeatedCost(run?.cost ?? null, typeof length === "number" ? length : null);
  },
});

function elementOf(context: InferenceContext<MapAttributes>, at: number): ValueFact {
  if (at === 0) return sequenceInput(context, at, "input_sequence").element;
  const input = requiredInput(context, at, "additional_inputs");
  return input.container?.kind === "sequence" ? input.container.element : variableFact(input);
}

export const operators: readonly Operator[] = [sequenceMap];
