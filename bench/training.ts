import type { Tensor2D } from "@tensorflow/tfjs-core";
import { type BackendName, initBackend, type Tf } from "../dist/model/backend.js";
import { initLayers, mlpForward } from "../dist/model/dense.js";
import { matrixProduct } from "../dist/model/matrix-product.js";
import { disposeAll, toVariables } from "../dist/model/params.js";
import { createRandom } from "../dist/model/random.js";
import { fit } from "../dist/model/training.js";
import { median, spread, timeMs, wallTimed } from "./statistics.js";

/** A batch of an engine's factors: kernels, and the widths of the network that reads them. */
const KERNELS = 900;
const WIDTHS = [134, 96, 96, 5];
const ROUNDS = 100;
const WARM_UP = 20;
const BACKENDS: readonly BackendName[] = ["wasm", "tensorflow"];

/** A step of training on each backend that there is; and why WebAssembly transposes before it multiplies. */
export async function benchTraining(print: (line: string) => void): Promise<void> {
  const steps: number[] = [];
  for (const name of BACKENDS) {
    try {
      const { tf } = await initBackend(name);
      const times = await stepMs(tf);
      steps.push(median(times));
      print(`a step of ${KERNELS} kernels, ${name}   ${spread(times, "ms")}`);
    } catch (error) {
      print(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  const [wasm, native] = steps;
  if (wasm !== undefined && native !== undefined) print(`native steps are ${(wasm / native).toFixed(1)} times as fast`);
  const { tf } = await initBackend("wasm");
  const [within, before] = transposedMs(tf);
  print(`[${KERNELS}, ${WIDTHS[0]}] transposed within a product   ${spread(within, "ms")}; before it ${spread(before, "ms")}; ratio ${(median(within) / median(before)).toFixed(1)}`);
}

async function stepMs(tf: Tf): Promise<number[]> {
  const variables = toVariables(tf, initLayers("layers", WIDTHS, createRandom(1)));
  const inputs = numbers(KERNELS * (WIDTHS[0] ?? 0));
  const targets = numbers(KERNELS * (WIDTHS.at(-1) ?? 0));
  const loss = () => {
    const output = mlpForward(tf, variables, "layers", matrix(tf, inputs, WIDTHS[0]));
    return tf.mean<ReturnType<Tf["scalar"]>>(tf.squaredDifference(output, matrix(tf, targets, WIDTHS.at(-1))));
  };
  const times: number[] = [];
  for (let round = -WARM_UP; round < ROUNDS; round += 1) {
    const ms = await timeMs(() => fit(tf, variables, [0], loss, { epochs: 1, seed: 1 }));
    if (round >= 0) times.push(ms);
  }
  disposeAll(variables);
  return times;
}

function transposedMs(tf: Tf): readonly [within: number[], before: number[]] {
  const a = matrix(tf, numbers(KERNELS * (WIDTHS[0] ?? 0)), WIDTHS[0]);
  const b = matrix(tf, numbers(KERNELS * (WIDTHS[1] ?? 0)), WIDTHS[1]);
  const within: number[] = [];
  const before: number[] = [];
  for (let round = -WARM_UP; round < ROUNDS; round += 1) {
    for (const [times, product] of [
      [within, () => tf.matMul(a, b, true)],
      [before, () => matrixProduct(tf, a, b, { transposeA: true })],
    ] as const) {
      const { ms } = wallTimed(() => tf.tidy(() => product().dataSync()));
      if (round >= 0) times.push(ms);
    }
  }
  return [within, before];
}

const numbers = (count: number): Float32Array => {
  const random = createRandom(1);
  return Float32Array.from({ length: count }, () => random.normal());
};

const matrix = (tf: Tf, values: Float32Array, width = 1): Tensor2D => tf.tensor2d(values, [values.length / width, width]);
