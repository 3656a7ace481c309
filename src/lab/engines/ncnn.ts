import type { EngineKind } from "./engine-kind.js";

/** ncnn on the CPU; models by pnnx, of whose wheel only the program is used (importing it would want PyTorch). */
export const NCNN: EngineKind = {
  name: "ncnn",
  title: "ncnn",
  environment: ".venv-ncnn",
  interpreterVariable: "TEMPOGRAPH_PYTHON_NCNN",
  modules: ["numpy", "ncnn"],
  converterModules: [],
};
