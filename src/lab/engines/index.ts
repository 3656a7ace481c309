import type { Device } from "../devices/device.js";
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

const advice = (name: EngineName) => `npm run lab:setup -- --engine ${name}`;

/** Why an engine cannot run on a device and what to do about it, or null where it can. */
async function runtimeProblem(device: Device, name: EngineName): Promise<string | null> {
  const { modules, environment } = ENGINES[name];
  try {
    const { code, stderr } = await device.run([device.python(ENGINES[name]), "-c", `import ${modules.join(", ")}`]);
    if (code === 0) return null;
    const reason = stderr.trim().split("\n").at(-1) ?? "";
    return `${reason} (${environment} on ${device.name}: run \`${advice(name)}\` there)`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Why models cannot be brought into an engine's format on this machine and what to do about it, or null. */
function converterProblem(name: EngineName): string | null {
  const { converterModules, environment } = ENGINES[name];
  if (converterModules === null) return null;
  // Weights are made up by ONNX Runtime's environment.
  const base = interpreterLacks(ONNX_RUNTIME, ["numpy", "onnx"]);
  if (base !== null) return `no converter: ${base} (${ONNX_RUNTIME.environment}: run \`${advice("onnxruntime")}\`)`;
  const reason = interpreterLacks(ENGINES[name], ["sys", ...converterModules]);
  return reason === null ? null : `no converter: ${reason} (${environment}: run \`${advice(name)}\`)`;
}

/**
 * Why an engine cannot be measured on a device and what to do about it, or null where it can. Models are converted
 * here and run there.
 */
export async function engineProblem(device: Device, name: EngineName): Promise<string | null> {
  return (await runtimeProblem(device, name)) ?? converterProblem(name);
}
