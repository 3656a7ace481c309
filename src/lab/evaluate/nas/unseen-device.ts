import { mean } from "../../dataset/statistics.js";
import { NAS_DEVICES, type NasDevice } from "../../published/nas/table.js";
import { chooseDeviceSum, deviceSumBasis, fitDeviceSum, predictDeviceSum } from "../../train/device-sum.js";
import type { Pair } from "../metrics.js";
import { spearman } from "../spearman.js";
import { flopsLine } from "./baselines.js";
import { knownDevices, type KnownDevices, measured, type NasBench, othersOf } from "./bench.js";
import { intervalOf, pairsOf, resultOf } from "./own-device.js";
import { SAMPLE_COUNT, SAMPLE_DRAWS, sampleRows } from "./split.js";

export interface UnseenResult {
  readonly predictor: string;
  readonly device: NasDevice;
  /** Mean and standard deviation over the draws of samples. */
  readonly spearman: number;
  readonly spearmanDeviation: number;
  readonly within10Percent: number;
}

export interface UnseenInterval {
  readonly device: NasDevice;
  /** Means over the draws. */
  readonly coveragePercent: number;
  readonly halfWidthPercent: number;
}

/** Draws of samples of each known device at which penalties are compared. */
const PENALTY_DRAWS = 5;
/** Of the quantities' share in a new device: from "ten samples tell it" to "what the known devices say". */
const PENALTIES = [0.3, 1, 3, 10, 100];
export const CHOSEN_UNSEEN = "tempograph: known devices and quantities";

interface Draw {
  readonly predictor: string;
  readonly pairs: readonly Pair[];
  readonly heldOut?: readonly number[];
}

/**
 * HELP's protocol: the table's other devices train with their 900 architectures, ten random architectures are measured on
 * the new one, and all architectures but those ten and the 900 are ranked. Means over 20 draws of the ten.
 *
 * The penalty is chosen on the other devices alone: each in turn is the new one, the three others known, the 900 ranked.
 */
export function unseenDeviceResults(bench: NasBench): { results: UnseenResult[]; intervals: UnseenInterval[] } {
  const known = knownDevices(bench, bench.split.training);
  const results: UnseenResult[] = [];
  const intervals: UnseenInterval[] = [];
  for (const device of NAS_DEVICES) {
    const penalty = choosePenalty(bench, known, device);
    const draws = Array.from({ length: SAMPLE_DRAWS }, (_, draw) => predictDraw(bench, known, device, draw, penalty));
    for (const { predictor } of draws[0] ?? []) results.push(summary(predictor, device, draws));
    intervals.push(intervalSummary(device, draws));
    bench.log(`${bench.space}, ${device} unseen: done`);
  }
  return { results, intervals };
}

function choosePenalty(bench: NasBench, known: KnownDevices, device: NasDevice): number {
  const others = NAS_DEVICES.filter((other) => other !== device);
  const { training } = bench.split;
  const scores = PENALTIES.map((penalty) =>
    mean(
      others.flatMap((pretended) => {
        const rest = others.filter((other) => other !== pretended).map((other) => known.get(other) ?? []);
        const basis = deviceSumBasis(bench.rows.map((_, row) => rest.map((list) => list[row] ?? 0)), bench.quantities, { standardise: true });
        return Array.from({ length: PENALTY_DRAWS }, (_, draw) => {
          const samples = training.slice(SAMPLE_COUNT * draw, SAMPLE_COUNT * (draw + 1));
          const model = fitDeviceSum(basis, samples, samples.map((row) => measured(bench, pretended, row)), penalty);
          const ranked = training.slice(SAMPLE_COUNT * PENALTY_DRAWS);
          return spearman(pairsOf(bench, pretended, ranked, ranked.map((row) => predictDeviceSum(model, row))));
        });
      }),
    ),
  );
  const best = PENALTIES[scores.indexOf(Math.max(...scores))] ?? NaN;
  bench.log(`${bench.space}, ${device} unseen: penalty ${best} by the other devices`);
  return best;
}

function predictDraw(bench: NasBench, known: KnownDevices, device: NasDevice, draw: number, penalty: number): Draw[] {
  const samples = sampleRows(bench.rows.length, draw);
  const taken = new Set(samples);
  const test = bench.split.test.filter((row) => !taken.has(row));
  const latencies = samples.map((row) => measured(bench, device, row));
  const basis = deviceSumBasis(othersOf(bench, known, device), bench.quantities, { standardise: true });
  const { model, heldOut } = chooseDeviceSum(basis, samples, latencies, [penalty], SAMPLE_COUNT);
  const agreed = fitDeviceSum(basis, samples, latencies, 1e6);
  const alone = chooseDeviceSum(deviceSumBasis([], bench.quantities, { standardise: true }), samples, latencies, PENALTIES, SAMPLE_COUNT);
  const pairs = (predictions: readonly number[]): Pair[] => pairsOf(bench, device, test, predictions);
  return [
    { predictor: "FLOPs line", pairs: pairs(flopsLine(bench, device, samples, test) ?? []) },
    { predictor: "quantities alone, no other device", pairs: pairs(test.map((row) => predictDeviceSum(alone.model, row))) },
    { predictor: "the known device that ranks the ten best", pairs: pairs(nearestDevice(bench, known, device, samples, test)) },
    { predictor: "blend of the known devices", pairs: pairs(test.map((row) => predictDeviceSum(agreed, row))) },
    { predictor: CHOSEN_UNSEEN, pairs: pairs(test.map((row) => predictDeviceSum(model, row))), heldOut },
  ];
}

/** Predictions for the known device whose predictions correlate best with the samples, times one factor. */
function nearestDevice(bench: NasBench, known: KnownDevices, device: NasDevice, samples: readonly number[], test: readonly number[]): number[] {
  const candidates = NAS_DEVICES.filter((other) => other !== device).map((other) => known.get(other) ?? []);
  const score = (predictions: readonly number[]): number =>
    spearman(samples.map((row) => ({ predicted: predictions[row] ?? 0, measured: measured(bench, device, row) })));
  const best = candidates.reduce((a, b) => (score(b) > score(a) ? b : a));
  const ratios = samples.map((row) => measured(bench, device, row) / (best[row] ?? 1)).sort((a, b) => a - b);
  const ratio = ratios[Math.floor(ratios.length / 2)] ?? 1;
  return test.map((row) => ratio * (best[row] ?? 0));
}

function summary(predictor: string, device: NasDevice, draws: readonly (readonly Draw[])[]): UnseenResult {
  const each = draws.flatMap((list) => list.filter((draw) => draw.predictor === predictor)).map(({ pairs }) => resultOf(predictor, device, pairs));
  const correlations = each.map((result) => result.spearman);
  const centre = mean(correlations);
  return {
    predictor,
    device,
    spearman: centre,
    spearmanDeviation: Math.sqrt(mean(correlations.map((value) => (value - centre) ** 2))),
    within10Percent: mean(each.map(({ within10Percent }) => within10Percent)),
  };
}

function intervalSummary(device: NasDevice, draws: readonly (readonly Draw[])[]): UnseenInterval {
  const each = draws.flatMap((list) =>
    list.flatMap(({ pairs, heldOut }) => (heldOut === undefined ? [] : [intervalOf(device, pairs, heldOut)])),
  );
  return {
    device,
    coveragePercent: mean(each.map(({ coveragePercent }) => coveragePercent)),
    halfWidthPercent: mean(each.map(({ halfWidthPercent }) => halfWidthPercent)),
  };
}
