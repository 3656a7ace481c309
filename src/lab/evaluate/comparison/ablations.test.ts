import { describe, expect, it } from "vitest";
import { emptyCorpus, syntheticCorpus } from "../../../../test/helper/corpus.js";
import { syntheticIdleExamples } from "../../../../test/helper/synthetic-rows.js";
import { ablationsOf, withoutFurther, withoutGraph, withoutProfiles } from "./ablations.js";

const EXAMPLES = syntheticIdleExamples([2]);
const names = (corpus: Parameters<typeof ablationsOf>[0]): string[] => ablationsOf(corpus).map(({ name }) => name.split(":")[0] ?? "");

describe("what is left out", () => {
  it("is what a corpus has: profiles and more networks only where there are some", () => {
    expect(names(syntheticCorpus("a"))).toEqual(["without c", "without the graph", "without the penalty on weights", "without profiles of networks", "a graph network in place of factors"]);
    const bare = EXAMPLES.map((example) => ({ ...example, kernelUs: null }));
    expect(names(emptyCorpus({ profiled: false, idle: bare }))).toEqual(["without c", "without the graph", "without costs of the sweep"]);
    expect(names(emptyCorpus({ profiled: false, idle: bare, rules: { ...emptyCorpus().rules, engine: "ncnn" } })).at(-1)).toBe("without the penalty on weights");
    expect(names(emptyCorpus({ profiled: false, idle: bare, further: bare })).at(-1)).toBe("without the networks beside the data");
  });

  it("is every edge between kernels, and no kernel", () => {
    const corpus = syntheticCorpus("a");
    const blind = withoutGraph(corpus);
    expect(corpus.idle.some(({ features }) => features.kernelGraph.adjacency.columns.length > 0)).toBe(true);
    for (const [i, { features }] of blind.idle.entries()) {
      const { size, rowOffsets, columns } = features.kernelGraph.adjacency;
      expect([columns.length, size, Math.max(...rowOffsets)]).toEqual([0, corpus.idle[i]?.features.kernelGraph.adjacency.size, 0]);
      expect(features.facts).toBe(corpus.idle[i]?.features.facts);
    }
    // Rows of one model still share its features, so that it is embedded once.
    expect(new Set(blind.loaded.map(({ features }) => features)).size).toBe(corpus.idle.length);
  });

  it("is what layers take, of a dataset's networks and of those beside it", () => {
    const parts = [{ kernels: [0], latencyUs: 1 }];
    const { idle, further } = withoutProfiles(emptyCorpus({ idle: EXAMPLES, further: EXAMPLES.map((example) => ({ ...example, parts })) }));
    expect([...idle, ...further].every((example) => example.kernelUs === null && example.parts?.length === 0)).toBe(true);
    expect(idle.map(({ latencyUs }) => latencyUs)).toEqual(EXAMPLES.map(({ latencyUs }) => latencyUs));
  });

  it("is every network beside a dataset", () => {
    expect(withoutFurther(emptyCorpus({ idle: EXAMPLES, further: EXAMPLES }))).toMatchObject({ idle: EXAMPLES, further: [] });
  });
});
