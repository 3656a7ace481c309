import type { StandardCase, StandardTests } from "./cases.js";
import { judge, type Judgement } from "./judge.js";
import { judgeFromSymbols } from "./symbols.js";

/** One test, asked three times. */
export interface Examined {
  readonly test: StandardCase;
  /** From the shapes of the inputs alone. */
  readonly fromShapes: readonly Judgement[];
  /** With the values of its small inputs known beforehand as well. */
  readonly fromValues: readonly Judgement[];
  /** With symbols for all sizes of the inputs. */
  readonly fromSymbols: readonly Judgement[];
}

/** What became of a whole test. */
export type Outcome = "equal" | "depends on data" | "unknown" | "contradiction" | "error";

export function examine({ cases }: StandardTests): readonly Examined[] {
  return cases.map((test) => {
    return { test, fromShapes: judge(test), fromValues: judge(test, test.values), fromSymbols: judgeFromSymbols(test) };
  });
}

/** An output that is not known though its shape depends on nothing but the shapes of the inputs makes a test unknown. */
export function outcomeOf({ fromShapes }: Examined): Outcome {
  const found = new Set(fromShapes.map(outcomeOfOutput));
  const worstFirst: readonly Outcome[] = ["error", "contradiction", "unknown", "depends on data"];
  return worstFirst.find((outcome) => found.has(outcome)) ?? "equal";
}

function outcomeOfOutput({ verdict, answer }: Judgement): Outcome {
  return verdict === "unknown" && answer.dependsOnData ? "depends on data" : verdict;
}

/** Whether no output's shape depends on data, by the rule and not by what was inferred. */
export function isFixed({ test }: Examined): boolean {
  return test.outputs.every((answer) => !answer.dependsOnData);
}

/** Whether the values of the inputs settle what their shapes alone do not. */
export function isSettledByValues({ fromValues }: Examined): boolean {
  return fromValues.every(({ verdict }) => verdict === "equal");
}

/** Wrong in any question: `name: what was inferred, what is true`. */
export function wrongAnswers(examined: readonly Examined[]): readonly string[] {
  return examined.flatMap(({ test, fromShapes, fromValues, fromSymbols }) => {
    const all = [...fromShapes, ...fromValues, ...fromSymbols];
    const wrong = all.filter(({ verdict }) => verdict === "contradiction" || verdict === "error");
    return wrong.map(({ verdict, detail }) => `${verdict} in ${test.name}: ${detail}`);
  });
}
