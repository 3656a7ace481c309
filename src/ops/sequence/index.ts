import type { Operator } from "../operator.js";
import * as access from "./access.js";
import * as change from "./change.js";
import * as concatFromSequence from "./concat-from-sequence.js";
import * as construct from "./construct.js";
import * as optional from "./optional.js";
import * as splitToSequence from "./split-to-sequence.js";

/** Operators on sequences of tensors, and on optionals. */
export const operators: readonly Operator[] = [
  ...access.operators,
  ...change.operators,
  ...concatFromSequence.operators,
  ...construct.operators,
  ...optional.operators,
  ...splitToSequence.operators,
];
