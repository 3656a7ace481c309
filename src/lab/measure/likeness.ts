import type { OutputSample } from "../engines/python-engine.js";

/** Engines round differently, and sum up in other orders. */
const RELATIVE = 1e-2;
const ABSOLUTE = 1e-3;

/**
 * In what an engine's outputs differ from ONNX Runtime's for the same input and weights, or null where they agree. Engines
 * may give several outputs in another order, and an output in either of its layouts.
 */
export function differenceOf(outputs: readonly OutputSample[], reference: readonly OutputSample[]): string | null {
  if (outputs.length !== reference.length) return `${outputs.length} outputs instead of ${reference.length}`;
  const left = [...outputs];
  for (const { elements, head } of reference) {
    const isSame = (values: readonly number[] | undefined): boolean => values !== undefined && areClose(values, head);
    const found = left.findIndex((output) => output.elements === elements && (isSame(output.head) || isSame(output.storedHead)));
    if (found < 0) return left.some((output) => output.elements === elements) ? "other values" : `no output of ${elements} elements`;
    left.splice(found, 1);
  }
  return null;
}

function areClose(values: readonly number[], reference: readonly number[]): boolean {
  return values.length === reference.length && reference.every((value, i) => isClose(values[i] ?? 0, value));
}

/** What is no number, or infinite, is so in both. */
function isClose(value: number, reference: number): boolean {
  return Object.is(value, reference) || (Number.isFinite(reference) && Math.abs(value - reference) <= ABSOLUTE + RELATIVE * Math.abs(reference));
}
