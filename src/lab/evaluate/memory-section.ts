import type { MemoryTerm } from "../../features/memory-terms.js";
import { conformalQuantile } from "../../predict/interval.js";
import { INTERVAL_COVERAGE } from "../train/calibrate.js";
import type { Corpus } from "../train/corpus.js";
import { crossMemoryPairs, fitMemory, loadMemory, logResidual, memoryPairs, type MemoryExample, type MemoryPairs, type RecordedMemory } from "../train/memory.js";
import { coveragePercent, scatterFigure } from "./accuracy-figures.js";
import { accuracyOf, type Pair } from "./metrics.js";
import { resultTable, type Section, type Table } from "./report.js";
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
  const unseen = leftOutPairs(recorded.examples);
  const rows = QUANTITIES.flatMap(([name, quantity]) => [
    { predictor: `test models, ${name}`, accuracy: accuracyOf(members[quantity]) },
    { predictor: `the same, weights and activations alone`, accuracy: accuracyOf(counted[quantity]) },
    { predictor: `each family left out, ${name}`, accuracy: accuracyOf(unseen[quantity]) },
  ]);
  return [
    {
      title: "Memory",
      text: textOf(recorded, split),
      figures: [{ name: "memory", figure: scatterFigure("Memory of test models", "MiB", QUANTITIES.map(([name, quantity]) => ({ name, pairs: members[quantity] }))) }],
      tables: [resultTable(rows, "memory of the engine's process"), coverageTable(training, members, unseen)],
    },
  ];
}

function textOf({ folder, machine, examples, repeats }: RecordedMemory, { test }: Pick<Split, "test">): string {
  const sizes = examples.map(({ runningMiB, loadingMiB }) => Math.max(runningMiB, loadingMiB)).sort((a, b) => a - b);
  return (
    `What loading and running a network adds to the resident memory of the engine's process, measured once per network in a process of its own ` +
    `(\`${folder}\`, machine id ${machine.id}): ${examples.length} networks, ${examples.filter(({ id }) => test.has(id)).length} of which test, ` +
    `${(sizes[0] ?? 0).toFixed(0)} to ${(sizes.at(-1) ?? 0).toFixed(0)} MiB at the peak. ${repeats.networks} were measured twice: ` +
    `the two differ by ${(100 * repeats.largestDifference).toFixed(1)} % at most while running. A non-negative sum of what the graph and the engine's kernels tell predicts it (docs/decisions/0035).`
  );
}

/** Every network by sums that its family played no part in. */
function leftOutPairs(examples: readonly MemoryExample[]): MemoryPairs {
  const families = [...new Set(examples.map(({ family }) => family))].sort();
  const parts = families.map((left) =>
    memoryPairs(
      fitMemory(examples.filter(({ family }) => family !== left)),
      examples.filter(({ family }) => family === left),
    ),
  );
  return { running: parts.flatMap(({ running }) => running), peak: parts.flatMap(({ peak }) => peak) };
}

function coverageTable(training: readonly MemoryExample[], members: MemoryPairs, unseen: MemoryPairs): Table {
  const calibrating = crossMemoryPairs(training);
  const rows = QUANTITIES.flatMap(([name, quantity]) => {
    const halfWidth = conformalQuantile(calibrating[quantity].map(logResidual), INTERVAL_COVERAGE);
    const row = (of: string, pairs: readonly Pair[]): string[] => [
      `${of}, ${name}`,
      coveragePercent(pairs.map(logResidual), halfWidth).toFixed(1),
      (100 * Math.expm1(halfWidth)).toFixed(1),
      String(pairs.length),
    ];
    return [row("test models", members[quantity]), row("each family left out", unseen[quantity])];
  });
  return { head: [`interval asked at ${100 * INTERVAL_COVERAGE} %`, "coverage %", "half-width %", "rows"], rows };
}
