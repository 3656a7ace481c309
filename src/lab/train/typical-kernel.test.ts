import { describe, expect, it } from "vitest";
import { syntheticCorpus } from "../../../test/helper/corpus.js";
import { syntheticAdditive } from "../../../test/helper/synthetic.js";
import { IdlePredictor } from "../../model/additive.js";
import { SlowdownPredictor } from "../../model/slowdown.js";
import { type IdleSource, SlowedPredictor } from "../../model/slowed.js";
import { typicalFactors } from "./typical-kernel.js";

const model = syntheticAdditive();
const { slowdown } = model;
const width = slowdown.members * slowdown.rank;
const idle = new IdlePredictor(null, model);
const [first, second] = syntheticCorpus("made-up").idle;
const networks = [first, second].flatMap((network) => network ?? []);
const slowed = (source: IdleSource): SlowedPredictor => new SlowedPredictor(source, new SlowdownPredictor(null, slowdown));
/** Of kernels by row. */
function factorsOf(source: IdleSource, network: (typeof networks)[number]): readonly number[][] {
  const predictor = new SlowdownPredictor(null, slowdown);
  const factors = [...predictor.factors(source.embed(network.features).joined)];
  predictor.dispose();
  return Array.from({ length: factors.length / width }, (_, row) => factors.slice(row * width, (row + 1) * width));
}

describe("the typical kernel of networks (synthetic)", () => {
  it("weighs kernels by their share of their network, and networks alike", () => {
    const means = networks.map((network) => {
      const { idleUs } = idle.embed(network.features);
      const totalUs = idleUs.reduce((sum, us) => sum + us, 0);
      const rows = factorsOf(idle, network);
      return Array.from({ length: width }, (_, column) => rows.reduce((sum, row, kernel) => sum + ((idleUs[kernel] ?? 0) / totalUs) * (row[column] ?? 0), 0));
    });
    const expected = Array.from({ length: width }, (_, column) => means.reduce((sum, mean) => sum + (mean[column] ?? 0), 0) / means.length);
    typicalFactors(slowed(idle), networks).forEach((factor, column) => expect(factor).toBeCloseTo(expected[column] ?? NaN, 6));
    expect(networks).toHaveLength(2);
  });

  it("is a network's kernel where nothing else takes time", () => {
    const lone: IdleSource = {
      joinedWidth: idle.joinedWidth,
      embed: (features) => {
        const embedded = idle.embed(features);
        return { ...embedded, idleUs: embedded.idleUs.map((_, kernel) => (kernel === 1 ? 7 : 0)) };
      },
      dispose: () => undefined,
    };
    const [network] = networks;
    if (network === undefined) throw new Error("no network");
    const kernel = factorsOf(lone, network)[1] ?? [];
    typicalFactors(slowed(lone), [network]).forEach((factor, column) => expect(factor).toBeCloseTo(kernel[column] ?? NaN, 6));
    expect(kernel.some((factor) => factor !== 0)).toBe(true);
  });

  it("is not to be told from nothing", () => {
    expect(() => typicalFactors(slowed(idle), [])).toThrow(RangeError);
  });
});
