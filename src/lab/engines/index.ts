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

/**
 * Why an engine cannot be measured on this machine and what to do about it, or null where it can. An engine that does
 * not read ONNX needs ONNX Runtime's environment too: weights are made up there.
 */
export function engineProblem(name: EngineName): string | null {
  const needed: readonly EngineName[] = name === "onnxruntime" ? [name] : ["onnxruntime", name];
  for (const each of needed) {
    const reason = engineLacks(each);
    if (reason === null) continue;
    const advice = `npm run lab:setup -- --engine ${each}`;
    return reason.includes(advice) ? reason : `${reason} (${ENGINES[each].environment}: run \`${advice}\`)`;
  }
  return null;
}
