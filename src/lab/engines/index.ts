import type { EngineKind, EngineName } from "./engine-kind.js";
import { MINDSPORE } from "./mindspore.js";
import { MNN } from "./mnn.js";
import { NCNN } from "./ncnn.js";
import { ONNX_RUNTIME } from "./onnxruntime.js";
import { interpreterLacks } from "./python.js";
import { TFLITE } from "./tflite.js";

export { ENGINE_NAMES, isEngineName } from "./engine-kind.js";
export type { EngineKind, EngineName } from "./engine-kind.js";
export { PythonEngine } from "./python-engine.js";

export const ENGINES: Readonly<Record<EngineName, EngineKind>> = {
  onnxruntime: ONNX_RUNTIME,
  tflite: TFLITE,
  mnn: MNN,
  ncnn: NCNN,
  mindspore: MINDSPORE,
};

/** Why an engine cannot convert and run models on this machine, or null where it can. */
export function engineLacks(name: EngineName): string | null {
  const { modules, converterModules } = ENGINES[name];
  return interpreterLacks(ENGINES[name], [...modules, ...(converterModules ?? [])]);
}
