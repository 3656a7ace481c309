import type { Operator } from "../operator.js";
import * as features from "./features.js";
import * as linear from "./linear.js";
import * as trees from "./trees.js";

/** Every operator of ai.onnx.ml. */
export const operators: readonly Operator[] = [...features.operators, ...linear.operators, ...trees.operators];
