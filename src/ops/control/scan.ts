import { intAttr, intsAttr } from "../../onnx/attributes.js";
import type { Dim, OnnxGraph, OnnxNode } from "../../onnx/types.js";
import { checkedAdd, checkedMul, normalizeAxis, unifyDims } from "../../shapes/dims.js";
import { contradiction, malformed } from "../checks.js";
import { variableFact } from "../containers.js";
import { fact, integerValues, optionalInput, requiredInput, UNKNOWN_FACT } from "../facts.js";
import { joinFacts } from "../join-facts.js";
import { defineOperator, type InferenceContext, type Operator, type ValueFact } from "../operator.js";
import { bodiesOf, outputsBeyond, repeatedCost, requiredGraph } from "./bodies.js";
import { iterate } from "./iterate.js";

interface ScanAttributes {
  readonly body: OnnxGraph;
  readonly scanInputs: number;
  readonly inputAxes: readonly number[];
  readonly outputAxes: readonly number[];
  /** Opset 8: every tensor has a batch in front, and scanning is along the axis behind it. */
  readonly batched: boolean;
}

/**
 * Scan: runs its body over slices of the scanned inputs, handing states from each iteration to the next. Outputs are the
 * last states, and what every iteration gave, stacked. Cost: as many times the body's as there are slices.
 */
const scan = defineOperator<ScanAttributes>({
  domain: "",
  type: "Scan",
  since: [8, 9, 11, 16, 19, 21, 23, 24, 25],
  kind: "control",
  parseAttributes,
  inferShapes(context) {
    const { node, attributes } = context;
    const { body, batched, outputAxes } = attributes;
    const { states, scanned, length, batch } = operands(context);
    const scans = outputsBeyond(node, "body", body, states.length);
    const behind = scanned.map(({ slice }) => slice);
    const run = iterate(bodiesOf(context), { graph: body, before: [], behind, carried: states, leadingOutputs: 0 });
    if (run === null) return node.outputs.map(() => UNKNOWN_FACT);
    const last = states.map((initial, at) => {
      const after = variableFact(run.outputs[at] ?? UNKNOWN_FACT);
      const state = typeof length === "number" && length > 0 ? after : joinFacts(initial, after);
      return batched ? withAxis(state, 0, batch) : state;
    });
    const stacked = run.outputs.slice(states.length, states.length + scans).map((each, at) => {
      const whole = withAxis(each, batched ? 0 : (outputAxes[at] ?? 0), length);
      return batched ? withAxis(whole, 0, batch) : whole;
    });
    return [...last, ...stacked];
  },
  cost(context) {
    const run = bodiesOf(context).last(context.attributes.body);
    return repeatedCost(run?.cost ?? null, iterations(context));
  },
  repeatedGraph(context) {
    const { body, inputAxes, outputAxes } = context.attributes;
    // Along other axes an engine transposes first.
    if (![...inputAxes, ...outputAxes].every((axis) => axis === 0)) return null;
    const times = iterations(context);
    return times !== null && times > 0 ? { graph: body, times } : null;
  },
});

function parseAttributes(node: OnnxNode, opset: number): ScanAttributes {
  const scanInputs = intAttr(node, "num_scan_inputs");
  if (scanInputs === undefined || scanInputs < 1) {
    throw malformed(node, "num_scan_inputs", "num_scan_inputs must be at least 1");
  }
  return {
    body: requiredGraph(node, "body"),
    scanInputs,
    inputAxes: intsAttr(node, "scan_input_axes") ?? [],
    outputAxes: intsAttr(node, "scan_output_axes") ?? [],
    batched: opset < 9,
  };
}

interface Operands {
  /** As the body sees them. */
  readonly states: readonly ValueFact[];
  readonly scanned: readonly { readonly slice: ValueFact; readonly length: Dim }[];
  /** How many slices there are. */
  readonly length: Dim;
  readonly batch: Dim;
}

/** @throws ModelError("invalid-graph") where inputs are too few, or differ in how many slices they have. */
function operands(context: InferenceContext<ScanAttributes>): Operands {
  const { node, attributes, inputs } = context;
  const { batched, scanInputs, inputAxes } = attributes;
  const first = batched ? 1 : 0;
  const stateCount = inputs.length - first - scanInputs;
  if (stateCount < 0) throw contradiction(node, "num_scan_inputs", `${inputs.length} inputs for ${scanInputs} to scan`);
  const given = inputs.slice(first).map((_, at) => requiredInput(context, first + at, "initial_state_and_scan_inputs"));
  const batches = given.map(({ shape }) => (batched ? (shape?.[0] ?? null) : null));
  const each = batched ? given.map((tensor) => withoutAxis(tensor, 0).slice) : given;
  const scanned = each.slice(stateCount).map((tensor, at) => withoutAxis(tensor, batched ? 0 : (inputAxes[at] ?? 0)));
  return {
    states: each.slice(0, stateCount),
    scanned,
    length: scanned.map(({ length }) => length).reduce<Dim>(unifyDims, null),
    batch: batches.reduce<Dim>(unifyDims, null),
  };
}

function withoutAxis(tensor: ValueFact, axis: number): { readonly slice: ValueFact; readonly length: Dim } {
  const { dtype, shape } = tensor;
  if (shape === null) return { slice: fact(dtype, null), length: null };
  const at = normalizeAxis(axis, shape.length);
  return { slice: fact(dtype, shape.toSpliced(at, 1)), length: shape[at] ?? null };
}

function withAxis({ dtype, shape }: ValueFact, axis: number, length: Dim): ValueFact {
  return fact(dtype, shape === null ? null : shape.toSpliced(normalizeAxis(axis, shape.length + 1), 0, length));
}

/** Iterations, in opset 8 over all of the batch; null where not known. */
function iterations(context: InferenceContext<ScanAttributes>): number | null {
  const { length, batch } = operands(context);
  if (!context.attributes.batched) return typeof length === "number" ? length : null;
  const lengths = optionalInput(context, 0);
  if (lengths !== null) return integerValues(lengths)?.reduce(checkedAdd, 0) ?? null;
  return typeof length === "number" && typeof batch === "number" ? checkedMul(length, batch) : null;
}

export const operators: readonly Operator[] = [scan];
