import { MINDSPORE } from "./mindspore.js";
import { MNN } from "./mnn.js";
import { NCNN } from "./ncnn.js";
import { ONNX_RUNTIME } from "./onnxruntime.js";
import type { EngineFusion } from "./rule.js";

/** Fusions of every engine whose lists are known. */
export const ENGINE_FUSIONS = {
  onnxruntime: ONNX_RUNTIME,
  mnn: MNN,
  ncnn: NCNN,
  mindspore: MINDSPORE,
} as const satisfies Record<string, EngineFusion>;

export type EngineName = keyof typeof ENGINE_FUSIONS;
