import { beforeAll, describe, expect, it } from "vitest";
import { syntheticCorpus } from "../../../test/helper/corpus.js";
import { SYNTHETIC_RULES, syntheticAdditive } from "../../../test/helper/synthetic.js";
import { IdlePredictor } from "../../model/additive.js";
import { initBackend, type Tf } from "../../model/backend.js";
import { randomSplit } from "../evaluate/splits.js";
import type { Corpus } from "./corpus.js";
import { crossMachine, loweredBy, type Transfer } from "./transfer.js";

const FULL_STATE = "utilization+bandwidthGBs+runDelayRatio";
const splitOf = ({ idle }: Corpus) => randomSplit(idle.map(({ id }) => id));

describe("a corpus lowered by another machine's rules (synthetic)", () => {
  const corpus = syntheticCorpus("made-up");
  const rules = { engine: "onnxruntime", channelBlock: 0 } as const;
  const lowered = loweredBy(corpus, rules);

  it("has the same labels on the other engine's kernels", () => {
    expect(lowered.rules).toEqual(rules);
    expect(lowered.loaded.map(({ id, latencyUs }) => [id, latencyUs])).toEqual(corpus.loaded.map(({ id, latencyUs }) => [id, latencyUs]));
    const kernels = ({ idle: [first] }: Corpus): number => first?.features.kernelGraph.kernels.length ?? NaN;
    // Without a blocked layout there is nothing to reorder.
    expect(kernels(lowered)).toBeLessThan(kernels(corpus));
  });

  it("lowers each network once, for all of its rows", () => {
    const features = new Set([...lowered.idle, ...lowered.loaded].map((example) => example.features));
    expect(features.size).toBe(corpus.idle.length);
  });
});

describe("slowdowns carried over between two synthetic machines", () => {
  /** The second machine slows down by the square of what the first one does. */
  const machines = [syntheticCorpus("gentle"), syntheticCorpus("harsh", 2)].map((corpus) => ({ corpus, split: splitOf(corpus) }));
  let transfers: Transfer[];
  beforeAll(async () => {
    const { tf }: { tf: Tf } = await initBackend();
    transfers = await crossMachine(tf, new IdlePredictor(null, syntheticAdditive()), SYNTHETIC_RULES, machines, { seed: 1 });
  });

  const meanOf = (from: string): number => {
    const values = transfers.find((transfer) => transfer.from === from)?.residuals.get(FULL_STATE) ?? [];
    return values.reduce((sum, { residual }) => sum + residual, 0) / values.length;
  };

  it("are judged both ways, on networks that trained neither", () => {
    expect(transfers.map(({ from, to }) => [from, to])).toEqual([
      ["gentle", "harsh"],
      ["harsh", "gentle"],
    ]);
    const held = machines.map(({ corpus, split }) => corpus.loaded.filter(({ id }) => !split.training.has(id)).length);
    expect(transfers.map(({ residuals }) => residuals.get(FULL_STATE)?.length)).toEqual([held[1], held[0]]);
  });

  it("are too small from the machine that slows down less, too large the other way", () => {
    expect(meanOf("gentle")).toBeGreaterThan(0.1);
    expect(meanOf("harsh")).toBeLessThan(-0.1);
  });
});
