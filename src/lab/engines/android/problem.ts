import type { EngineName } from "../engine-kind.js";
import { ENGINES } from "../index.js";
import { ONNX_RUNTIME } from "../onnxruntime.js";
import { programLacks } from "./benchmark-program.js";
import { deviceModelsLack } from "./device-models.js";

/** Why an engine's benchmark program cannot be run on an Android device and what to do about it, or null where it can. */
export function programProblem(engine: EngineName, folder: string | undefined): string | null {
  return programLacks(engine, folder) ?? deviceModelsLack(ENGINES[engine], ONNX_RUNTIME);
}
