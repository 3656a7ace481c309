import { intsAttr, stringsAttr } from "../../onnx/attributes.js";
import type { DataType } from "../../onnx/dtype.js";
import type { Dim, OnnxNode } from "../../onnx/types.js";

/** The classes that a classifier tells apart: how many, and whether they have names or numbers. */
export interface Labels {
  readonly count: number;
  readonly named: boolean;
}

/** Reads `classlabels_strings` or the list of integers that the operator has beside it. */
export function labelsOf(node: OnnxNode, integers: string): Labels {
  const names = stringsAttr(node, "classlabels_strings") ?? [];
  return names.length > 0
    ? { count: names.length, named: true }
    : { count: intsAttr(node, integers)?.length ?? 0, named: false };
}

export function labelType({ named }: Labels): DataType {
  return named ? "string" : "int64";
}

/** Columns of the scores; unknown where fewer than two labels leave it to the engine. */
export function classCount({ count }: Labels): Dim {
  return count >= 2 ? count : null;
}
