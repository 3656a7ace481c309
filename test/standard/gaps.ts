import { readFileSync } from "node:fs";
import type { Examined } from "./examine.js";
import type { Judgement } from "./judge.js";

/** `domain:Operator` to why its shapes are not inferred. */
export type Reasons = ReadonlyMap<string, string>;

export interface Gap {
  /** `domain:Operator` of the node where the shape is lost. */
  readonly operator: string;
  readonly outputs: number;
  /** A few of the tests. */
  readonly tests: readonly string[];
}

const TESTS_NAMED = 3;

type Section = "fromShapes" | "fromValues" | "operators";

/** reasons.json: of what stays unknown from the shapes, and from the values too, and of operators that differ. */
export function readReasons(path: string): Readonly<Record<Section, Reasons>> {
  const file = JSON.parse(readFileSync(path, "utf8")) as Record<Section, Record<string, string>>;
  const section = (name: Section): Reasons => new Map(Object.entries(file[name]));
  return { fromShapes: section("fromShapes"), fromValues: section("fromValues"), operators: section("operators") };
}

/** Outputs that are unknown though their shapes follow from those of the inputs, by the operator that loses them. */
export function gapsFromShapes(examined: readonly Examined[]): readonly Gap[] {
  return gaps(examined, ({ fromShapes }) => fromShapes.filter(({ answer }) => !answer.dependsOnData));
}

/** Outputs whose shapes depend on data, and that are unknown when the values of the small inputs are given. */
export function gapsFromValues(examined: readonly Examined[]): readonly Gap[] {
  return gaps(examined, ({ fromValues }) => fromValues.filter(({ answer }) => answer.dependsOnData));
}

function gaps(examined: readonly Examined[], judgementsOf: (one: Examined) => readonly Judgement[]): readonly Gap[] {
  const found = new Map<string, { operator: string; outputs: number; tests: string[] }>();
  for (const one of examined) {
    for (const { verdict, cause } of judgementsOf(one)) {
      if (verdict !== "unknown") continue;
      const operator = cause ?? one.test.operator;
      const gap = found.get(operator) ?? { operator, outputs: 0, tests: [] };
      found.set(operator, gap);
      gap.outputs += 1;
      if (gap.tests.length < TESTS_NAMED && gap.tests.at(-1) !== one.test.name) gap.tests.push(one.test.name);
    }
  }
  return [...found.values()].sort((a, b) => (a.operator < b.operator ? -1 : 1));
}

/** Gaps without a reason, and reasons without a gap. */
export function unaccounted(found: readonly Gap[], reasons: Reasons): readonly string[] {
  const operators = new Set(found.map(({ operator }) => operator));
  const missing = found.filter(({ operator }) => !reasons.has(operator));
  return [
    ...missing.map(({ operator, outputs, tests }) => `${operator}: ${outputs} unknown without a reason (${tests.join(", ")})`),
    ...[...reasons.keys()].filter((operator) => !operators.has(operator)).map((name) => `${name}: a reason without a gap`),
  ];
}
