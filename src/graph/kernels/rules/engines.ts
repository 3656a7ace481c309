import { ONNX_RUNTIME } from "./onnxruntime.js";
import type { EngineFusion } from "./rule.js";

/** Fusions of every engine whose lists are known. */
export const ENGINE_FUSIONS = {
  onnxruntime: ONNX_RUNTIME,
} as const satisfies Record<string, EngineFusion>;

export type EngineName = keyof typeof ENGINE_FUSIONS;
