import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { parseArgs } from "node:util";
import { renderFigure } from "../figures/index.js";
import type { Plan } from "../measure/plan.js";
import { loadCorpus } from "../train/load-corpus.js";
import { studyPage } from "./page.js";
import { type StudyData, studyDataOf } from "./study-data.js";

const USAGE = `usage: npm run study -- [--data datasets/epyc-avx512 --data ...] [--out docs/measurement-study.md] [--figures docs/figures]

Writes the measurement study and its figures from recorded datasets: by default all under datasets/ that have a sweep.
Figures of an earlier study in that folder (study-*.svg) are replaced.
`;
const DATASETS = "datasets";
const log = (message: string): void => void process.stderr.write(`${message}\n`);

/** Folders with a dataset that has a sweep of operators, by name. */
function recordedDatasets(): string[] {
  return readdirSync(DATASETS)
    .sort()
    .map((name) => join(DATASETS, name))
    .filter((folder) => {
      const plan = join(folder, "plan.json");
      return existsSync(plan) && (JSON.parse(readFileSync(plan, "utf8")) as Plan).sweep.convolutions > 0;
    });
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      data: { type: "string", multiple: true },
      out: { type: "string", default: "docs/measurement-study.md" },
      figures: { type: "string", default: "docs/figures" },
      help: { type: "boolean", default: false },
    },
  });
  const folders = values.data ?? recordedDatasets();
  const absent = folders.find((folder) => !existsSync(join(folder, "machine.json")));
  if (values.help || folders.length === 0 || absent !== undefined) {
    log(values.help ? USAGE : `${absent === undefined ? "no dataset" : `${absent} is no dataset: it has no machine.json`}\n${USAGE}`);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  const datasets: StudyData[] = [];
  for (const folder of folders) {
    log(`== ${folder}`);
    datasets.push(studyDataOf(await loadCorpus(folder, log), basename(folder)));
  }
  const { markdown, figures } = studyPage(datasets, relative(dirname(values.out), values.figures));
  mkdirSync(values.figures, { recursive: true });
  mkdirSync(dirname(values.out), { recursive: true });
  for (const name of readdirSync(values.figures)) if (/^study-.*\.svg$/.test(name)) rmSync(join(values.figures, name));
  for (const [name, figure] of figures) writeFileSync(join(values.figures, name), renderFigure(figure));
  writeFileSync(values.out, markdown);
  log(`${values.out} and ${figures.size} figures in ${values.figures}`);
}

await main();
