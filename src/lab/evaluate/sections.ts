import { existsSync } from "node:fs";
import { basename } from "node:path";
import { loadTargets } from "../../predict/index.js";
import type { EmbeddedModel, TargetPredictor } from "../../predict/types.js";
import type { LatencyPredictor } from "../../model/predictor.js";
import { besideFolder } from "../dataset/folders.js";
import { IDLE_LABELS } from "../dataset/label.js";
import type { Figure } from "../figures/index.js";
import type { Residual } from "../train/calibrate.js";
import type { Corpus } from "../train/corpus.js";
import { loadCorpus } from "../train/load-corpus.js";
import type { LoadedExample } from "../train/examples.js";
import { timedNetworks } from "../train/network-profiles.js";
import { rowsOf } from "../train/pipeline.js";
import { accuracyFigure, groupsFigure, type LoadedPair, stateFigure } from "./accuracy-figures.js";
import {
  type Bench,
  chosenName,
  idlePairs,
  idleResults,
  loadedPairs,
  loadedResults,
  type Result,
  slowdownPairs,
  type Trained,
  trainIdleOnly,
  trainUnderLoad,
} from "./experiments.js";
import { intervalCoverage } from "./interval-coverage.js";
import { accuracyOf, type Pair } from "./metrics.js";
import { idleNoiseFloor, loadedNoiseFloor } from "./noise-floor.js";
import { comparisonTable, resultTable, type Section, type Table } from "./report.js";
import { type Calibrating, calibratingOf, judgeUnseen, type LeftOut, leftOutTable, trustTable } from "./trust.js";
import { familiesOf, familySplitOf, heldOutCells, isOfCells, randomSplit, type Split, type SplitModels, splitOf } from "./splits.js";

/** Families that train in the last experiment; fixed before any was run. */
export const THREE_FAMILIES: readonly string[] = ["resnet", "mobilenetv2", "shufflenetv2"];
/** Share of load states that one experiment leaves out of training. */
const UNSEEN_STATES = 0.3;

/** Names of the recordings that a corpus' further networks are of. */
function besideOf({ folder, further }: Corpus): string {
  const recordings = new Set(further.flatMap(({ recording }) => recording ?? []));
  return [...recordings].map((recording) => `\`${basename(besideFolder(folder, recording))}\``).join(", ");
}

/** How many further networks there are, of the dataset's families and of random cells. */
function kindsOf({ further }: Corpus): string {
  const ofCells = further.filter(isOfCells).length;
  const ofFamilies = `${further.length - ofCells} more networks of these families`;
  return ofCells === 0 ? ofFamilies : `${ofFamilies} and ${ofCells} of random cells, which are of none,`;
}

export function dataSection(corpus: Corpus): Section {
  const families = familiesOf(corpus);
  const times = corpus.idle.map(({ latencyUs }) => latencyUs / 1000).sort((a, b) => a - b);
  const states = new Set(corpus.loaded.map(({ stateName }) => stateName));
  const timed = timedNetworks([...corpus.idle, ...corpus.further]);
  return {
    title: "The data and their noise floor",
    text:
      `${corpus.idle.length} idle models of ${families.length} families (${families.join(", ")}), ` +
      `${(times[0] ?? 0).toFixed(1)} to ${(times.at(-1) ?? 0).toFixed(0)} ms; ${corpus.kernels.length} kernels of a sweep` +
      `${corpus.profiled ? ", profiled" : ", each alone in a model"}; ${corpus.loaded.length} (model, state) labels in ${states.size} load states. ` +
      `${corpus.failures.length} rows failed. ` +
      `An idle network's latency is ${labelName(corpus)}. ` +
      (corpus.profiled
        ? "The kernels that the lowering predicts are exactly those that the engine ran in " +
          `${(100 * corpus.exactLowering).toFixed(1)} % of the profiled models. `
        : "") +
      (corpus.further.length > 0
        ? `${kindsOf(corpus)} were recorded beside them (${besideOf(corpus)}): where their family trains they do, and none of them tests${heldOutCells(corpus).size > 0 ? " but some of the cells, which do not train" : ""}. `
        : "") +
      (timed.networks > 0
        ? `Of ${timed.networks} networks the engine tells what layers take: ${(100 * timed.share).toFixed(1)} % of their latency is known by kernel, or by kind and work of kernels. `
        : "") +
      `The noise floor compares a label from one half of its passes with one from the other half: labels from all passes are better than that.`,
    tables: [
      resultTable(
        [
          { predictor: "idle: odd against even rounds", accuracy: idleNoiseFloor(corpus, corpus.idleLabel) },
          { predictor: "loaded: block 1 against block 2", accuracy: loadedNoiseFloor(corpus) },
        ],
        "labels against themselves",
      ),
    ],
  };
}

function labelName({ idleLabel }: Corpus): string {
  return [...IDLE_LABELS].find(([, options]) => options === idleLabel)?.[0] ?? JSON.stringify(idleLabel);
}

export async function randomSection(bench: Bench): Promise<Section[]> {
  const split = splitOf(bench.corpus);
  const trained = await trainUnderLoad(bench, split);
  const idle = idleResults(bench, split, trained);
  const loaded = loadedResults(bench, split, trained);
  const { tables, figure } = await extras(bench, split, trained);
  return [
    {
      title: "(a) Random 70/30 by model, idle",
      text: "60 % of the models train, 10 % validate, 30 % test.",
      figures: [{ name: "idle", figure: accuracyFigure("Accuracy on test models, idle", idle) }],
      tables: [resultTable(idle)],
    },
    {
      title: "(b) The same split, under load",
      text: "Test models, in states that training saw with other models; states as read just before, averaged over the visits.",
      figures: [
        { name: "loaded", figure: accuracyFigure("Accuracy on test models, under load", loaded) },
        { name: "states", figure: stateFigure("Errors by state, test models under load", loadedErrors(rowsOf(bench.corpus, split.test).loaded, loaded[0]?.pairs ?? [])) },
        { name: "coverage", figure },
      ],
      tables: [resultTable(loaded), byStateTable(bench, split, trained), ...tables],
    },
  ];
}

const KINDS: readonly (readonly [name: string, is: (example: LoadedExample) => boolean])[] = [
  ["load on the model's core", ({ stateName }) => stateName.endsWith("t0")],
  ["memory traffic from the other core", ({ stateName }) => stateName.startsWith("u0t")],
  ["both", ({ stateName }) => !stateName.endsWith("t0") && !stateName.startsWith("u0t")],
];

/** @param pairs one for each example */
function loadedErrors(examples: readonly LoadedExample[], pairs: readonly Pair[]): readonly LoadedPair[] {
  return pairs.map((pair, i) => {
    const example = examples[i];
    const kind = KINDS.find(([, is]) => example !== undefined && is(example))?.[0] ?? "";
    return { ...pair, kind, utilization: example?.state.utilization ?? 0, bandwidthGBs: example?.state.bandwidthGBs ?? 0 };
  });
}

function byStateTable(bench: Bench, split: Split, trained: Trained) {
  const groups = KINDS.map(([name, is]) => ({ name, results: loadedResults(bench, split, trained, is) }));
  return comparisonTable(groups, "state: ±10 % (MAPE)");
}

/** What the loaded errors are made of, and whether the intervals hold. */
async function extras(bench: Bench, split: Split, { chosen }: Trained): Promise<{ readonly tables: readonly Table[]; readonly figure: Figure }> {
  const test = rowsOf(bench.corpus, split.test);
  const parts: Result[] = [{ predictor: "slowdown alone (idle latency given)", accuracy: accuracyOf(slowdownPairs(chosen, test.loaded)) }];
  const { table, figure } = await intervalCoverage(bench, split, chosen);
  return { tables: [resultTable(parts, "part of the error"), table], figure };
}

export async function loadedSections(bench: Bench): Promise<Section[]> {
  const split = splitOf(bench.corpus);
  const excluded = unseenStates(bench.corpus);
  const trained = await trainUnderLoad(bench, split, excluded);
  const unseen = ({ stateName }: LoadedExample): boolean => excluded.has(stateName);
  return [
    {
      title: "(b') Models and load states unseen",
      text: `${excluded.size} of ${stateNames(bench.corpus).length} load states are left out of training as well.`,
      tables: [resultTable(loadedResults(bench, split, trained, unseen, excluded))],
    },
  ];
}

const stateNames = ({ loaded }: Pick<Corpus, "loaded">): string[] => [...new Set(loaded.map(({ stateName }) => stateName))];

/** Load states that train nothing where states are to be unseen. */
export function unseenStates(corpus: Pick<Corpus, "loaded">): ReadonlySet<string> {
  const names = stateNames(corpus);
  const { test: left } = randomSplit(names);
  return new Set([...left].slice(0, Math.round(UNSEEN_STATES * names.length)));
}

/** Each family in turn. A run that was ended goes on where it was, by the factors that it kept. */
export async function familySections(bench: Bench): Promise<Section[]> {
  const familyOf = new Map(bench.corpus.idle.map(({ id, family }) => [id, family]));
  const tested: (Pick<LeftOut, "name" | "test"> & { readonly results: Result[] })[] = [];
  for (const family of familiesOf(bench.corpus)) {
    bench.log(`without ${family}`);
    const split = familySplitOf(bench.corpus, new Set([family]));
    const trained = await trainIdleOnly(bench, split);
    tested.push({ name: family, results: idleResults(bench, split, trained), test: judgeUnseen(bench, split, trained.chosen) });
  }
  // Last: by then a training beside this run has made the folds.
  const { like, unlike } = await calibratingOf(bench, splitOf(bench.corpus));
  const withoutFamily = (name: string): Calibrating => {
    const isOther = ({ id }: Residual): boolean => familyOf.get(id) !== name;
    return { like: like.filter(isOther), unlike: unlike.filter(isOther) };
  };
  return [
    {
      title: "(c) Each family left out, idle",
      text:
        `The other nine families train${bench.corpus.further.some(isOfCells) ? ", and networks of random cells" : ""}; share within 10 %, MAPE in brackets. Intervals of a family are made as those of what ships, but ` +
        "that none of its own models calibrates them.",
      figures: [{ name: "families", figure: groupsFigure("Errors by family that is left out", tested) }],
      tables: [comparisonTable(tested, "family left out: ±10 % (MAPE)"), leftOutTable(tested.map((family) => ({ ...family, ...withoutFamily(family.name) })))],
    },
  ];
}

/** The split where THREE_FAMILIES train and no other network does, of random cells neither. */
export function threeFamilies(corpus: SplitModels): { readonly tested: readonly string[]; readonly split: Split } {
  const others = ({ family }: { readonly family: string }): readonly string[] => (THREE_FAMILIES.includes(family) ? [] : [family]);
  const tested = [...new Set(corpus.idle.flatMap(others))].sort();
  return { tested, split: familySplitOf(corpus, new Set([...tested, ...corpus.further.flatMap(others)])) };
}

export async function threeFamiliesSection(bench: Bench): Promise<Section[]> {
  const { tested, split } = threeFamilies(bench.corpus);
  const trained = await trainIdleOnly(bench, split);
  const trust = trustTable(await calibratingOf(bench, split), judgeUnseen(bench, split, trained.chosen));
  const groups = tested.map((family) => {
    const members = new Set(bench.corpus.idle.filter((e) => e.family === family).map(({ id }) => id));
    return { name: family, results: idleResults(bench, { ...split, test: members }, trained) };
  });
  return [
    {
      title: "(d) Three families train, the rest are predicted, idle",
      text: `${THREE_FAMILIES.join(", ")} train; the other seven test.`,
      figures: [{ name: "three", figure: groupsFigure("Errors by family where three train", groups) }],
      tables: [resultTable(idleResults(bench, split, trained)), comparisonTable(groups, "family: ±10 % (MAPE)"), trust],
    },
  ];
}

/** Of the exports of the plan REAL: what of them is not news to a predictor of the zoo's networks. */
export const PLAIN_NETWORKS =
  "None of these files trained, but seven are plain networks that the zoo builds too, as the first variant of a family (MobileNetV2, MobileNetV3, SqueezeNet, " +
  "DenseNet-121, ShuffleNetV2, GoogLeNet and VGG-16; which of them train says the split): ResNet-18, EfficientNet-B0 and Inception v3 are the ones that nothing measured before.";

/** Real exports, measured on the same machine, against the shipped weights. */
export async function realSection(weights: string, folder: string, reference: Corpus): Promise<Section[]> {
  if (!existsSync(folder)) return [];
  const registry = await loadTargets(weights);
  const target = registry.get(registry.defaultTarget);
  if (target === undefined) return [];
  const corpus = await loadCorpus(folder, undefined, reference);
  const states = [...new Set(corpus.loaded.map(({ stateName }) => stateName))].sort();
  const cell = (predictedMs: number, measuredUs: number | undefined): string[] => {
    if (measuredUs === undefined) return ["", "", ""];
    const error = (100 * predictedMs * 1000) / measuredUs - 100;
    return [(measuredUs / 1000).toFixed(2), predictedMs.toFixed(2), `${error >= 0 ? "+" : ""}${error.toFixed(1)} %`];
  };
  const rows = corpus.idle.map(({ id, features, latencyUs }) => {
    const model = target.embed(features.graph);
    const idle = target.predict(model, {});
    const loaded = states.map((name) => corpus.loaded.find((e) => e.id === id && e.stateName === name));
    return [
      id,
      `${(100 * idle.coverage.nodes).toFixed(0)} %`,
      ...cell(idle.latencyMs, latencyUs),
      ...loaded.flatMap((e) => cell(e === undefined ? 0 : target.predict(model, e.state).latencyMs, e?.latencyUs)),
    ];
  });
  const predictor = asPredictor(target);
  const conditions = [
    { name: "idle", pairs: idlePairs(predictor, corpus.idle) },
    ...states.map((name) => ({
      name,
      pairs: loadedPairs(predictor, corpus.loaded.filter((e) => e.stateName === name)),
    })),
  ];
  return [
    {
      title: "Real exports",
      text:
        "Networks of pytorchcv and torchvision as PyTorch exports them, measured on the machine that gave the training data and predicted with the " +
        `shipped weights. ${PLAIN_NETWORKS} Latencies in ms: measured, predicted, error.`,
      tables: [
        resultTable(conditions.map(({ name, pairs }) => ({ predictor: name, accuracy: accuracyOf(pairs) })), chosenName(reference)),
        { head: ["network", "nodes covered", "idle", "", "", ...states.flatMap((name) => [name, "", ""])], rows },
      ],
    },
  ];
}

/** A shipped target as the experiments see a predictor. */
function asPredictor(target: TargetPredictor): LatencyPredictor<EmbeddedModel> {
  return {
    embed: ({ graph }) => target.embed(graph),
    predict: (model, state) => ({ totalUs: target.predict(model, state).latencyMs * 1000, kernelUs: new Float32Array() }),
    dispose: () => undefined,
  };
}
