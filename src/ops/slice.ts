import { intsAttr } from "../onnx/attributes.js";
import type { Dim, Shape } from "../onnx/types.js";
import { isKnown, normalizeAxes, unknownOfRank } from "../shapes/dims.js";
import { fillByIndex, stridesOf } from "../shapes/indexing.js";
import { ModelError } from "../wire/errors.js";
import {
  fact,
  integerValues,
  movementCost,
  optionalInput,
  requiredInput,
  scalarOrVectorValue,
  tensorBytes,
  vectorLength,
} from "./facts.js";
import { defineOperator, type InferenceContext, type Operator, type ValueFact } from "./operator.js";

/** What opset 1 states as attributes; null from opset 10 on, where it comes as inputs. */
type SliceAttributes = {
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  readonly axes: readonly number[] | null;
} | null;

/** A cut along one axis; null where a bound is unknown. */
interface Cut {
  readonly start: Dim;
  readonly end: Dim;
  readonly step: Dim;
}

/** Slice: every element of the output is read and written once, the rest of the input is not touched. */
const slice = defineOperator<SliceAttributes>({
  domain: "",
  type: "Slice",
  since: [1, 10, 11, 13],
  kind: "movement",
  parseAttributes(node, opset) {
    if (opset >= 10) return null;
    const starts = intsAttr(node, "starts");
    const ends = intsAttr(node, "ends");
    if (starts === undefined || ends === undefined) {
      throw new ModelError("malformed", `attributes "starts" and "ends" are missing`, { field: "starts" });
    }
    return { starts, ends, axes: intsAttr(node, "axes") ?? null };
  },
  inferShapes(context) {
    const { dtype, shape, value } = requiredInput(context, 0, "data");
    if (shape === null) return [fact(dtype, null)];
    const cuts = cutsByAxis(context, shape.length);
    if (cuts === null) return [fact(dtype, shape.map(() => null))];
    const output = shape.map((dim, axis) => {
      const cut = cuts.get(axis);
      return cut === undefined ? dim : cutDim(dim, cut);
    });
    return [fact(dtype, output, { value: value === null ? null : cutValue(value, shape, output, cuts) })];
  },
  cost({ inputs, outputs }) {
    const bounds = tensorBytes(inputs.slice(1));
    const touched = tensorBytes(outputs);
    return movementCost(touched + bounds, touched);
  },
});

/** The cut of each axis that has one; null where not even the axes are known. */
function cutsByAxis(context: InferenceContext<SliceAttributes>, rank: number): ReadonlyMap<number, Cut> | null {
  const { attributes } = context;
  if (attributes !== null) return zipCuts(attributes.starts, attributes.ends, null, attributes.axes, rank);
  const starts = bounds(requiredInput(context, 1, "starts"));
  const ends = bounds(requiredInput(context, 2, "ends"));
  const axesInput = optionalInput(context, 3);
  const stepsInput = optionalInput(context, 4);
  const axes = integerValues(axesInput);
  const count = axes?.length ?? starts?.length ?? ends?.length;
  if (count === undefined || (axesInput !== null && axes === null)) return null;
  const unknown = new Array<Dim>(count).fill(null);
  const steps = stepsInput === null ? null : (bounds(stepsInput) ?? unknown);
  return zipCuts(starts ?? unknown, ends ?? unknown, steps, axes, rank);
}

/** The elements of a vector; gaps where only its length is known. */
function bounds(vector: ValueFact): readonly Dim[] | null {
  const length = vectorLength(vector);
  return scalarOrVectorValue(vector) ?? (length === null ? null : unknownOfRank(length));
}

function zipCuts(
  starts: readonly Dim[],
  ends: readonly Dim[],
  steps: readonly Dim[] | null,
  axes: readonly number[] | null,
  rank: number,
): ReadonlyMap<number, Cut> {
  const along = normalizeAxes(axes ?? [...starts.keys()], rank);
  if (starts.length !== along.length || ends.length !== along.length || (steps?.length ?? along.length) !== along.length) {
    throw new ModelError("invalid-graph", "starts, ends, axes and steps differ in length", { field: "starts" });
  }
  if (steps?.includes(0) === true) throw new ModelError("invalid-graph", "a step is 0", { field: "steps" });
  return new Map(
    along.map((axis, at) => {
      const step = steps === null ? 1 : (steps[at] ?? null);
      return [axis, { start: starts[at] ?? null, end: ends[at] ?? null, step }];
    }),
  );
}

/** How many elements a cut leaves; ends far beyond the axis (INT64_MAX and the like) mean the whole of it. */
function cutDim(dim: Dim, { start, end, step }: Cut): Dim {
  if (typeof dim !== "number") return start === 0 && step === 1 && reachesEnd(end, dim) ? dim : null;
  if (typeof start !== "number" || typeof step !== "number") return null;
  if (typeof end !== "number") return null;
  const first = firstIndex(dim, start, step);
  const stop = step > 0 ? clamp(fromFront(end, dim), 0, dim) : clamp(fromFront(end, dim), -1, dim - 1);
  return Math.max(0, Math.ceil((stop - first) / step));
}

/** Index of the first element taken: ONNX clamps it into the axis. */
function firstIndex(dim: number, start: number, step: number): number {
  return clamp(fromFront(start, dim), 0, step > 0 ? dim : dim - 1);
}

function reachesEnd(end: Dim, dim: string | null): boolean {
  return typeof end === "number" ? end >= 2 ** 31 - 1 : end !== null && end === dim;
}

function fromFront(index: number, dim: number): number {
  return index < 0 ? index + dim : index;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}

function cutValue(
  value: readonly Dim[],
  from: Shape,
  to: Shape,
  cuts: ReadonlyMap<number, Cut>,
): readonly Dim[] | null {
  if (!isKnown(from) || !isKnown(to)) return null;
  const strides = stridesOf(from);
  const offsets = from.map((dim, axis) => {
    const cut = cuts.get(axis);
    return cut === undefined ? 0 : firstIndex(dim, Number(cut.start), Number(cut.step));
  });
  return fillByIndex(to, (index) => {
    let offset = 0;
    for (const [axis, at] of index.entries()) {
      const step = Number(cuts.get(axis)?.step ?? 1);
      offset += ((offsets[axis] ?? 0) + at * step) * (strides[axis] ?? 0);
    }
    return value[offset] ?? null;
  });
}

export const operators: readonly Operator[] = [slice];
