import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { PublishedDataError } from "../../published/csv.js";
import { type NcnnStatistic, readNcnnTable } from "../../published/ncnn/table.js";
import { ncnnMatrix } from "./leave-out.js";
import { ncnnPage, type StatisticResults } from "./page.js";
import { chosenPredictions, NCNN_SETTINGS, nearestRun, settingPredictions, speedOnly, twins } from "./results.js";

const USAGE = `usage: npm run evaluate:ncnn -- --published FOLDER [--out docs/accuracy-ncnn.md]

Predicts the boards of FOLDER/ncnn/benchncnn.csv, each left out in turn but for ten networks of its log, and writes the page.
`;

const log = (message: string): void => void process.stderr.write(`${message}\n`);

function main(): void {
  const { values } = parseArgs({
    options: {
      published: { type: "string" },
      out: { type: "string", default: "docs/accuracy-ncnn.md" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help || values.published === undefined) {
    log(USAGE);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  const runs = readNcnnTable(values.published);
  const matrix = ncnnMatrix(runs, "min_ms");
  const text = ncnnPage(matrix, [statisticResults("min_ms", runs), statisticResults("avg_ms", runs)]);
  writeFileSync(values.out, text);
  process.stdout.write(text);
}

function statisticResults(statistic: NcnnStatistic, runs: ReturnType<typeof readNcnnTable>): StatisticResults {
  const matrix = ncnnMatrix(runs, statistic);
  const bySetting = NCNN_SETTINGS.map((setting) => {
    log(`${statistic}: ${setting.name}`);
    return settingPredictions(matrix, setting, true);
  });
  const { predictions, chosen } = chosenPredictions(bySetting);
  return {
    statistic,
    twins: twins(matrix),
    chosen: chosen.map((index) => NCNN_SETTINGS[index]?.name ?? ""),
    predictors: [
      { predictor: "speed alone: the typical network times one factor", predictions: speedOnly(matrix) },
      { predictor: "the most similar run of another board", predictions: nearestRun(matrix) },
      ...NCNN_SETTINGS.map(({ name }, i) => ({ predictor: name, predictions: bySetting[i] ?? [] })),
      { predictor: "**tempograph: the setting that other boards choose**", predictions },
    ],
  };
}

try {
  main();
} catch (error) {
  if (!(error instanceof PublishedDataError)) throw error;
  log(error.message);
  process.exitCode = 1;
}
