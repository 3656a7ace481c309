import { describe, expect, it } from "vitest";
import { syntheticFeatures } from "../../../test/helper/synthetic.js";
import type { ModelFeatures } from "../../features/model-features.js";
import type { LatencyPredictor } from "../../model/predictor.js";
import { fitDomain } from "../../predict/domain.js";
import type { IdleExample } from "../train/examples.js";
import { judgeExamples, trustTable } from "./trust.js";

/** A FAKE predictor: a microsecond for each kernel. */
const PREDICTOR: LatencyPredictor<ModelFeatures> = {
  embed: (features) => features,
  predict: ({ facts }) => ({ totalUs: facts.length, kernelUs: new Float32Array(facts.length).fill(1) }),
  dispose: () => undefined,
};

/** Networks of MADE-UP latencies: the predictor is off by this much. */
function example(width: number, logError: number): IdleExample {
  const features = syntheticFeatures(width, 2);
  return { id: `net-${width}`, family: "synthetic", features, latencyUs: features.facts.length * Math.exp(logError), kernelUs: null };
}

const TRAINED = [16, 24, 32].map((width) => example(width, 0));
const DOMAIN = fitDomain(TRAINED.flatMap(({ features }) => features.facts));

describe("out-of-distribution scores beside errors", () => {
  it("flag what is wider than anything that trained, and only that", () => {
    const [like, unlike] = judgeExamples(PREDICTOR, DOMAIN, [example(24, 0.02), example(256, -0.4)]);
    expect(like).toMatchObject({ score: 0, flag: false });
    expect(like?.error).toBeCloseTo(0.02, 5);
    expect(unlike?.flag).toBe(true);
    expect(unlike?.score).toBeGreaterThan(0.1);
    // Of either sign.
    expect(unlike?.error).toBeCloseTo(0.4, 5);
  });
});

describe("the table of trust", () => {
  const validation = Array.from({ length: 20 }, (_, i) => example(24, (i + 1) / 200));
  /** Half of the test networks are like those that trained and off by 2 %, the others are not, and off by 25 %. */
  const test = Array.from({ length: 10 }, (_, i) => (i < 5 ? example(24, 0.02) : example(256, 0.25)));

  it("has the share of latencies inside an interval of known networks, and of one that is wider where flagged", () => {
    const { head, rows } = trustTable(PREDICTOR, DOMAIN, validation, test, 3);
    expect(head).toHaveLength(rows[0]?.length ?? 0);
    expect(rows).toEqual([["1.00", "50.0", "50.0", "100.0", "10"]]);
  });

  it("does not make up for errors that the factor does not reach", () => {
    expect(trustTable(PREDICTOR, DOMAIN, validation, test, 2).rows[0]?.slice(2, 4)).toEqual(["50.0", "50.0"]);
  });
});
