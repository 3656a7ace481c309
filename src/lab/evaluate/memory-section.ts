import type { MemoryTerm } from "../../features/memory-terms.js";
import { mean } from "../dataset/statistics.js";
import { INTERVAL_COVERAGE } from "../train/calibrate.js";
import type { Corpus } from "../train/corpus.js";
import { fitMemory, logResidual, memoryHalfWidths, memoryPairs, type MemoryPairs } from "../train/memory.js";
import { loadMemory, loadRealMemory, type MemoryExample, type RecordedMemory } from "../train/memory-examples.js";
import { scatterFigure } from "./accuracy-figures.js";
import { accuracyOf, type Pair } from "./metrics.js";
import { resultTable, type Section, type Table } from "./report.js";
import { PLAIN_NETWORKS } from "./sections.js";
import { type Split, splitOf } from "./splits.js";

/** What a count of weights and activations alone can tell, each times what fits best. */
const COUNTED: readonly MemoryTerm[] = ["process", "weights", "liveActivations"];
const QUANTITIES = [
  ["at the peak", "peak"],
  ["while it runs", "running"],
] as const satisfies readonly (readonly [string, keyof MemoryPairs])[];

/** What an engine's process takes for a network, where that was measured. */
export async function memorySections(corpus: Corpus, folder?: string): Promise<Section[]> {
  const recorded = await loadMemory(corpus, folder);
  if (recorded === null) return [];
  const split = splitOf(corpus);
  const training = recorded.examples.filter(({ id }) => !split.test.has(id));
  const test = recorded.examples.filter(({ id }) => split.test.has(id));
  const members = memoryPairs(fitMemory(training), test);
  const counted = memoryPairs(fitMemory(training, COUNTED), test);
  const unseen = familiesLeftOut(recorded.examples);
  const rows = QUANTITIES.flatMap(([name, quantity]) => [
    { predictor: `test models, ${name}`, accuracy: accuracyOf(members[quantity]) },
    { predictor: `the same, weights and activations alone`, accuracy: accuracyOf(counted[quantity]) },
    { predictor: `each family left out, ${name}`, accuracy: accuracyOf(unseen.flatMap(({ pairs }) => pairs[quantity])) },
  ]);
  const real = await loadRealMemory(recorded, corpus);
  return [
    {
      title: "Memory",
      text: textOf(recorded, split),
      figures: [{ name: "memory", figure: scatterFigure("Memory of test models", "MiB", QUANTITIES.map(([name, quantity]) => ({ name, pairs: members[quantity] }))) }],
      tables: [resultTable(rows, "memory of the engine's process"), coverageTable(memoryHalfWidths(training), members, unseen)],
    },
    ...(real === null ? [] : [realSection(training, real)]),
  ];
}

function textOf({ folder, machine, examples, repeats }: RecordedMemory, { test }: Pick<Split, "test">): string {
  const sizes = examples.map(({ runningMiB, loadingMiB }) => Math.max(runningMiB, loadingMiB)).sort((a, b) => a - b);
  return (
    `What loading and running a network adds to the resident memory of the engine's process, measured once per network in a process of its own ` +
    `(\`${folder}\`, machine id ${machine.id}): ${examples.length} networks, ${examples.filter(({ id }) => test.has(id)).length} of which test, ` +
    `${(sizes[0] ?? 0).toFixed(0)} to ${(sizes.at(-1) ?? 0).toFixed(0)} MiB at the peak. ${repeats.networks} were measured twice: ` +
    `the two differ by ${(100 * repeats.largestDifference).toFixed(1)} % at most while running. A non-negative sum of what the graph and the engine's kernels tell predicts it; intervals are as wide as families that are left out are off (docs/decisions/0035).`
  );
}

function realSection(training: readonly MemoryExample[], real: readonly MemoryExample[]): Section {
  const pairs = memoryPairs(fitMemory(training), real);
  const halfWidths = memoryHalfWidths(training);
  return {
    title: "Memory of real exports",
    text: `Networks of pytorchcv and torchvision as PyTorch exports them. ${PLAIN_NETWORKS} MiB: measured, predicted.`,
    tables: [
      resultTable(QUANTITIES.map(([name, quantity]) => ({ predictor: name, accuracy: accuracyOf(pairs[quantity]) })), "memory of the engine's process"),
      {
        head: [`interval asked at ${100 * INTERVAL_COVERAGE} %`, "coverage %", "mean half-width %", "rows"],
        rows: QUANTITIES.map(([name, quantity]) => coverageRow(name, judgedBy(pairs[quantity], halfWidths[quantity]))),
      },
      {
        head: ["network", ...QUANTITIES.flatMap(([name]) => [name, ""])],
        rows: real.map(({ id }, i) => [id, ...QUANTITIES.flatMap(([, quantity]) => [pairs[quantity][i]?.measured, pairs[quantity][i]?.predicted].map((value) => (value ?? NaN).toFixed(0)))]),
      },
    ],
  };
}

/** An interval that was or was not wide enough, on the logarithm. */
interface Judged {
  readonly residual: number;
  readonly halfWidth: number;
}

type HalfWidths = ReturnType<typeof memoryHalfWidths>;

/** A family that played no part in what predicts it, nor in how wide its intervals are. */
interface LeftOut {
  readonly pairs: MemoryPairs;
  readonly halfWidths: HalfWidths;
}

function familiesLeftOut(examples: readonly MemoryExample[]): LeftOut[] {
  const families = [...new Set(examples.map(({ family }) => family))].sort();
  return families.map((left) => {
    const others = examples.filter(({ family }) => family !== left);
    return { halfWidths: memoryHalfWidths(others), pairs: memoryPairs(fitMemory(others), examples.filter(({ family }) => family === left)) };
  });
}

function coverageTable(halfWidths: HalfWidths, members: MemoryPairs, unseen: readonly LeftOut[]): Table {
  const rows = QUANTITIES.flatMap(([name, quantity]) => [
    coverageRow(`test models, ${name}`, judgedBy(members[quantity], halfWidths[quantity])),
    coverageRow(`each family left out, ${name}`, unseen.flatMap((left) => judgedBy(left.pairs[quantity], left.halfWidths[quantity]))),
  ]);
  return { head: [`interval asked at ${100 * INTERVAL_COVERAGE} %`, "coverage %", "mean half-width %", "rows"], rows };
}

function judgedBy(pairs: readonly Pair[], halfWidth: number): Judged[] {
  return pairs.map((pair) => ({ residual: logResidual(pair), halfWidth }));
}

function coverageRow(name: string, judged: readonly Judged[]): string[] {
  const inside = mean(judged.map(({ residual, halfWidth }) => (Math.abs(residual) <= halfWidth ? 1 : 0)));
  const width = mean(judged.map(({ halfWidth }) => Math.expm1(halfWidth)));
  return [name, (100 * inside).toFixed(1), (100 * width).toFixed(1), String(judged.length)];
}
