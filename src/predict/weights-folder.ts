import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { ArtifactError } from "../model/manifest.js";

/**
 * Folders of the newest version of every predictor under a folder of weights (`<name>/<version>/manifest.json`), by name.
 *
 * @throws ArtifactError "missing" where the folder cannot be read
 */
export async function newestPredictors(weightsDirectory: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const name of await folders(weightsDirectory)) {
    const versions = await folders(join(weightsDirectory, name));
    const newest = versions.sort((a, b) => a.localeCompare(b, "en", { numeric: true })).at(-1);
    if (newest !== undefined) found.push(join(weightsDirectory, name, newest));
  }
  return found;
}

async function folders(path: string): Promise<string[]> {
  let entries;
  try {
    entries = await readdir(path, { withFileTypes: true });
  } catch (cause) {
    throw new ArtifactError("missing", `${path} cannot be read.`, { cause });
  }
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort();
}
