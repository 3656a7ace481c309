import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Manifest, parseManifest } from "../../model/manifest.js";
import { newestPredictors } from "../../predict/weights-folder.js";
import { tableMarkdown } from "../evaluate/report.js";
import { modelCard } from "./card.js";

/** Where the cards are, from the repository's root. */
export const CARDS_FOLDER = "docs/model-cards";

/** Manifests of the newest version of every predictor. @throws ArtifactError for one that cannot be read */
export async function newestManifests(weights: string): Promise<readonly Manifest[]> {
  return (await newestPredictors(weights)).map((directory) => {
    const path = join(directory, "manifest.json");
    return parseManifest(readFileSync(path, "utf8"), path);
  });
}

/**
 * The cards of the newest version of every predictor, and the page that lists them, by file name.
 *
 * @throws ArtifactError for a manifest that cannot be read; what modelCard throws
 */
export async function modelCards(weights: string): Promise<ReadonlyMap<string, string>> {
  const manifests = await newestManifests(weights);
  const list = manifests.map(({ name, version, data, machine }) => [`[${name}](${name}.md)`, version, String(data["name"]), machine]);
  const index = `# Model cards

Written by \`npm run model-cards\`: one for every predictor under \`weights/\`.

${tableMarkdown({ head: ["predictor", "version", "data", "machines"], rows: list })}
`;
  return new Map([["README.md", index], ...manifests.map((manifest): [string, string] => [`${manifest.name}.md`, modelCard(manifest)])]);
}
