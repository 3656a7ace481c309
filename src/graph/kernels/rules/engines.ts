import { MINDSPORE } from "./mindspore.js";
import { MNN } from "./mnn.js";
import { NCNN } from "./ncnn.js";
import { ONNX_RUNTIME } from "./onnxruntime.js";
import type { EngineFusion } from "./rule.js";
import { TFLITE, TFLITE_BY_TENSORFLOW } from "./tflite.js";
import { TORCH, TORCH_QNNPACK, TORCH_XNNPACK } from "./torch.js";

/** Fusions of every engine whose lists are known. */
export const ENGINE_FUSIONS = {
  onnxruntime: ONNX_RUNTIME,
  tflite: TFLITE,
  mnn: MNN,
  ncnn: NCNN,
  mindspore: MINDSPORE,
} as const satisfies Record<string, EngineFusion>;

export type EngineName = keyof typeof ENGINE_FUSIONS;

/** These, and engines of whose files none was compared: enough to predict by, not to be shown. */
export const LOWERED_ENGINES = {
  ...ENGINE_FUSIONS,
  "tflite-by-tensorflow": TFLITE_BY_TENSORFLOW,
  torch: TORCH,
  "torch-xnnpack": TORCH_XNNPACK,
  "torch-qnnpack": TORCH_QNNPACK,
} as const satisfies Record<string, EngineFusion>;

export type LoweredEngine = keyof typeof LOWERED_ENGINES;

export const ENGINE_NAMES = Object.keys(ENGINE_FUSIONS) as readonly EngineName[];

/** Whether fusions are known for an engine of this name. */
export function isEngineName(name: string): name is EngineName {
  return Object.hasOwn(ENGINE_FUSIONS, name);
}
