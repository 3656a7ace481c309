import type { EngineModel } from "./engine.js";

/** Input shapes by name, in the order of the model's file. */
export function inputShapes(model: EngineModel): Readonly<Record<string, readonly number[]>> {
  return Object.fromEntries(model.inputs.map(({ name, shape }) => [name, shape]));
}
