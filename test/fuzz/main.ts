import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { loadTargets } from "../../src/predict/index.js";
import type { TargetPredictor } from "../../src/predict/types.js";
import { syntheticTarget } from "../helper/synthetic-target.js";
import { loadCorpus } from "./corpus.js";
import { InputSource } from "./inputs.js";
import { minimise } from "./minimise.js";
import { breaks, fuzz, signatureOf, type Finding, type FuzzReport } from "./run.js";

/**
 * `npm run fuzz -- [--inputs N] [--seed S] [--from INDEX] [--seconds T] [--save FOLDER] [--weights FOLDER]`, from
 * the repository's root. Without weights a synthetic predictor is asked.
 */
const { values } = parseArgs({
  options: {
    inputs: { type: "string", default: "100000" },
    seed: { type: "string", default: "1" },
    from: { type: "string", default: "0" },
    seconds: { type: "string", default: "86400" },
    weights: { type: "string" },
    save: { type: "string", default: ".cache/fuzz" },
  },
});

const print = (text: string): void => void process.stdout.write(`${text}\n`);
const PROGRESS_EVERY = 20_000;

const target = values.weights === undefined ? syntheticTarget() : await shippedTarget(values.weights);
const source = new InputSource(loadCorpus("."), Number(values.seed));
const bounds = { from: Number(values.from), inputs: Number(values.inputs), seconds: Number(values.seconds) };

/** One finding of each kind is enough. */
const reported = new Set<string>();

const report = fuzz(source, target, bounds, (progress) => {
  for (const finding of progress.findings) note(finding);
  if (progress.inputs % PROGRESS_EVERY === 0) print(line(progress));
});
for (const finding of report.findings) note(finding);
print(line(report));
for (const [outcome, count] of [...report.outcomes].sort((a, b) => b[1] - a[1])) print(`  ${outcome.padEnd(22)} ${count}`);
print(`  slowest ${report.slowestMs.toFixed(0)} ms (input ${report.slowestIndex}), most memory ${(report.peakResidentBytes / 2 ** 20).toFixed(0)} MiB`);
process.exitCode = report.findings.length > 0 ? 1 : 0;

async function shippedTarget(weights: string): Promise<TargetPredictor> {
  const registry = await loadTargets(weights);
  const shipped = registry.get(registry.defaultTarget);
  if (shipped === undefined) throw new Error("no predictor");
  return shipped;
}

function line({ inputs, seconds, findings }: FuzzReport): string {
  return `${inputs} inputs in ${seconds.toFixed(0)} s, ${(inputs / seconds).toFixed(0)} a second, ${findings.length} findings of ${reported.size} kinds`;
}

function note({ index, kind, breach, bytes }: Finding): void {
  const signature = signatureOf(breach);
  if (reported.has(signature)) return;
  reported.add(signature);
  const smallest = breaks(bytes, breach, target) ? minimise(bytes, (candidate) => breaks(candidate, breach, target)) : bytes;
  mkdirSync(values.save, { recursive: true });
  const name = `${breach.rule}-${createHash("sha256").update(smallest).digest("hex").slice(0, 12)}.onnx`;
  writeFileSync(join(values.save, name), smallest);
  print(`input ${index} (${kind}): ${breach.rule}: ${breach.detail}\n  ${smallest.length} bytes kept as ${join(values.save, name)}`);
}
