import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { parseArgs } from "node:util";
import { initBackend } from "../../model/backend.js";
import { loadTargets } from "../../predict/index.js";
import type { Corpus } from "../train/corpus.js";
import { keptFactors } from "../train/kept-factors.js";
import { loadTrainingData } from "../train/load-corpus.js";
import { renderFigure } from "../figures/index.js";
import { KERNEL_TRAINING, trainKernelLatency } from "../train/kernel-latency.js";
import { cellsSection } from "./cells-section.js";
import { ablationSections, baselineSections } from "./comparison/sections.js";
import type { Bench } from "./experiments.js";
import { KeptModels } from "./kept-models.js";
import { shippedAs, withKeptSections } from "./kept-sections.js";
import { curveSection } from "./learning-curve.js";
import { memorySections } from "./memory-section.js";
import { partFiles } from "./part-files.js";
import { markdown, type Section } from "./report.js";
import { deviceSections, shareSections } from "./shipped-sections.js";
import { dataSection, familySections, loadedSections, randomSection, realSection, threeFamiliesSection } from "./sections.js";

const USAGE = `usage: npm run evaluate -- [--data datasets/epyc-avx512] [--real datasets/epyc-avx512-real] [--weights weights]
                            [--out docs/accuracy.md] [--figures docs/figures] [--other datasets/epyc-avx2]
                            [--slowdowns FOLDER] [--memory FOLDER] [--seed 1] [--kept-papers]
                            [--parts data,random,loaded,families,three,cells,baselines,ablations,curves,real,shares,device,memory]

Trains every predictor anew on each split, tests it on what the split leaves out, prints the report and writes it with its
figures (accuracy-NAME/*.svg for datasets/NAME).
--slowdowns names a dataset whose loaded rows teach slowdowns as well: see npm run train.
--memory names the folder of what memory networks take, where it is not the one beside the data: see npm run train.
--kept-papers takes the paper's predictors from earlier runs where rows, split, seed and backend are the same, whatever code has changed since.
--parts computes some parts again and takes the others from the last run on that data and with the settings that
ship (.cache/evaluate), or else from the page that there is, where each says that it was kept.
Factors that a run before trained from the same rows and settings by the same code are taken from .cache/train/factors, so that one
that was ended goes on where it was; learning curves, which tell how long training takes, train anew.
`;

const PARTS = ["data", "random", "loaded", "families", "three", "cells", "baselines", "ablations", "curves", "real", "shares", "device", "memory"] as const;
type PartName = (typeof PARTS)[number];
/** Those with figures of intervals. */
const JUDGED: ReadonlySet<PartName> = new Set(["random", "families", "three", "cells"]);
const CACHE = ".cache/evaluate";
const log = (message: string): void => void process.stderr.write(`${message}\n`);

const dataLine = ({ folder }: Corpus): string => `Data: \`${folder}\`,`;

interface Origin {
  readonly seed: number;
  readonly backend: string;
  readonly slowdowns: string | undefined;
  readonly keptPapers: boolean;
  /** Names what ships, or is empty where nothing does. */
  readonly ships: string;
}

const INTRODUCTION = (corpus: Corpus, { seed, backend, slowdowns, keptPapers, ships }: Origin): string => `# Accuracy

Written by \`npm run evaluate\`; every figure is of rows that trained nothing. ${dataLine(corpus)} recorded on one
machine (${corpus.machine.cpu}, ${corpus.machine.cores} virtual cores, ${corpus.machine.simd}; ${corpus.machine.engine}
${corpus.machine.engineVersion}, ${corpus.machine.threads} thread; machine id ${corpus.machine.id}). Training seed ${seed}, backend
${backend}. ±10 % is the share of predictions within 10 % of the measurement.${
  slowdowns === undefined
    ? ""
    : ` ${corpus.borrowed.length} labels under load of \`${slowdowns}\`,
another engine on the same kind of machine, teach slowdowns as well: none of them tests, none of a network that tests trains, nor
does a state of the same name where states are unseen.`
}${keptPapers ? " The paper's predictors are of earlier runs on the same rows, splits and seed." : ""}${ships === "" ? "" : `\n${ships}`}`;

/** Of the shipped target that was trained on a corpus. */
async function shipsOf(weights: string, { folder }: Corpus): Promise<string> {
  const info = (await loadTargets(weights)).list().find(({ data }) => data === basename(folder));
  return info === undefined ? "" : shippedAs(info.target, info.version);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      data: { type: "string", default: "datasets/epyc-avx512" },
      real: { type: "string", default: "datasets/epyc-avx512-real" },
      other: { type: "string", default: "datasets/epyc-avx2" },
      weights: { type: "string", default: "weights" },
      slowdowns: { type: "string" },
      memory: { type: "string" },
      out: { type: "string", default: "docs/accuracy.md" },
      figures: { type: "string", default: "docs/figures" },
      parts: { type: "string", default: PARTS.join(",") },
      seed: { type: "string", default: "1" },
      "kept-papers": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const wanted = values.parts.split(",");
  const unknown = wanted.find((name) => !PARTS.some((part) => part === name));
  if (values.help || unknown !== undefined) {
    log(unknown === undefined ? USAGE : `no part ${unknown}\n${USAGE}`);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  const { tf, name: backend } = await initBackend();
  const corpus = await loadTrainingData(values, log);
  const seed = Number(values.seed);
  const parts = partFiles<PartName>(join(CACHE, basename(values.data)), corpus, JUDGED);
  let bench: Bench | null = null;
  const setting = { tf, corpus, seed, log, keep: keptFactors(tf) };
  const keptPapers = values["kept-papers"];
  const prepare = async (): Promise<Bench> =>
    (bench ??= {
      ...setting,
      keptPapers: new KeptModels(join(CACHE, "papers"), keptPapers),
      kernelLatency: await trainKernelLatency(tf, corpus.kernels, [], { ...KERNEL_TRAINING, seed, onProgress: log }),
    });
  const compute: Readonly<Record<PartName, () => Promise<Section[]>>> = {
    data: () => Promise.resolve([dataSection(corpus)]),
    random: async () => randomSection(await prepare()),
    loaded: async () => loadedSections(await prepare()),
    families: async () => familySections(await prepare()),
    three: async () => threeFamiliesSection(await prepare()),
    cells: async () => cellsSection(await prepare()),
    baselines: () => baselineSections(setting),
    ablations: () => ablationSections(setting),
    curves: () => curveSection(setting),
    real: () => realSection(values.weights, values.real, corpus),
    shares: () => shareSections(values.weights, corpus),
    device: () => deviceSections(values.weights, values.other),
    memory: () => memorySections(corpus, values.memory),
  };
  const sections: Section[] = [];
  for (const part of PARTS) {
    if (wanted.includes(part)) {
      log(`== ${part}`);
      parts.write(part, await compute[part]());
    }
    sections.push(...parts.read(part));
  }
  // Figures of a dataset's page have a folder of their own.
  const figures = join(values.figures, `accuracy-${basename(values.data)}`);
  const pathOf = (name: string): string => relative(dirname(values.out), join(figures, `${name}.svg`));
  const ships = await shipsOf(values.weights, corpus);
  const made = `${INTRODUCTION(corpus, { seed, backend, slowdowns: values.slowdowns, keptPapers, ships })}\n\n${markdown(sections, pathOf)}\n`;
  const text = withKeptSections(made, existsSync(values.out) ? readFileSync(values.out, "utf8") : "", dataLine(corpus));
  writeFigures(figures, sections, (name) => text.includes(`(${pathOf(name)})`));
  writeFileSync(values.out, text);
  process.stdout.write(text);
}

/** Writes the figures of sections, and removes those that the page does not show. */
function writeFigures(folder: string, sections: readonly Section[], isShown: (name: string) => boolean): void {
  mkdirSync(folder, { recursive: true });
  for (const file of readdirSync(folder)) if (!isShown(basename(file, ".svg"))) rmSync(join(folder, file));
  for (const { name, figure } of sections.flatMap(({ figures = [] }) => figures)) writeFileSync(join(folder, `${name}.svg`), renderFigure(figure));
}

await main();
