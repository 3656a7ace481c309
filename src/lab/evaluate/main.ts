import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { parseArgs } from "node:util";
import { initBackend } from "../../model/backend.js";
import type { Corpus } from "../train/corpus.js";
import { loadTrainingData } from "../train/load-corpus.js";
import { renderFigure } from "../figures/index.js";
import { KERNEL_TRAINING, trainKernelLatency } from "../train/kernel-latency.js";
import { cellsSection } from "./cells-section.js";
import { ablationSections, baselineSections } from "./comparison/sections.js";
import type { Bench } from "./experiments.js";
import { KeptModels } from "./kept-models.js";
import { curveSection } from "./learning-curve.js";
import { memorySections } from "./memory-section.js";
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
--parts computes some parts again and takes the others from the last run on that data (.cache/evaluate).
`;

const PARTS = ["data", "random", "loaded", "families", "three", "cells", "baselines", "ablations", "curves", "real", "shares", "device", "memory"] as const;
type PartName = (typeof PARTS)[number];
const CACHE = ".cache/evaluate";
const log = (message: string): void => void process.stderr.write(`${message}\n`);

interface Origin {
  readonly seed: number;
  readonly backend: string;
  readonly slowdowns: string | undefined;
  readonly keptPapers: boolean;
}

const INTRODUCTION = (corpus: Corpus, { seed, backend, slowdowns, keptPapers }: Origin): string => `# Accuracy

Written by \`npm run evaluate\`; every figure is of rows that trained nothing. Data: \`${corpus.folder}\`, recorded on one
machine (${corpus.machine.cpu}, ${corpus.machine.cores} virtual cores, ${corpus.machine.simd}; ${corpus.machine.engine}
${corpus.machine.engineVersion}, ${corpus.machine.threads} thread; machine id ${corpus.machine.id}). Training seed ${seed}, backend
${backend}. ±10 % is the share of predictions within 10 % of the measurement.${
  slowdowns === undefined
    ? ""
    : ` ${corpus.borrowed.length} labels under load of \`${slowdowns}\`,
another engine on the same kind of machine, teach slowdowns as well: none of them tests, none of a network that tests trains, nor
does a state of the same name where states are unseen.`
}${keptPapers ? " The paper's predictors are of earlier runs on the same rows, splits and seed." : ""}`;

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
  const cache = join(CACHE, basename(values.data));
  const partPath = (part: PartName): string => join(cache, `${part}.json`);
  const writePart = (part: PartName, sections: readonly Section[]): void => writeFileSync(partPath(part), JSON.stringify(sections));
  let bench: Bench | null = null;
  const setting = { tf, corpus, seed, log };
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
    families: async () => familySections(await prepare(), (partial) => writePart("families", partial)),
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
  mkdirSync(cache, { recursive: true });
  const sections: Section[] = [];
  for (const part of PARTS) {
    const path = partPath(part);
    if (wanted.includes(part)) {
      log(`== ${part}`);
      writePart(part, await compute[part]());
    }
    if (existsSync(path)) sections.push(...(JSON.parse(readFileSync(path, "utf8")) as Section[]));
  }
  const fileOf = writeFigures(values.figures, basename(values.data), sections);
  const text = `${INTRODUCTION(corpus, { seed, backend, slowdowns: values.slowdowns, keptPapers })}\n\n${markdown(sections, (name) => relative(dirname(values.out), fileOf(name)))}\n`;
  writeFileSync(values.out, text);
  process.stdout.write(text);
}

/** Replaces the figures of a dataset's page, which have a folder of their own. Returns where each one is. */
function writeFigures(folder: string, data: string, sections: readonly Section[]): (name: string) => string {
  const own = join(folder, `accuracy-${data}`);
  const fileOf = (name: string): string => join(own, `${name}.svg`);
  rmSync(own, { recursive: true, force: true });
  mkdirSync(own, { recursive: true });
  for (const { name, figure } of sections.flatMap(({ figures = [] }) => figures)) writeFileSync(fileOf(name), renderFigure(figure));
  return fileOf;
}

await main();
