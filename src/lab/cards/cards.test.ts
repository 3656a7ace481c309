import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Manifest } from "../../model/manifest.js";
import { PROJECT_ROOT } from "../engines/python.js";
import { modelCard } from "./card.js";
import { CARDS_FOLDER, modelCards, newestManifests } from "./write-cards.js";

const WEIGHTS = join(PROJECT_ROOT, "weights");
const FOLDER = join(PROJECT_ROOT, CARDS_FOLDER);

async function shipped(name: string): Promise<Manifest> {
  const manifest = (await newestManifests(WEIGHTS)).find((each) => each.name === name);
  if (manifest === undefined) throw new Error(`${name} does not ship`);
  return manifest;
}

describe("model cards", () => {
  it("are what the manifests of shipped predictors say; `npm run model-cards` writes them anew", async () => {
    const cards = await modelCards(WEIGHTS);
    expect(readdirSync(FOLDER).sort()).toEqual([...cards.keys()].sort());
    for (const [file, text] of cards) expect(readFileSync(join(FOLDER, file), "utf8"), file).toBe(text);
  });

  it("state data, licence, split and the figures of the manifest", async () => {
    const manifest = await shipped("phones-gpu");
    const metrics = [{ split: "made up", within5Percent: 1.25, within10Percent: 12.5, mapePercent: 33.333, rmspePercent: 44, rows: 7 }];
    const card = modelCard({ ...manifest, metrics });
    expect(card).toContain("| made up | 33.33 | 1.3 | 12.5 | 7 |");
    expect(card).toContain("| licence | MIT |");
    expect(card).toContain(`**Split.** ${manifest.split}.`);
    expect(card).toContain("`pixel4.tflite.float32.gpu`");
  });

  it("refuse a predictor of which nobody wrote what it is for", async () => {
    const manifest = await shipped("fbnet");
    expect(() => modelCard({ ...manifest, name: "unheard-of" })).toThrow(/no text for the card of unheard-of/);
  });
});
