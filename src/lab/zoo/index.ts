export type { ModelInfo, ZooModel } from "./model.js";
export { ZOO_FAMILIES, zooIds, zooModel } from "./by-id.js";
export { ModelBuilder } from "./builder.js";
export { Rng } from "./rng.js";
export { convolutionModel, convolutionSweep } from "./sweep-conv.js";
export { operatorModel, OPERATOR_CASES, operatorSweep, PATTERN_CASES, patternModel, patternSweep } from "./sweep-ops.js";
export type { FamilyName } from "./variants.js";
export { buildVariant, CELLS, FAMILIES, ZOO_VERSION } from "./variants.js";
