import { intAttr, stringAttr } from "../onnx/attributes.js";
import { dataTypeOf, type DataType } from "../onnx/dtype.js";
import type { Dim, OnnxNode } from "../onnx/types.js";
import { ModelError } from "../wire/errors.js";
import { fact, movementCost, requiredInput, tensorBytes } from "./facts.js";
import { defineOperator, type Cost, type CostContext, type Operator } from "./operator.js";

/** Integer types wide enough that the small numbers of shape arithmetic survive a cast to them unchanged. */
const WIDE_INTEGERS: ReadonlySet<DataType | null> = new Set<DataType>(["int32", "int64", "uint32", "uint64"]);
const FLOATS: ReadonlySet<DataType | null> = new Set<DataType>(["float32", "float64"]);

function castElement(element: Dim, to: DataType | null): Dim {
  if (WIDE_INTEGERS.has(to)) return typeof element === "number" ? truncated(element, to) : element;
  if (FLOATS.has(to)) return element;
  return to === "bool" && typeof element === "number" ? Number(element !== 0) : null;
}

/** Toward zero; null for what the type cannot hold. Saturated stand-ins for the ends of int64 stay what they are. */
function truncated(element: number, to: DataType | null): Dim {
  if (!Number.isFinite(element)) return null;
  const whole = Math.trunc(element);
  if (to === "int32" && whole !== (whole | 0)) return null;
  return to === "uint32" && whole !== whole >>> 0 ? null : whole;
}

function castValue(value: readonly Dim[] | null, to: DataType | null): readonly Dim[] | null {
  return value === null ? null : value.map((element) => castElement(element, to));
}

/** Converting is a copy in which every element changes its type: bytes on both sides, no arithmetic counted. */
function conversionCost({ inputs, outputs }: CostContext<unknown>): Cost {
  return movementCost(tensorBytes([inputs[0]]), tensorBytes(outputs));
}

/** Opset 1 spells the type as TensorProto.DataType's enumerator, later ones give its number. */
function targetType(node: OnnxNode, opset: number): DataType {
  const dtype = opset < 6 ? typeByName(stringAttr(node, "to", "")) : dataTypeOf(intAttr(node, "to", 0));
  if (dtype !== null && dtype !== "undefined") return dtype;
  throw new ModelError("malformed", `attribute "to" names no type`, { field: "to" });
}

function typeByName(name: string): DataType | null {
  const lower = name.toLowerCase().replace(/^float$/, "float32").replace(/^double$/, "float64");
  for (let code = 1; ; code++) {
    const dtype = dataTypeOf(code);
    if (dtype === null || dtype === lower) return dtype;
  }
}

const cast = defineOperator<DataType>({
  domain: "",
  type: "Cast",
  since: [1, 6, 9, 13, 19, 21, 23, 24, 25, 28],
  kind: "movement",
  parseAttributes: targetType,
  inferShapes(context) {
    const input = requiredInput(context, 0, "input");
    return [fact(context.attributes, input.shape, { value: castValue(input.value, context.attributes) })];
  },
  cost: conversionCost,
});

const castLike = defineOperator<null>({
  domain: "",
  type: "CastLike",
  since: [15, 19, 21, 23, 24, 25],
  kind: "movement",
  parseAttributes: () => null,
  inferShapes(context) {
    const input = requiredInput(context, 0, "input");
    const { dtype } = requiredInput(context, 1, "target_type");
    return [fact(dtype, input.shape, { value: castValue(input.value, dtype) })];
  },
  cost: conversionCost,
});

export const operators: readonly Operator[] = [cast, castLike];
