import { zooIds, zooModel } from "./by-id.js";
import { countModel } from "./counts.js";
import { OnnxCheck } from "./onnx-check.js";

/** What a family's models are like in all. */
interface Tally {
  models: number;
  failures: number;
  macs: readonly [least: number, most: number];
  parameters: readonly [least: number, most: number];
}

const MILLION = 1e6;
const PROGRESS_EVERY = 100;

function widened([least, most]: readonly [number, number], value: number): readonly [number, number] {
  return [Math.min(least, value), Math.max(most, value)];
}

function inMillions([least, most]: readonly [number, number]): string {
  return `${(least / MILLION).toFixed(2)}..${(most / MILLION).toFixed(2)} M`;
}

/** Builds, reads, infers and counts one model, and holds it against ONNX where asked to; throws what is wrong with it. */
async function checkModel(id: string, onnx: OnnxCheck | null, seen: Tally): Promise<void> {
  const model = zooModel(id);
  const { macs, parameters } = countModel(model);
  seen.macs = widened(seen.macs, macs);
  seen.parameters = widened(seen.parameters, parameters);
  const outputs = (await onnx?.check(model)) ?? [];
  const broken = outputs.find(({ finite }) => !finite);
  if (broken !== undefined) throw new Error(`${broken.name} is not finite`);
}

/**
 * Checks the first models of families, prints a line for each family and names each model that fails.
 *
 * @returns how many models failed
 */
export async function goThrough(families: readonly string[], count: number, start: number, withOnnx: boolean): Promise<number> {
  const onnx = withOnnx ? OnnxCheck.start() : null;
  let failures = 0;
  try {
    for (const family of families) {
      const began = performance.now();
      const tally: Tally = { models: 0, failures: 0, macs: [Infinity, 0], parameters: [Infinity, 0] };
      for (const id of zooIds(family, count, start)) {
        tally.models++;
        try {
          await checkModel(id, onnx, tally);
        } catch (error) {
          tally.failures++;
          process.stdout.write(`${id} failed: ${error instanceof Error ? error.message : String(error)}\n`);
        }
        if (tally.models % PROGRESS_EVERY === 0) process.stderr.write(`\r${family} ${tally.models}/${count}`);
      }
      failures += tally.failures;
      const seconds = ((performance.now() - began) / 1000).toFixed(0);
      const ranges = `${inMillions(tally.macs)} MACs, ${inMillions(tally.parameters)} parameters`;
      process.stderr.write("\r");
      process.stdout.write(`${family}: ${tally.models} models, ${tally.failures} failed, ${ranges}, ${seconds} s\n`);
    }
  } finally {
    await onnx?.close();
  }
  return failures;
}
