import { expect, it } from "vitest";
import { emptyCorpus, syntheticCorpus } from "../../../test/helper/corpus.js";
import type { IdleRow } from "../dataset/row.js";
import { sampleIdle } from "../dataset/row-samples.js";
import { cellsFloor, cellsSection } from "./cells-section.js";
import type { Bench } from "./experiments.js";

it("is absent from the page of a dataset beside which no networks of random cells were recorded", async () => {
  const corpus = syntheticCorpus("toy");
  const bench: Pick<Bench, "corpus"> = { corpus: { ...corpus, further: corpus.idle.slice(0, 3) } };
  expect(await cellsSection(bench as Bench)).toEqual([]);
});

it("says how well labels of the networks that test agree with themselves, and of no others", () => {
  const pass = (round: number, us: number): IdleRow => sampleIdle({ round, runsUs: [us, us], cpuNs: 2000 * us });
  const idlePasses = new Map([
    ["cells-1", [pass(1, 107), pass(2, 100)]],
    ["resnet-1", [pass(1, 100), pass(2, 100)]],
  ]);
  const { head, rows } = cellsFloor(emptyCorpus({ idlePasses }), new Set(["cells-1"]));
  const [name, within10, within5] = rows[0] ?? [];
  expect(head[0]).toBe("labels against themselves");
  expect([rows.length, name, within10, within5, rows[0]?.at(-1)]).toEqual([1, "odd against even rounds", "100.0", "0.0", "1"]);
});
