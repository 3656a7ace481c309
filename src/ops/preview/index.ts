import type { Operator } from "../operator.js";
import * as flexAttention from "./flex-attention.js";
import * as gradient from "./gradient.js";
import * as optimizers from "./optimizers.js";

/** Operators that the standard tries out: ai.onnx.preview and ai.onnx.preview.training. */
export const operators: readonly Operator[] = [...flexAttention.operators, ...gradient.operators, ...optimizers.operators];
