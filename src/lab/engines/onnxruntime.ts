import type { EngineKind } from "./engine-kind.js";

/** ONNX Runtime on the CPU, all graph optimisations. Reads ONNX, and makes up weights that are only declared. */
export const ONNX_RUNTIME: EngineKind = {
  name: "onnxruntime",
  title: "ONNX Runtime",
  environment: ".venv",
  interpreterVariable: "TEMPOGRAPH_PYTHON",
  modules: ["numpy", "onnx", "onnxruntime"],
  converterModules: null,
};
