import { expect, it } from "vitest";
import { syntheticCorpus } from "../../../test/helper/corpus.js";
import { cellsSection } from "./cells-section.js";
import type { Bench } from "./experiments.js";

it("is absent from the page of a dataset beside which no networks of random cells were recorded", async () => {
  const corpus = syntheticCorpus("toy");
  const bench: Pick<Bench, "corpus"> = { corpus: { ...corpus, further: corpus.idle.slice(0, 3) } };
  expect(await cellsSection(bench as Bench)).toEqual([]);
});
