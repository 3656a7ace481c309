import { describe, expect, it } from "vitest";
import { syntheticFeatures } from "../../../test/helper/synthetic.js";
import type { ModelFeatures } from "../../features/model-features.js";
import type { LatencyPredictor } from "../../model/predictor.js";
import { DomainJudge, fitDomain } from "../../predict/domain.js";
import type { Residual } from "../train/calibrate.js";
import type { IdleExample } from "../train/examples.js";
import { judgeExamples, type Judged, leftOutTable, trustTable } from "./trust.js";

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
const DOMAIN = new DomainJudge(fitDomain(TRAINED.flatMap(({ features }) => features.facts)));

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

const at = (score: number, error: number): Judged => ({ score, flag: score > 0.5, error });
/** MADE-UP residuals up to a size. */
const residuals = (score: number, size: number): Residual[] => Array.from({ length: 20 }, (_, i) => ({ id: `net-${i}`, residual: (size * (i + 1)) / 20, score }));
/** Half of the test networks are like those that trained and off by 2 %, the others are not, and off by more. */
const test = (error: number): Judged[] => Array.from({ length: 10 }, (_, i) => (i < 5 ? at(0, 0.02) : at(1, error)));

describe("the table of trust", () => {
  const calibrating = { like: residuals(0, 0.1), unlike: residuals(0.5, 0.3) };

  it("has the share of latencies inside intervals of one width, and inside those that the score widens", () => {
    // Three times as far off at a score of a half, five times at 1: up to half-widths of 0.095 and 0.475.
    const { head, rows } = trustTable(calibrating, test(0.47));
    expect(head).toHaveLength(rows[0]?.length ?? 0);
    expect(rows).toEqual([["1.00", "50.0", "50.0", expect.any(String), "100.0", expect.any(String), "10"]]);
    const [narrow, wide] = [Number(rows[0]?.[3]), Number(rows[0]?.[5])];
    expect(narrow).toBeCloseTo(100 * (Math.exp(0.095) - 1), 1);
    expect(wide).toBeGreaterThan(3 * narrow);
  });

  it("does not make up for errors that the factor does not reach", () => {
    expect(trustTable(calibrating, test(0.6)).rows[0]?.[4]).toBe("50.0");
  });
});

describe("the table of families left out", () => {
  it("has each family in intervals that others calibrate, and all together", () => {
    const calibrating = { like: residuals(0, 0.1), unlike: residuals(0.5, 0.3) };
    const { head, rows } = leftOutTable([
      { name: "one", ...calibrating, test: test(0.47) },
      { name: "other", ...calibrating, unlike: residuals(0.5, 0.1), test: test(0.47) },
    ]);
    expect(rows.every((row) => row.length === head.length)).toBe(true);
    expect(rows.map(([name, inside, , score, count]) => [name, inside, score, count])).toEqual([
      ["one", "100.0", "0.50", "10"],
      ["other", "50.0", "0.50", "10"],
      ["all", "75.0", "0.50", "20"],
    ]);
  });
});
