import { checkedAdd, checkedMul } from "../../shapes/dims.js";
import { requiredInput } from "../facts.js";
import type { Operator, ValueFact } from "../operator.js";
import * as recurrent from "../recurrent.js";
import { derived, elementFlops, pick } from "./derived.js";
import { MICROSOFT } from "./domains.js";
import { DYNAMIC_QUANTIZE } from "./quantization.js";
import { standard, type Tensors } from "./standard.js";

const LSTM = standard(recurrent.operators, "LSTM", 7);
const GATES = 4;
/** Both products of a gate are rescaled. */
const RESCALE = 2;

/**
 * LSTM (X, W, R, B, sequence_lens, initial_h, initial_c, P, scales and zero points of W and R) with weights of 8 bits that
 * lie the other way round than LSTM's, `[directions, I, 4H]` and `[directions, H, 4H]`. X and every step's state are
 * quantized on the way, with a range found in them; X once for each direction.
 */
const dynamicQuantizeLstm = derived({
  domain: MICROSOFT,
  type: "DynamicQuantizeLSTM",
  base: LSTM,
  operands,
  resultType: (context) => requiredInput(context, 0, "X").dtype,
  extraFlops(context) {
    const directions = requiredInput(context, 1, "W").shape?.[0] ?? null;
    const inputs = typeof directions === "number" ? checkedMul(directions, elementFlops(context.inputs[0], DYNAMIC_QUANTIZE)) : 0;
    // Y may be left out: it has an element for each state.
    const states = LSTM.inferShapes(context.node, context.attributes.base, operands(context.inputs))[0];
    return checkedAdd(inputs, elementFlops(states, DYNAMIC_QUANTIZE + GATES * RESCALE));
  },
});

function operands(inputs: Tensors): Tensors {
  const [x = null, w = null, r = null, b = null] = pick(0, 1, 2, 3)(inputs);
  return [x, turned(w), turned(r), b];
}

/** With its last two axes swapped; LSTM says what is wrong with another rank. */
function turned(weights: ValueFact | null): ValueFact | null {
  if (weights?.shape?.length !== 3) return weights;
  const [directions = null, inputs = null, gates = null] = weights.shape;
  return { ...weights, shape: [directions, gates, inputs], value: null };
}

export const operators: readonly Operator[] = [dynamicQuantizeLstm];
