import { graphAttr, intAttr } from "../../onnx/attributes.js";
import type { Dim, OnnxGraph } from "../../onnx/types.js";
import { ModelError } from "../../wire/errors.js";
import { contradiction } from "../checks.js";
import { bodiesOf, requiredGraph } from "../control/bodies.js";
import { fact, optionalInput, requiredInput, scalarValue, UNKNOWN_FACT } from "../facts.js";
import { defineOperator, type InferenceContext, type Operator, type ValueFact } from "../operator.js";
import { assertRank } from "./dimensions.js";
import { MICROSOFT } from "./domains.js";

interface GenerationAttributes {
  /** Encoder, first decoding run and decoder, as far as they are there. */
  readonly graphs: readonly OnnxGraph[];
  readonly vocabulary: Dim;
}

interface GenerationOptions {
  readonly type: string;
  /** Facts of the outputs. */
  readonly outputs: (context: InferenceContext<GenerationAttributes>, batch: Dim) => readonly ValueFact[];
}

const MAX_LENGTH = 1;
const BEAMS = 3;
const RETURNED = 4;

/**
 * Text that a decoder writes word by word, in a graph that runs until each sequence has ended. How often it runs depends on
 * the data, so the work is not known; what the graphs weigh and which of their operators are not known is.
 */
function generation({ type, outputs }: GenerationOptions): Operator {
  return defineOperator<GenerationAttributes>({
    domain: MICROSOFT,
    type,
    since: [1],
    kind: "control",
    parseAttributes(node) {
      const before = ["encoder", "init_decoder"].map((name) => graphAttr(node, name));
      const vocabulary = intAttr(node, "vocab_size", -1);
      return {
        graphs: [...before.filter((graph) => graph !== undefined), requiredGraph(node, "decoder")],
        vocabulary: vocabulary > 0 ? vocabulary : null,
      };
    },
    inferShapes(context) {
      const bodies = bodiesOf(context);
      for (const graph of context.attributes.graphs) bodies.attempt(graph, graph.inputs.map(() => UNKNOWN_FACT));
      const batch = requiredInput(context, 0, "input_ids").shape?.[0] ?? null;
      return outputs(context, batch).slice(0, context.node.outputs.length);
    },
    cost: ({ node }) => {
      throw new ModelError("unresolved-dimension", `how often the decoder of ${node.opType} runs is not known`);
    },
  });
}

/** A number that an input tells: a length, beams, sequences. */
function countAt(context: InferenceContext<unknown>, place: number, field: string): Dim {
  const count = scalarValue(requiredInput(context, place, field));
  if (typeof count !== "number" || (Number.isSafeInteger(count) && count >= 1)) return count;
  throw contradiction(context.node, field, `${field} must not be ${count}`);
}

const lengthOf = (context: InferenceContext<unknown>): Dim => countAt(context, MAX_LENGTH, "max_length");

/** `[B, returned, length]`, their scores, and those of every word at every step. */
function beamOutputs(context: InferenceContext<GenerationAttributes>, batch: Dim): readonly ValueFact[] {
  const beams = countAt(context, BEAMS, "num_beams");
  const returned = countAt(context, RETURNED, "num_return_sequences");
  // length_penalty, the first input of the scores' type
  const dtype = optionalInput(context, 5)?.dtype ?? null;
  return [
    fact("int32", [batch, returned, lengthOf(context)]),
    fact(dtype, [batch, returned]),
    fact(dtype, [null, batch, beams, context.attributes.vocabulary]),
  ];
}

/** `[B, length]`. */
function sequences(context: InferenceContext<GenerationAttributes>, batch: Dim): ValueFact {
  assertRank(context.node, "input_ids", requiredInput(context, 0, "input_ids").shape, 2);
  return fact("int32", [batch, lengthOf(context)]);
}

export const operators: readonly Operator[] = [
  generation({ type: "BeamSearch", outputs: beamOutputs }),
  // Two more: products of queries and keys by layer and head, and a probability for each of the batch.
  generation({
    type: "WhisperBeamSearch",
    outputs: (context, batch) => [...beamOutputs(context, batch), UNKNOWN_FACT, fact(null, [batch])],
  }),
  generation({ type: "GreedySearch", outputs: (context, batch) => [sequences(context, batch)] }),
  generation({
    type: "Sampling",
    outputs: (context, batch) => [sequences(context, batch), fact(null, [batch, context.attributes.vocabulary])],
  }),
];
