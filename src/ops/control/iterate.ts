import type { OnnxGraph } from "../../onnx/types.js";
import { variableFact } from "../containers.js";
import { fact, UNKNOWN_FACT } from "../facts.js";
import { joinFacts } from "../join-facts.js";
import type { Bodies, BodyRun, ValueFact } from "../operator.js";

/** A graph whose outputs are its inputs in the next iteration. */
export interface LoopBody {
  readonly graph: OnnxGraph;
  /** Inputs before and behind the carried ones; the same in every iteration. */
  readonly before: readonly ValueFact[];
  readonly behind: readonly ValueFact[];
  /** What the first iteration is given. */
  readonly carried: readonly ValueFact[];
  /** Outputs before the carried ones. */
  readonly leadingOutputs: number;
}

/** Rounds in which what differs between iterations is joined; then it is let go. */
const JOINING_ROUNDS = 3;

/**
 * What holds in every iteration: carried values start as what the first iteration is given, and are widened until an
 * iteration gives back nothing else than it was given. A shape that grows from one iteration to the next ends up as
 * unknown. null where there is no work left to find out.
 */
export function iterate(bodies: Bodies, { graph, before, behind, carried, leadingOutputs }: LoopBody): BodyRun | null {
  let entering = carried.map(variableFact);
  for (let round = 0; ; round++) {
    const run = bodies.infer(graph, [...before, ...entering, ...behind]);
    const leaving = entering.map((_, at) => variableFact(run.outputs[leadingOutputs + at] ?? UNKNOWN_FACT));
    const joined = entering.map((known, at) => joinFacts(known, leaving[at] ?? UNKNOWN_FACT));
    if (joined.every((known, at) => known === entering[at])) return run;
    if (!bodies.mayRepeat()) return null;
    entering = widened(entering, joined, round);
  }
}

/** Ends after a few rounds, with nothing known of anything in the worst case. */
function widened(entering: readonly ValueFact[], joined: readonly ValueFact[], round: number): ValueFact[] {
  if (round > JOINING_ROUNDS) return joined.map(() => UNKNOWN_FACT);
  return joined.map((known, at) => {
    const isStable = known === entering[at] || round < JOINING_ROUNDS;
    return isStable || known.container !== undefined ? known : fact(known.dtype, null);
  });
}
