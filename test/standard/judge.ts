import { buildGraph } from "../../src/graph/build.js";
import type { Graph, GraphNode } from "../../src/graph/types.js";
import { readOnnx } from "../../src/onnx/reader.js";
import type { OnnxModel, OnnxTensor } from "../../src/onnx/types.js";
import type { ContainerFact, ValueFact } from "../../src/ops/operator.js";
import { formatShape, isKnown } from "../../src/shapes/dims.js";
import { ModelError } from "../../src/wire/errors.js";
import type { Answer, GivenTensor, StandardCase } from "./cases.js";

export type Verdict = "equal" | "unknown" | "contradiction" | "error";

export interface Judgement {
  readonly answer: Answer;
  readonly verdict: Verdict;
  /** What was inferred and what is true, or the error. Empty for "equal". */
  readonly detail: string;
  /** `domain:Operator` of the first node that loses sight of a type or shape; null where none does. */
  readonly cause: string | null;
}

/** Relative error up to which two float32 results of the same arithmetic are one. */
const TOLERANCE = 1e-5;

/**
 * Infers the shapes of a test's outputs, and says of each whether that is what the test really gave.
 * @param given inputs whose values are known beforehand, as if the file held them
 */
export function judge(test: StandardCase, given: Readonly<Record<string, GivenTensor>> = {}): readonly Judgement[] {
  return judgeModel(() => withValues(readOnnx(Buffer.from(test.model, "hex")), given), test.outputs);
}

/** The same for a model from anywhere. */
export function judgeModel(read: () => OnnxModel, answers: readonly Answer[]): readonly Judgement[] {
  let graph: Graph;
  try {
    graph = buildGraph(read());
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    const { message } = error;
    return answers.map((answer) => ({ answer, verdict: "error", detail: message, cause: null }));
  }
  const cause = firstUnknown(graph);
  return answers.map((answer, at) => {
    const fact = graph.values[graph.outputs[at] ?? -1]?.fact;
    const verdict = fact === undefined ? "error" : compare(fact, answer);
    return { answer, verdict, detail: verdict === "equal" ? "" : difference(fact, answer), cause };
  });
}

/** A model whose inputs of these names are initializers. */
function withValues(model: OnnxModel, given: Readonly<Record<string, GivenTensor>>): OnnxModel {
  const tensors = Object.entries(given).map(([name, { dtype, shape, value }]): OnnxTensor => {
    return { name, dtype, dims: shape, values: value, external: false };
  });
  return { ...model, graph: { ...model.graph, initializers: [...model.graph.initializers, ...tensors] } };
}

/** What is inferred of an output, against what it really is. */
export function compare(fact: ValueFact, answer: Answer): Verdict {
  if (fact.container !== undefined) return compareContainer(fact.container, answer);
  const { dtype, shape } = fact;
  if (answer.kind === "none") return "unknown";
  if (answer.kind === "sequence") return dtype === null && shape === null ? "unknown" : "contradiction";
  if (dtype !== null && dtype !== answer.dtype) return "contradiction";
  const truth = answer.shape ?? [];
  if (shape !== null && shape.length !== truth.length) return "contradiction";
  if (shape?.some((dim, axis) => typeof dim === "number" && dim !== truth[axis]) === true) return "contradiction";
  if (!valuesAgree(fact, answer)) return "contradiction";
  return dtype !== null && isKnown(shape) ? "equal" : "unknown";
}

/** Of tensors in a sequence that differ in shape the type is all there is to know: no one shape may be said of them. */
function compareContainer(container: ContainerFact, answer: Answer): Verdict {
  const { kind, element, length } = container;
  if (kind === "optional") return answer.kind === "none" ? "unknown" : compare(element, answer);
  if (answer.kind !== "sequence") return "contradiction";
  if (typeof length === "number" && length !== answer.length) return "contradiction";
  if (answer.shape !== null || answer.length === 0) return compare(element, { ...answer, kind: "tensor" });
  if (element.dtype !== null && element.dtype !== answer.dtype) return "contradiction";
  if (isKnown(element.shape)) return "contradiction";
  return element.dtype === null ? "unknown" : "equal";
}

/** Whether the elements that were followed are those of the real output. */
function valuesAgree({ value }: ValueFact, { value: truth }: Answer): boolean {
  if (value === null || truth === undefined) return true;
  if (value.length !== truth.length) return false;
  return value.every((element, at) => {
    const real = truth[at] ?? NaN;
    return typeof element !== "number" || Math.abs(element - real) <= TOLERANCE * Math.abs(real);
  });
}

/** Both in words. */
export function difference(fact: ValueFact | undefined, answer: Answer): string {
  const ours = fact === undefined ? "no output" : written(fact);
  const plural = answer.kind === "sequence" ? "tensors of " : "";
  return `${answer.name}: ${ours}, really ${plural}${written({ ...answer, value: answer.value ?? null })}`;
}

function written({ dtype, shape, value }: Pick<ValueFact, "dtype" | "shape" | "value">): string {
  const elements = value === null ? "" : ` = {${value.map((element) => element ?? "?").join(", ")}}`;
  return `${dtype ?? "?"} ${formatShape(shape)}${elements}`;
}

function firstUnknown(graph: Graph): string | null {
  const node = graph.nodes.find((candidate) => losesSight(candidate, graph));
  return node === undefined ? null : `${node.domain}:${node.opType}`;
}

function losesSight({ inputs, outputs }: GraphNode, { values }: Graph): boolean {
  const known = (id: number | null): boolean => {
    const fact = id === null ? undefined : values[id]?.fact;
    return fact === undefined || isTold(fact);
  };
  return inputs.every(known) && !outputs.every(known);
}

function isTold({ dtype, shape, container }: ValueFact): boolean {
  if (container === undefined) return dtype !== null && isKnown(shape);
  return container.length === 0 || isTold(container.element);
}
