import type { OnnxGraph } from "../../onnx/types.js";
import { ModelError } from "../../wire/errors.js";
import { requiredInput, scalarValue, UNKNOWN_FACT } from "../facts.js";
import { joinFacts } from "../join-facts.js";
import { defineOperator, type Cost, type InferenceContext, type Operator } from "../operator.js";
import { bodiesOf, outputsBeyond, repeatedCost, requiredGraph } from "./bodies.js";

interface Branches {
  readonly whenTrue: OnnxGraph;
  readonly whenFalse: OnnxGraph;
}

/**
 * If: the branch that the condition names where it is known beforehand. Else what both branches agree on; a branch that
 * contradicts what it would be given can only be the one that is never taken for such inputs, and says nothing.
 */
const ifOperator = defineOperator<Branches>({
  domain: "",
  type: "If",
  since: [1, 11, 13, 16, 19, 21, 23, 24, 25],
  kind: "control",
  parseAttributes: (node) => ({
    whenTrue: requiredGraph(node, "then_branch"),
    whenFalse: requiredGraph(node, "else_branch"),
  }),
  inferShapes(context) {
    const { whenTrue, whenFalse } = context.attributes;
    outputsBeyond(context.node, "then_branch", whenTrue, context.node.outputs.length);
    outputsBeyond(context.node, "else_branch", whenFalse, context.node.outputs.length);
    const bodies = bodiesOf(context);
    const taken = takenBranch(context);
    if (taken !== null) return bodies.infer(taken, []).outputs;
    const runs = [bodies.attempt(whenTrue, []), bodies.attempt(whenFalse, [])];
    return context.node.outputs.map((_, at) => {
      const [a, b] = runs.map((run) => run?.outputs[at] ?? UNKNOWN_FACT);
      return { ...joinFacts(a ?? UNKNOWN_FACT, b ?? UNKNOWN_FACT), constant: false };
    });
  },
  cost(context) {
    const bodies = bodiesOf(context);
    const taken = takenBranch(context);
    if (taken !== null) return repeatedCost(bodies.last(taken)?.cost ?? null, 1);
    const { whenTrue, whenFalse } = context.attributes;
    return common(bodies.last(whenTrue)?.cost ?? null, bodies.last(whenFalse)?.cost ?? null);
  },
  takenGraph: takenBranch,
});

/** null: which one is taken is not known. */
function takenBranch(context: InferenceContext<Branches>): OnnxGraph | null {
  const condition = scalarValue(requiredInput(context, 0, "cond"));
  if (typeof condition !== "number") return null;
  return condition === 0 ? context.attributes.whenFalse : context.attributes.whenTrue;
}

/** The cost of either branch where both cost the same. */
function common(a: Cost | null, b: Cost | null): Cost {
  const keys = ["macs", "flops", "bytesRead", "bytesWritten"] as const;
  if (a !== null && b !== null && keys.every((key) => a[key] === b[key])) return a;
  throw new ModelError("unresolved-dimension", "which branch is taken is not known");
}

export const operators: readonly Operator[] = [ifOperator];
