import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CompletedModels } from "../engines/completed-models.js";
import { interpreterLacks } from "../engines/python.js";
import { ENGINES } from "../engines/index.js";
import type { ZooModel } from "../zoo/index.js";

/**
 * Writes networks as ONNX files to run on a device, with made-up weights, and `measurements.csv` to be filled in.
 *
 * @returns why the files have no weights, or null where they have: making them up needs the lab's Python
 */
export async function writeNetworks(models: readonly ZooModel[], folder: string): Promise<string | null> {
  mkdirSync(folder, { recursive: true });
  const lacking = interpreterLacks(ENGINES.onnxruntime, ["numpy", "onnx"]);
  const completed = new CompletedModels((work) => work());
  try {
    for (const model of models) {
      const path = join(folder, `${model.id}.onnx`);
      if (lacking === null) copyFileSync(join(await completed.complete(model), "model.onnx"), path);
      else writeFileSync(path, model.onnx);
    }
  } finally {
    await completed.close();
  }
  writeFileSync(join(folder, "measurements.csv"), `model,latencyMs\n${models.map(({ id }) => `# ${id}.onnx,\n`).join("")}`);
  return lacking;
}
