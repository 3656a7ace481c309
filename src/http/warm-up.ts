import { buildGraph } from "../graph/build.js";
import { readOnnx } from "../onnx/reader.js";
import type { TargetRegistry } from "../predict/types.js";

/** Repetitions after which the engine has compiled what a prediction runs through. */
const ROUNDS = 30;

/** Predicts a model a few times, so that the first client does not wait for the just-in-time compiler. */
export function warmUp(registry: TargetRegistry, onnx: Uint8Array): void {
  const predictor = registry.get(registry.defaultTarget);
  if (predictor === undefined) return;
  for (let round = 0; round < ROUNDS; round++) {
    predictor.predict(predictor.embed(buildGraph(readOnnx(onnx))), { utilization: round / ROUNDS });
  }
}
