import { MINDSPORE } from "./mindspore.js";
import { MNN } from "./mnn.js";
import { NCNN } from "./ncnn.js";
import { ONNX_RUNTIME } from "./onnxruntime.js";
import type { EngineFusion } from "./rule.js";
import { TFLITE } from "./tflite.js";

/** Fusions of every engine whose lists are known. */
export const ENGINE_FUSIONS = {
  onnxruntime: ONNX_RUNTIME,
  tflite: TFLITE,
  mnn: MNN,
  ncnn: NCNN,
  mindspore: MINDSPORE,
} as const satisfies Record<string, EngineFusion>;

export type EngineName = keyof typeof ENGINE_FUSIONS;

export const ENGINE_NAMES = Object.keys(ENGINE_FUSIONS) as readonly EngineName[];

/** Whether fusions are known for an engine of this name. */
export function isEngineName(name: string): name is EngineName {
  return Object.hasOwn(ENGINE_FUSIONS, name);
}
