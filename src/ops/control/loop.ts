import type { Dim, OnnxGraph } from "../../onnx/types.js";
import type { DataType } from "../../onnx/dtype.js";
import { contradiction } from "../checks.js";
import { fact, optionalInput, requiredInput, scalarValue, UNKNOWN_FACT } from "../facts.js";
import { joinFacts } from "../join-facts.js";
import { defineOperator, type BodyRun, type InferenceContext, type Operator, type ValueFact } from "../operator.js";
import { bodiesOf, outputsBeyond, repeatedCost, requiredGraph } from "./bodies.js";
import { iterate } from "./iterate.js";

interface LoopAttributes {
  readonly body: OnnxGraph;
}

/** M and cond. */
const LEADING_INPUTS = 2;

/**
 * Loop: `for (i = 0; i < M && cond; i++) (cond, carried, scanned[i]) = body(i, cond, carried)`. Outputs are the carried
 * values after the last iteration, and what every iteration scanned, stacked.
 *
 * How often it runs is known where M is, the condition holds at the start, and the body never ends it; cost: that many
 * times the body's.
 */
const loop = defineOperator<LoopAttributes>({
  domain: "",
  type: "Loop",
  since: [1, 11, 13, 16, 19, 21, 23, 24, 25],
  kind: "control",
  parseAttributes: (node) => ({ body: requiredGraph(node, "body") }),
  inferShapes(context) {
    const { node, attributes } = context;
    const { body } = attributes;
    const carried = context.inputs.slice(LEADING_INPUTS).map((_, at) => carriedInput(context, at));
    if (body.inputs.length !== LEADING_INPUTS + carried.length) {
      const message = `body has ${body.inputs.length} inputs for ${carried.length} carried values`;
      throw contradiction(node, "body", message);
    }
    const scans = outputsBeyond(node, "body", body, 1 + carried.length);
    const run = runOf(context, carried);
    if (run === null) return node.outputs.map(() => UNKNOWN_FACT);
    const times = iterations(context, run);
    const scanned = run.outputs.slice(1 + carried.length, 1 + carried.length + scans);
    return [
      ...carried.map((initial, at) => carriedOutput(initial, run.outputs[1 + at] ?? UNKNOWN_FACT, times)),
      ...scanned.map(({ dtype, shape }) => stackedFact(dtype, shape, times)),
    ];
  },
  cost(context) {
    if (entryCount(context) === 0) return repeatedCost(null, 0);
    const run = bodiesOf(context).last(context.attributes.body);
    const times = run === null ? null : iterations(context, run);
    return repeatedCost(run?.cost ?? null, typeof times === "number" ? times : null);
  },
  repeatedGraph(context) {
    const { body } = context.attributes;
    const run = bodiesOf(context).last(body);
    const times = run === null ? null : iterations(context, run);
    return typeof times === "number" && times > 0 ? { graph: body, times } : null;
  },
});

function carriedInput(context: InferenceContext<LoopAttributes>, at: number): ValueFact {
  return requiredInput(context, LEADING_INPUTS + at, "v_initial");
}

function runOf(context: InferenceContext<LoopAttributes>, carried: readonly ValueFact[]): BodyRun | null {
  const bodies = bodiesOf(context);
  const { body } = context.attributes;
  const before = [scalarFor(body, 0, "int64", null), scalarFor(body, 1, "bool", 1)];
  if (entryCount(context) === 0) return bodies.attempt(body, [...before, ...carried]) ?? { outputs: [], cost: null };
  return iterate(bodies, { graph: body, before, behind: [], carried, leadingOutputs: 1 });
}

/** A scalar; a vector of one element where the body says so, as the first version of Loop allowed. */
function scalarFor(body: OnnxGraph, at: number, dtype: DataType, value: number | null): ValueFact {
  return fact(dtype, body.inputs[at]?.shape?.length === 1 ? [1] : [], { value: [value] });
}

/** Iterations as far as the inputs decide: 0, or at most M; null: not known; Infinity: no end is given. */
function entryCount(context: InferenceContext<LoopAttributes>): Dim {
  const limit = optionalInput(context, 0);
  const condition = optionalInput(context, 1);
  const most = limit === null ? Infinity : scalarValue(limit);
  if (typeof most === "number" && most <= 0) return 0;
  const holds = condition === null ? 1 : scalarValue(condition);
  if (holds === 0) return 0;
  if (typeof holds !== "number") return null;
  return typeof most === "number" && most >= Number.MAX_SAFE_INTEGER ? Infinity : most;
}

/** How often the body runs; a symbol where M is one. */
function iterations(context: InferenceContext<LoopAttributes>, run: BodyRun): Dim {
  const most = entryCount(context);
  if (most === 0) return 0;
  const goesOn = scalarValue(run.outputs[0] ?? null);
  if (typeof goesOn !== "number") return null;
  // Where no condition is given the standard ignores what the body says of it, and engines do not.
  if (goesOn === 0) return typeof most === "number" && optionalInput(context, 1) !== null ? 1 : null;
  return most === Infinity ? null : most;
}

function carriedOutput(initial: ValueFact, last: ValueFact, times: Dim): ValueFact {
  if (times === 0) return initial;
  const result = typeof times === "number" ? last : joinFacts(initial, last);
  return result.constant ? { ...result, constant: false } : result;
}

/** What iterations gave, stacked; without any, how large each would have been is for the engine to say. */
function stackedFact(dtype: DataType | null, shape: ValueFact["shape"], times: Dim): ValueFact {
  if (shape === null) return fact(dtype, null);
  return fact(dtype, [times, ...(times === 0 ? shape.map(() => null) : shape)]);
}

export const operators: readonly Operator[] = [loop];
