import { stringAttr } from "../onnx/attributes.js";
import type { Dim, OnnxNode, Shape } from "../onnx/types.js";
import { checkedAdd, formatShape } from "../shapes/dims.js";
import { contradiction, malformed } from "./checks.js";
import { labelsOf, parseEquation, type EinsumEquation, type EinsumTerm } from "./einsum-equation.js";
import { fact, requiredInput } from "./facts.js";
import { defineOperator, type CostContext, type InferenceContext, type Operator } from "./operator.js";
import { computeCost, knownElements, type Work } from "./work.js";

/**
 * Einsum: sums of products over labelled axes.
 *
 * Cost: operands are contracted from left to right, each with the result of those before it. A contraction visits the
 * product of the extents of all labels on either side; where a label vanishes in it each visit is a MAC, otherwise
 * (an outer or elementwise product) one multiplication. A single operand is summed or copied: one addition for each
 * element that it visits when a label vanishes.
 */
const einsum = defineOperator<EinsumEquation>({
  domain: "",
  type: "Einsum",
  since: [12, 28],
  kind: "matmul",
  parseAttributes(node) {
    const equation = stringAttr(node, "equation");
    if (equation === undefined) throw malformed(node, "equation", "the equation is missing");
    const parsed = parseEquation(node, equation);
    if (parsed.operands.length !== node.inputs.length) {
      throw malformed(node, "equation", `${parsed.operands.length} terms for ${node.inputs.length} inputs`);
    }
    return parsed;
  },
  inferShapes(context) {
    const inputs = context.attributes.operands.map((_, index) => requiredInput(context, index, `input ${index}`));
    const dtype = inputs.find((input) => input.dtype !== null)?.dtype ?? null;
    return [fact(dtype, resultShape(context, inputs.map((input) => input.shape)))];
  },
  cost: (context) => computeCost(context, contractionWork(context)),
});

/** Extents by label; the axes of the ellipsis are labelled by their distance from its right end: ".0", ".1", ... */
type Extents = ReadonlyMap<string, Dim>;

function extentsByLabel(node: OnnxNode, equation: EinsumEquation, shapes: readonly Shape[]): Extents {
  const extents = new Map<string, Dim>();
  equation.operands.forEach((term, i) => {
    const shape = shapes[i] ?? null;
    if (shape === null) return;
    axisLabels(node, term, shape).forEach((label, axis) => {
      extents.set(label, mergedExtent(node, label, extents.get(label), shape[axis] ?? null));
    });
  });
  return extents;
}

function resultShape({ node, attributes }: InferenceContext<EinsumEquation>, shapes: readonly Shape[]): Shape {
  const extents = extentsByLabel(node, attributes, shapes);
  const ellipsis = ellipsisLabels(attributes, shapes);
  if (ellipsis === null && attributes.result.hasEllipsis) return null;
  return resultLabels(attributes.result, ellipsis ?? []).map((label) => extents.get(label) ?? null);
}

/** A label for each axis of an operand. */
function axisLabels(node: OnnxNode, term: EinsumTerm, shape: readonly Dim[]): readonly string[] {
  const hidden = shape.length - term.before.length - term.after.length;
  if (hidden < 0 || (hidden > 0 && !term.hasEllipsis)) {
    throw contradiction(node, "equation", `${labelsOf(term).length} labels for an input ${formatShape(shape)}`);
  }
  const ellipsis = Array.from({ length: hidden }, (_, i) => `.${hidden - 1 - i}`);
  return [...term.before, ...ellipsis, ...term.after];
}

/** The labels behind the longest ellipsis; null where the rank of an operand that has one is unknown. */
function ellipsisLabels(equation: EinsumEquation, shapes: readonly Shape[]): readonly string[] | null {
  let length = 0;
  for (const [i, term] of equation.operands.entries()) {
    if (!term.hasEllipsis) continue;
    const shape = shapes[i] ?? null;
    if (shape === null) return null;
    length = Math.max(length, shape.length - labelsOf(term).length);
  }
  return Array.from({ length }, (_, i) => `.${length - 1 - i}`);
}

function resultLabels(result: EinsumTerm, ellipsis: readonly string[]): readonly string[] {
  return [...result.before, ...(result.hasEllipsis ? ellipsis : []), ...result.after];
}

/** Axes that share a label are equal, except that 1 stretches. */
function mergedExtent(node: OnnxNode, label: string, known: Dim | undefined, dim: Dim): Dim {
  if (known === undefined || known === null || known === 1) return dim;
  if (dim === null || dim === 1 || dim === known) return known;
  if (typeof known !== "number" || typeof dim !== "number") return typeof known === "number" ? known : dim;
  throw contradiction(node, "equation", `axes labelled "${label}" have ${known} and ${dim} elements`);
}

function contractionWork({ node, attributes, inputs }: CostContext<EinsumEquation>): Work {
  const shapes = inputs.map((input) => input?.shape ?? []);
  const operands = attributes.operands.map((term, i) => new Set(axisLabels(node, term, shapes[i] ?? [])));
  const result = resultLabels(attributes.result, ellipsisLabels(attributes, shapes) ?? []);
  return contracted(operands, new Set(result), extentsByLabel(node, attributes, shapes));
}

/** Walks the operands from left to right; a label lives until no later operand and not the result needs it. */
function contracted(
  operands: readonly ReadonlySet<string>[],
  result: ReadonlySet<string>,
  extents: Extents,
): Work {
  const lastUse = new Map<string, number>();
  operands.forEach((labels, i) => labels.forEach((label) => lastUse.set(label, i)));
  const visits = (labels: ReadonlySet<string>) => knownElements([...labels].map((label) => extents.get(label) ?? null));

  let live: ReadonlySet<string> = operands[0] ?? new Set();
  let macs = 0;
  let otherFlops = 0;
  for (const [i, operand] of operands.entries()) {
    if (i === 0 && operands.length > 1) continue;
    const visited = new Set([...live, ...operand]);
    const kept = new Set([...visited].filter((label) => result.has(label) || (lastUse.get(label) ?? 0) > i));
    const sums = kept.size < visited.size;
    if (operands.length > 1 && sums) macs = checkedAdd(macs, visits(visited));
    else if (operands.length > 1 || sums) otherFlops = checkedAdd(otherFlops, visits(visited));
    live = kept;
  }
  return { macs, otherFlops };
}

export const operators: readonly Operator[] = [einsum];
