import type { EngineKind } from "./engine-kind.js";

/** MindSpore Lite 2.0.0 on the CPU, on Python 3.7; models by the converter in its wheel. */
export const MINDSPORE: EngineKind = {
  name: "mindspore",
  title: "MindSpore Lite",
  environment: ".venv-mindspore",
  interpreterVariable: "TEMPOGRAPH_PYTHON_MINDSPORE",
  modules: ["numpy", "mindspore_lite"],
  converterModules: ["onnx"],
};
