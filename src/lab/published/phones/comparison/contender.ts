import type { Tf } from "../../../../model/backend.js";
import type { PhoneSample } from "../samples.js";
import type { Turn } from "../turns.js";

export interface ContestTools {
  readonly tf: Tf;
  readonly log: (message: string) => void;
}

/** Another way to predict, judged on the same turns as what ships. */
export interface Contender {
  /** Names it in tables and in the cache. */
  readonly name: string;
  /** What shapes its predictions beside data and features: kept ones are made anew where it changes. */
  readonly settings: unknown;
  /** Microseconds of the turn's test samples, in their order; null where it cannot run here. */
  predict(turn: Turn, tools: ContestTools): Promise<readonly number[] | null>;
}

/** What a contender may learn from: nothing of the test samples. */
export function trainingOf({ known, runs }: Turn): readonly PhoneSample[] {
  return [...known, ...runs];
}
