import type { EngineKind } from "./engine-kind.js";

/** MNN on the CPU; models by its own converter. */
export const MNN: EngineKind = {
  name: "mnn",
  title: "MNN",
  environment: ".venv-mnn",
  interpreterVariable: "TEMPOGRAPH_PYTHON_MNN",
  modules: ["numpy", "MNN"],
  converterModules: [],
};
