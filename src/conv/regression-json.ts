import Type from "typebox";
import Value from "typebox/value";

import type { ConvolutionClass } from "./convolution.js";
import type { ConvolutionRegression } from "./regression.js";

const Positive = Type.Number({ exclusiveMinimum: 0 });

const SizeSchema = Type.Object({
  outputSize: Positive,
  coefficients: Type.Array(Type.Number(), { minItems: 2, maxItems: 4 }),
  rows: Type.Integer({ minimum: 1 }),
});
const StrideSchema = Type.Object({ stride: Positive, sizes: Type.Array(SizeSchema, { minItems: 1 }) });
const KernelSchema = Type.Object({ kernel: Positive, strides: Type.Array(StrideSchema, { minItems: 1 }) });
const ClassSchema = Type.Object({
  class: Type.Union([Type.Literal("regular"), Type.Literal("depthwise"), Type.Literal("grouped")]),
  kernels: Type.Array(KernelSchema, { minItems: 1 }),
  minimumUs: Positive,
  peakMacsPerUs: Positive,
});
const RegressionSchema = Type.Object({ schema: Type.Literal(1), classes: Type.Array(ClassSchema) });

/** Regressors of each class, as regressorsOf makes them. */
const REGRESSORS: Readonly<Record<ConvolutionClass, number>> = { regular: 4, depthwise: 2, grouped: 4 };

/**
 * Checks regressions that come out of JSON.
 *
 * @throws TypeError naming the first field that is wrong, RangeError for tables that do not
 * ascend or have the wrong number of coefficients.
 */
export function parseConvolutionRegression(value: unknown): ConvolutionRegression {
  if (!Value.Check(RegressionSchema, value)) {
    const [first] = Value.Errors(RegressionSchema, value);
    throw new TypeError(`Convolution regression: ${first?.instancePath ?? ""} ${first?.message ?? "is not valid"}.`);
  }
  for (const { class: name, kernels } of value.classes) {
    assertAscending(kernels.map(({ kernel }) => kernel), `kernels of ${name}`);
    for (const { kernel, strides } of kernels) {
      assertAscending(strides.map(({ stride }) => stride), `strides of ${name} ${kernel}`);
      for (const { stride, sizes } of strides) {
        assertAscending(sizes.map(({ outputSize }) => outputSize), `sizes of ${name} ${kernel}/${stride}`);
        if (sizes.some(({ coefficients }) => coefficients.length !== REGRESSORS[name])) {
          throw new RangeError(`Convolution regression: ${name} needs ${REGRESSORS[name]} coefficients.`);
        }
      }
    }
  }
  return value;
}

function assertAscending(numbers: readonly number[], what: string): void {
  if (numbers.some((number, index) => index > 0 && number <= (numbers[index - 1] ?? 0))) {
    throw new RangeError(`Convolution regression: the ${what} do not ascend.`);
  }
}
