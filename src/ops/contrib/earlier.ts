import { checkedMul } from "../../shapes/dims.js";
import { fact, requiredInput } from "../facts.js";
import * as gatherNd from "../gather-nd.js";
import * as gridSample from "../grid-sample.js";
import { defineOperator, type Operator } from "../operator.js";
import * as pad from "../pad.js";
import * as range from "../range.js";
import * as squeeze from "../squeeze.js";
import * as trilu from "../trilu.js";
import { computeCost, knownElements, levelsOf } from "../work.js";
import { derived } from "./derived.js";
import { MICROSOFT } from "./domains.js";
import { standard } from "./standard.js";

/** Operators that ONNX Runtime had before ai.onnx took them up, with the rules of the opset that did. */

/** Range's step may be left out. */
const ONE = fact("int64", [], { value: [1], constant: true });

/** The distinct elements of a vector, where each stands, and how often: how many there are depends on the data. */
const unique = defineOperator<null>({
  domain: MICROSOFT,
  type: "Unique",
  since: [1],
  kind: "other",
  parseAttributes: () => null,
  inferShapes(context) {
    const { dtype, shape } = requiredInput(context, 0, "x");
    return [fact(dtype, [null]), fact("int64", shape), fact("int64", [null])].slice(0, context.node.outputs.length);
  },
  cost(context) {
    const elements = knownElements(context.inputs[0]?.shape);
    return computeCost(context, { otherFlops: checkedMul(elements, 1 + levelsOf(elements)) });
  },
});

export const operators: readonly Operator[] = [
  unique,
  derived({ domain: MICROSOFT, type: "Pad", base: standard(pad.operators, "Pad", 11) }),
  derived({ domain: MICROSOFT, type: "Trilu", base: standard(trilu.operators, "Trilu", 14) }),
  derived({ domain: MICROSOFT, type: "GridSample", base: standard(gridSample.operators, "GridSample", 16) }),
  derived({ domain: MICROSOFT, type: "GatherND", base: standard(gatherNd.operators, "GatherND", 12) }),
  // A scalar axis, at which one of size 1 is inserted.
  derived({ domain: MICROSOFT, type: "ExpandDims", base: standard(squeeze.operators, "Unsqueeze", 13) }),
  derived({
    domain: MICROSOFT,
    type: "Range",
    base: standard(range.operators, "Range", 11),
    operands: ([start = null, limit = null, delta = null]) => [start, limit, delta ?? ONE],
  }),
];
