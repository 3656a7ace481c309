import { kept, type PartName, samplesOfPart, turnsOf } from "../held-out.js";
import type { PhoneSample } from "../samples.js";
import { placingNetworks, type Turn } from "../turns.js";
import type { Contender, ContestTools } from "./contender.js";

/** A measurement that trained nothing, and what a contender says of it. */
export interface Contested {
  readonly fold: string;
  readonly model: string;
  readonly configuration: string;
  readonly measuredUs: number;
  readonly predictedUs: number;
}

/** One contender's predictions of a split; null where it cannot run here. */
export interface ContestResult {
  readonly name: string;
  readonly rows: readonly Contested[] | null;
}

/**
 * Every contender on the same turns as what ships, or on the first `turns` of them. Predictions are kept turn by turn, so that
 * a run that is ended goes on where it was.
 */
export async function contest(
  part: PartName,
  samples: readonly PhoneSample[],
  contenders: readonly Contender[],
  tools: ContestTools,
  turns = Infinity,
): Promise<readonly ContestResult[]> {
  const results: ContestResult[] = [];
  const own = samplesOfPart(part, samples);
  const wanted = turnsOf(part, samples).slice(0, turns);
  for (const contender of contenders) {
    const lists: (readonly Contested[] | null)[] = [];
    for (const turn of wanted) {
      const file = `${part}-${fileName(contender.name)}-${fileName(turn.fold)}`;
      lists.push(await kept(file, own, [contender.name, contender.settings, turn.fold, ...placingNetworks(turn)], () => judgeOn(turn, contender, tools)));
    }
    results.push(joined(contender.name, lists));
  }
  return results;
}

async function judgeOn(turn: Turn, contender: Contender, tools: ContestTools): Promise<readonly Contested[] | null> {
  tools.log(`== ${turn.fold}: ${contender.name}`);
  const latencies = await contender.predict(turn, tools);
  return latencies === null ? null : turn.test.map((sample, i) => contested(turn.fold, sample, latencies[i] ?? NaN));
}

/** The turns' predictions as one list; null where one turn could not run. */
export function joined(name: string, turns: readonly (readonly Contested[] | null)[]): ContestResult {
  return { name, rows: turns.some((rows) => rows === null) ? null : turns.flatMap((rows) => rows ?? []) };
}

/** A name as part of a file's. */
export function fileName(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]+/g, "-");
}

export function contested(fold: string, { row, configuration, latencyUs }: PhoneSample, predictedUs: number): Contested {
  return { fold, model: row.model, configuration: configuration.id, measuredUs: latencyUs, predictedUs };
}
