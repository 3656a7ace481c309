import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { EngineModel } from "../engines/engine.js";
import { readExport } from "../measure/exports.js";
import { readModel } from "../measure/read-model.js";
import { zooModel } from "../zoo/index.js";
import type { ModelChoice } from "./plan-file.js";
import { modelName } from "./plan-file.js";
import { SettingsError } from "../settings-file.js";

function load(choice: ModelChoice, folder: string): EngineModel {
  if ("zoo" in choice) return zooModel(choice.zoo);
  if ("export" in choice) return readExport(choice.export);
  return readModel(choice.file, readFileSync(resolve(folder, choice.file)), new Map(Object.entries(choice.dims ?? {})));
}

/**
 * The model of a plan.
 *
 * @param planPath names of files are relative to the plan's folder
 * @throws SettingsError that names the model where it cannot be read
 */
export function loadModel(choice: ModelChoice, planPath: string): EngineModel {
  try {
    return load(choice, dirname(planPath));
  } catch (error) {
    throw new SettingsError(`model ${modelName(choice)}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The models of a plan by their names in rows. Throws SettingsError that names one that cannot be read. */
export function loadModels(choices: readonly ModelChoice[], planPath: string): ReadonlyMap<string, EngineModel> {
  return new Map(choices.map((choice): [string, EngineModel] => [modelName(choice), loadModel(choice, planPath)]));
}
