import { mean } from "../../../dataset/statistics.js";
import { nestedShare } from "../../../evaluate/splits.js";
import type { Baseline } from "../baselines.js";
import { blendedUs, type HeldOut, PHONES_TRAINING, predictTurn } from "../cross-validate.js";
import { kept, type PartName, samplesOfPart, turnsOf } from "../held-out.js";
import { SUMS_SETTINGS } from "../operator-sums.js";
import type { PhoneSample } from "../samples.js";
import type { Turn } from "../turns.js";
import type { ContestTools } from "./contender.js";
import { contested, type ContestResult, fileName, joined } from "./contest.js";
import { BOOSTED_TREES } from "./table-contenders.js";

/** Shares of the training networks that train; all of them are what the page's tables are of. */
export const SHARES = [0.1, 0.25, 0.5] as const;

const SHIPPED = "factors and sums, blended";
const BASELINES_SHOWN: readonly Baseline[] = ["sums over operator kinds", "FLOPs and bytes"];

/** One share's predictions by everything that is compared. */
export interface CurvePoint {
  readonly share: number;
  /** Networks that trained, on average over turns. */
  readonly networks: number;
  readonly results: readonly ContestResult[];
}

/**
 * How errors fall with the number of networks that train: the part's own turns and settings, the test networks always the
 * same ones.
 *
 * @param whole the page's predictions of the part, all training networks used
 */
export async function learningCurve(
  part: PartName,
  samples: readonly PhoneSample[],
  tools: ContestTools,
  whole: { readonly rows: readonly HeldOut[]; readonly trees: ContestResult | undefined },
): Promise<readonly CurvePoint[]> {
  const turns = turnsOf(part, samples);
  const points: CurvePoint[] = [];
  for (const share of SHARES) {
    const lists: (readonly ContestResult[])[] = [];
    for (const turn of turns) {
      const settings = [share, turn.fold, PHONES_TRAINING, BASELINES_SHOWN, SUMS_SETTINGS];
      lists.push(await kept(`${part}-share-${share}-${fileName(turn.fold)}`, samplesOfPart(part, samples), settings, () => {
        tools.log(`== ${turn.fold}: ${100 * share} % of the networks`);
        return onShare(turn, share, tools);
      }));
    }
    const results = (lists[0] ?? []).map(({ name }, i) => joined(name, lists.map((list) => list[i]?.rows ?? null)));
    points.push({ share, networks: networksOf(turns, share), results });
  }
  const results = [...shippedResults(whole.rows), { name: BOOSTED_TREES.name, rows: whole.trees?.rows ?? null }];
  return [...points, { share: 1, networks: networksOf(turns, 1), results }];
}

/** One turn's predictions from a share of its training networks. */
export async function onShare(turn: Turn, share: number, { tf, log }: ContestTools): Promise<readonly ContestResult[]> {
  const models = nestedShare(turn.known.map(({ row }) => row.model), share);
  const known = turn.known.filter(({ row }) => models.has(row.model));
  const held = await predictTurn({ ...turn, known }, { tf, training: PHONES_TRAINING, log });
  const trees = await BOOSTED_TREES.predict({ ...turn, known }, { tf, log });
  const rows = trees === null ? null : turn.test.map((sample, i) => contested(turn.fold, sample, trees[i] ?? NaN));
  return [...shippedResults(held), { name: BOOSTED_TREES.name, rows }];
}

/** What ships and the baselines shown beside it. */
function shippedResults(held: readonly HeldOut[]): readonly ContestResult[] {
  const named = (name: string, us: (row: HeldOut) => number): ContestResult => ({
    name,
    rows: held.map((row) => ({ fold: row.fold, model: row.model, configuration: row.configuration, measuredUs: row.measuredUs, predictedUs: us(row) })),
  });
  return [named(SHIPPED, blendedUs), ...BASELINES_SHOWN.map((name) => named(name, (row) => row.baselines[name]))];
}

function networksOf(turns: readonly Turn[], share: number): number {
  return mean(turns.map(({ known }) => nestedShare(known.map(({ row }) => row.model), share).size));
}
