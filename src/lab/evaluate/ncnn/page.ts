import { NCNN_SOURCE, type NcnnStatistic } from "../../published/ncnn/table.js";
import { accuracyOf } from "../metrics.js";
import { accuracyCells, type Section, type Table, markdown } from "../report.js";
import { SPLIT_SEED } from "../splits.js";
import { GIVEN_COUNT, GIVEN_DRAWS, type NcnnMatrix } from "./leave-out.js";
import type { NcnnPrediction, TwinResult } from "./results.js";

export interface StatisticResults {
  readonly statistic: NcnnStatistic;
  readonly twins: TwinResult;
  /** Setting of each half of the boards. */
  readonly chosen: readonly string[];
  /** The chosen one last. */
  readonly predictors: readonly { readonly predictor: string; readonly predictions: readonly NcnnPrediction[] }[];
}

export function ncnnPage({ runs, networks, groups }: NcnnMatrix, statistics: readonly StatisticResults[]): string {
  return `# Accuracy on ncnn's boards

Written by \`npm run evaluate:ncnn -- --published FOLDER\`; every figure is of boards that trained nothing. Data: ${NCNN_SOURCE},
${runs.length} runs of ${networks.length} networks on ${new Set(runs.map(({ device }) => device)).size} boards, which are ${new Set(groups).size} groups: boards of one chip are one group. A board is left
out with its group and all their configurations; of each of its runs ${GIVEN_COUNT} networks are given (drawn at random, the same for all runs of a
board where they have them; ${GIVEN_DRAWS} draws, seed ${SPLIT_SEED}) and all others predicted.

**No graphs.** The published logs say neither which ncnn version ran nor what the networks' files held then, and the int8 twins
and detectors cannot be rebuilt from what is published with them. So a network is a column here and not a graph: its logarithm of latency has a
distribution over runs (mean, covariance with the other networks, missing ones marginalised), fitted on other boards, and the
given networks' logarithms condition it. That predicts boards, and never a network that no board has run; for the same reason
a regression on FLOPs has nothing to read here.

Settings are what the table below names; for each half of the boards the one with the larger share within 10 % on the other half is
taken. Not blind: the settings themselves, and the distribution's constants, were drawn up in trials on all boards.

${markdown(statistics.flatMap(statisticSections))}
`;
}

function statisticSections({ statistic, twins, chosen, predictors }: StatisticResults): Section[] {
  const last = predictors.at(-1)?.predictions ?? [];
  return [
    {
      title: `\`${statistic}\``,
      text: `Settings chosen: ${[...new Set(chosen)].join("; ")}. What a board's log allows: two boards of the same chip, same threads and cores, all networks of one predicted from all of the other by the best single factor (${twins.pairs} pairs of runs on CPUs) agree as the first row says: they differ by ncnn's version, compiler, cooling and other load, of which a log tells nothing.`,
      tables: [
        {
          head: ["predictor", "±10 %", "±5 %", "MAPE %", "RMSPE %", "rows", "CPU: ±10 %", "GPU: ±10 %"],
          rows: [["(boards of one chip against each other)", ...accuracyCells(twins.accuracy), "", ""], ...predictors.map(predictorRow)],
        },
        intervals(last),
      ],
    },
  ];
}

function predictorRow({ predictor, predictions }: StatisticResults["predictors"][number]): string[] {
  const part = (gpu: boolean): string => accuracyOf(predictions.filter((prediction) => prediction.gpu === gpu)).within10Percent.toFixed(1);
  return [predictor, ...accuracyCells(accuracyOf(predictions)), part(false), part(true)];
}

function intervals(predictions: readonly NcnnPrediction[]): Table {
  const row = (name: string, list: readonly NcnnPrediction[]): string[] => {
    const judged = list.filter(({ insideInterval }) => insideInterval !== null);
    const inside = judged.filter(({ insideInterval }) => insideInterval === true).length;
    return [name, ((100 * inside) / judged.length).toFixed(1), String(judged.length)];
  };
  return {
    head: ["interval asked at 90 %: as wide as the largest error of a given network by the nine others", "coverage %", "rows"],
    rows: [
      row("CPU", predictions.filter(({ gpu }) => !gpu)),
      row("GPU", predictions.filter(({ gpu }) => gpu)),
      row("all", predictions),
    ],
  };
}
