import type { Operator } from "../operator.js";
import * as ifOperator from "./if.js";
import * as loop from "./loop.js";
import * as scan from "./scan.js";
import * as sequenceMap from "./sequence-map.js";

/** Operators that run graphs among their attributes. */
export const operators: readonly Operator[] = [
  ...ifOperator.operators,
  ...loop.operators,
  ...scan.operators,
  ...sequenceMap.operators,
];
