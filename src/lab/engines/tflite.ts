import type { EngineKind } from "./engine-kind.js";

/** TensorFlow Lite on the CPU with its XNNPACK delegate; models by onnx2tf, images channels last. */
export const TFLITE: EngineKind = {
  name: "tflite",
  title: "TensorFlow Lite",
  environment: ".venv-tflite",
  interpreterVariable: "TEMPOGRAPH_PYTHON_TFLITE",
  modules: ["numpy", "ai_edge_litert"],
  converterModules: ["onnx2tf"],
};
