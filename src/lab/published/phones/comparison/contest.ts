import { kept, type PartName, samplesOfPart, turnsOf } from "../held-out.js";
import type { PhoneSample } from "../samples.js";
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
 * Every contender on the same turns as what ships, or on the first `turns` of them; predictions are kept as those of the
 * page are.
 */
export async function contest(
  part: PartName,
  samples: readonly PhoneSample[],
  contenders: readonly Contender[],
  tools: ContestTools,
  turns = Infinity,
): Promise<readonly ContestResult[]> {
  const results: ContestResult[] = [];
  const limited = turnsOf(part, samples).slice(0, turns);
  for (const contender of contenders) {
    const { name, settings } = contender;
    const file = `${part}-${name.toLowerCase().replace(/[^a-z0-9]+/g, "-")}`;
    const rows = await kept(file, samplesOfPart(part, samples), [name, settings, limited.map(({ fold }) => fold)], async () => {
      tools.log(`== ${part}: ${name}`);
      const found: Contested[] = [];
      for (const turn of limited) {
        const latencies = await contender.predict(turn, tools);
        if (latencies === null) return null;
        found.push(...turn.test.map((sample, i) => contested(turn.fold, sample, latencies[i] ?? NaN)));
      }
      return found;
    });
    results.push({ name, rows });
  }
  return results;
}

export function contested(fold: string, { row, configuration, latencyUs }: PhoneSample, predictedUs: number): Contested {
  return { fold, model: row.model, configuration: configuration.id, measuredUs: latencyUs, predictedUs };
}
