import { isFixed, isSettledByValues, outcomeOf, type Examined, type Outcome } from "./examine.js";

/** Tests of one operator or one source. */
export interface Row {
  readonly name: string;
  readonly tests: number;
  readonly outcomes: ReadonlyMap<Outcome, number>;
  /** Tests that depend on data and are equal when the values of the small inputs are given. */
  readonly settled: number;
}

export function rowsBy(examined: readonly Examined[], nameOf: (one: Examined) => string): readonly Row[] {
  const groups = new Map<string, Examined[]>();
  for (const one of examined) {
    const group = groups.get(nameOf(one)) ?? [];
    groups.set(nameOf(one), group);
    group.push(one);
  }
  return [...groups].map(([name, group]) => rowOf(name, group));
}

export function rowOf(name: string, group: readonly Examined[]): Row {
  const outcomes = new Map<Outcome, number>();
  for (const one of group) outcomes.set(outcomeOf(one), (outcomes.get(outcomeOf(one)) ?? 0) + 1);
  const dependent = group.filter((one) => outcomeOf(one) === "depends on data");
  return { name, tests: group.length, outcomes, settled: dependent.filter(isSettledByValues).length };
}

export interface Share {
  readonly equal: number;
  readonly of: number;
}

/** Of the tests whose shapes do not depend on data, those whose every output is equal. */
export function shareOfTests(examined: readonly Examined[]): Share {
  const fixed = examined.filter(isFixed);
  return { equal: fixed.filter((one) => outcomeOf(one) === "equal").length, of: fixed.length };
}

/** Of the outputs whose shapes do not depend on data, those that are equal. */
export function shareOfOutputs(examined: readonly Examined[]): Share {
  const fixed = examined.flatMap(({ fromShapes }) => fromShapes.filter(({ answer }) => !answer.dependsOnData));
  return { equal: fixed.filter(({ verdict }) => verdict === "equal").length, of: fixed.length };
}

/** The same outputs, where every dimension is a number or a symbol when the sizes of the inputs are symbols. */
export function shareFromSymbols(examined: readonly Examined[]): Share {
  const fixed = examined.flatMap(({ fromSymbols }) => fromSymbols.filter(({ answer }) => !answer.dependsOnData));
  return { equal: fixed.filter(({ verdict }) => verdict === "equal").length, of: fixed.length };
}

/** The same share for onnx.shape_inference. */
export function shareOfOnnx(examined: readonly Examined[]): Share {
  const fixed = examined.flatMap(({ test }) => test.outputs.filter(({ dependsOnData }) => !dependsOnData));
  return { equal: fixed.filter(({ onnx }) => onnx === "equal").length, of: fixed.length };
}
