import type { OnnxNode } from "../onnx/types.js";
import { malformed } from "./checks.js";

/** One operand or the result: a label for each axis; the ellipsis stands for any number of axes. */
export interface EinsumTerm {
  readonly before: readonly string[];
  readonly hasEllipsis: boolean;
  readonly after: readonly string[];
}

export interface EinsumEquation {
  readonly operands: readonly EinsumTerm[];
  readonly result: EinsumTerm;
}

/**
 * Parses `ij,jk->ik`. Spaces mean nothing. Without an arrow the result has the ellipsis, if any, then the labels that
 * occur exactly once, in alphabetical order (capitals first).
 * @throws ModelError("malformed") for another character than a letter, two ellipses in a term, and a result that
 * repeats a label or holds one that no operand has.
 */
export function parseEquation(node: OnnxNode, equation: string): EinsumEquation {
  const [left = "", right, ...more] = equation.replaceAll(" ", "").split("->");
  if (more.length > 0) throw malformed(node, "equation", "the equation has two arrows");
  const operands = left.split(",").map((text) => parseTerm(node, text));
  if (right === undefined) return { operands, result: implicitResult(operands) };

  const result = parseTerm(node, right);
  const labels = labelsOf(result);
  const known = new Set(operands.flatMap(labelsOf));
  if (new Set(labels).size !== labels.length) throw malformed(node, "equation", "the result repeats a label");
  const stranger = labels.find((label) => !known.has(label));
  if (stranger !== undefined) throw malformed(node, "equation", `no operand has the result's label "${stranger}"`);
  return { operands, result };
}

function parseTerm(node: OnnxNode, text: string): EinsumTerm {
  const [before = "", after = "", ...more] = text.split("...");
  if (more.length > 0) throw malformed(node, "equation", "a term has two ellipses");
  if (!/^[A-Za-z]*$/.test(before + after)) throw malformed(node, "equation", "labels of the equation must be letters");
  return { before: before.split(""), hasEllipsis: text.includes("..."), after: after.split("") };
}

export function labelsOf(term: EinsumTerm): readonly string[] {
  return [...term.before, ...term.after];
}

function implicitResult(operands: readonly EinsumTerm[]): EinsumTerm {
  const occurrences = new Map<string, number>();
  for (const label of operands.flatMap(labelsOf)) occurrences.set(label, (occurrences.get(label) ?? 0) + 1);
  const once = [...occurrences].filter(([, count]) => count === 1).map(([label]) => label);
  return { before: [], hasEllipsis: operands.some((term) => term.hasEllipsis), after: once.sort() };
}
