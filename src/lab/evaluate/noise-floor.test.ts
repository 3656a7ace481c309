import { describe, expect, it } from "vitest";
import { emptyCorpus } from "../../../test/helper/corpus.js";
import { IDLE_LABEL, IDLE_LABELS, LOADED_LABEL } from "../dataset/label.js";
import { sampleIdle, sampleLoaded, sampleProbe } from "../dataset/row-samples.js";
import type { IdleRow, LoadedRow } from "../dataset/row.js";
import { idleNoiseFloor, loadedNoiseFloor, steadiestIdleLabel } from "./noise-floor.js";

const idle = (round: number, us: number): IdleRow => sampleIdle({ round, runsUs: [us, us], cpuNs: 2000 * us });

function visit(block: number, round: number, us: number, probeNs = 8_000_000): LoadedRow {
  const probe = sampleProbe(probeNs);
  return sampleLoaded({ block, round, runsUs: [us, us], probeBefore: probe, probeAfter: probe });
}

describe("the noise floor of idle labels", () => {
  it("compares the odd rounds of a model with the even ones", () => {
    const idlePasses = new Map([
      ["steady", [idle(1, 100), idle(2, 100), idle(3, 100), idle(4, 100)]],
      ["drifting", [idle(1, 108), idle(2, 100)]],
    ]);
    const { rows, within5Percent, within10Percent, mapePercent } = idleNoiseFloor(emptyCorpus({ idlePasses }));
    expect({ rows, within5Percent, within10Percent }).toEqual({ rows: 2, within5Percent: 50, within10Percent: 100 });
    expect(mapePercent).toBeCloseTo(4, 9);
  });

  it("leaves out a model that was measured in one half only", () => {
    const idlePasses = new Map([
      ["both", [idle(1, 100), idle(2, 100)]],
      ["odd", [idle(1, 100), idle(3, 300)]],
    ]);
    expect(idleNoiseFloor(emptyCorpus({ idlePasses }))).toMatchObject({ rows: 1, within5Percent: 100 });
  });

  it("takes out how slow the machine was around each pass", () => {
    const slow = { ...idle(1, 150), probeBefore: sampleProbe(12_000_000), probeAfter: sampleProbe(12_000_000) };
    const quiet = { ...idle(2, 100), probeBefore: sampleProbe(8_000_000), probeAfter: null };
    const corpus = emptyCorpus({ quietNs: 8_000_000, idlePasses: new Map([["a", [slow, quiet]]]) });
    expect(idleNoiseFloor(corpus, { ...IDLE_LABEL, probeExponent: 1 })).toMatchObject({ rows: 1, within5Percent: 100 });
    expect(idleNoiseFloor(corpus, { ...IDLE_LABEL, probeExponent: 0 })).toMatchObject({ rows: 1, within10Percent: 0 });
  });

  it("is not a number without rows", () => {
    expect(idleNoiseFloor(emptyCorpus())).toMatchObject({ rows: 0, within10Percent: NaN });
  });
});

describe("the label of a dataset", () => {
  const six = (us: readonly number[], probeNs: readonly number[] = []): IdleRow[] =>
    us.map((each, i) => {
      const probe = probeNs[i] === undefined ? null : sampleProbe(probeNs[i]);
      return { ...idle(i + 1, each), probeBefore: probe, probeAfter: probe };
    });

  it("is the fastest run where disturbances only add time and probes do not see them", () => {
    const idlePasses = new Map([
      ["a", six([100, 130, 160, 100, 120, 170])],
      ["b", six([240, 200, 200, 260, 220, 200])],
    ]);
    expect(steadiestIdleLabel(emptyCorpus({ idlePasses }))).toBe([...IDLE_LABELS.values()].at(-1));
  });

  it("is the mean of passes divided by their probes where these tell how slow the machine was", () => {
    const slowness = [1, 1.5, 1.2, 1.1, 1.4, 1.3];
    const idlePasses = new Map(["a", "b"].map((id) => [id, six(slowness.map((each) => 100 * each), slowness.map((each) => 8e6 * each))]));
    expect(steadiestIdleLabel(emptyCorpus({ idlePasses, quietNs: 8e6 }))).toBe(IDLE_LABEL);
  });

  it("is the usual one where nothing was measured twice", () => {
    expect(steadiestIdleLabel(emptyCorpus())).toBe(IDLE_LABEL);
  });
});

describe("the noise floor of loaded labels", () => {
  it("compares the visits of the first block with those of the second", () => {
    const visits = new Map([
      ["s|a", [visit(1, 1, 200), visit(1, 2, 200), visit(2, 3, 200)]],
      ["s|b", [visit(1, 1, 220), visit(2, 3, 200)]],
      ["s|c", [visit(1, 1, 200)]],
    ]);
    const { rows, within5Percent, mapePercent } = loadedNoiseFloor(emptyCorpus({ visits }));
    expect({ rows, within5Percent }).toEqual({ rows: 2, within5Percent: 50 });
    expect(mapePercent).toBeCloseTo(5, 9);
  });

  it("compares what is left once the probes' inflation is taken out", () => {
    const visits = new Map([
      ["s|a", [visit(1, 1, 300, 12_000_000), visit(2, 3, 200)]],
      // The quiet level is that of the state, over all its models.
      ["s|b", [visit(1, 1, 100), visit(2, 3, 100)]],
    ]);
    const floor = (probeExponent: number): unknown => loadedNoiseFloor(emptyCorpus({ visits }), { ...LOADED_LABEL, probeExponent });
    expect(floor(1)).toMatchObject({ rows: 2, within5Percent: 100 });
    expect(floor(0)).toMatchObject({ rows: 2, within5Percent: 50 });
  });

  it("does without probes", () => {
    const bare = (block: number): LoadedRow => ({ ...visit(block, block, 50), probeBefore: null, probeAfter: null });
    const visits = new Map([
      ["s|a", [bare(1), bare(2)]],
      ["s|b", [visit(1, 1, 100), visit(2, 3, 100)]],
    ]);
    expect(loadedNoiseFloor(emptyCorpus({ visits }))).toMatchObject({ rows: 2, within5Percent: 100 });
  });
});
