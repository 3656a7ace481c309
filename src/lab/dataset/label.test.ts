import { describe, expect, it } from "vitest";
import { label, LOADED_LABEL, loadedLabel, probeInflation, quietProbeNs, visitWallUs } from "./label.js";
import { sampleLoaded, sampleProbe } from "./row-samples.js";
import { quantile } from "./statistics.js";

describe("quantile", () => {
  it("interpolates between order statistics, whatever the order of the values", () => {
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
    expect(quantile([10], 0.1)).toBe(10);
    expect(quantile([1, 2, 3, 4, 5, 6], 0.2)).toBe(2);
  });

  it("refuses an empty list", () => {
    expect(() => quantile([], 0.5)).toThrow(RangeError);
  });
});

describe("label", () => {
  const quietest = { runs: 0.1, passes: 0.2, probeExponent: 0 };

  it("takes the mean CPU time of a run, corrected by how slow the core was around each pass", () => {
    const pass = (runUs: number, inflation: number) => ({
      runsUs: [2 * runUs, 2 * runUs],
      cpuNs: 2000 * runUs,
      probeBefore: sampleProbe(1e7 * inflation),
      probeAfter: sampleProbe(1e7 * inflation),
    });
    const passes = [pass(100, 1), pass(100 * 1.2 ** 0.7, 1.2), pass(100 * 0.9 ** 0.7, 0.9)];
    expect(label(passes, 1e7, { runs: "cpu", passes: "mean", probeExponent: 0.7 })).toBeCloseTo(100, 6);
  });

  it("is, by low quantiles, not moved by one pass that was disturbed as a whole, nor by single slow runs", () => {
    const quiet = { runsUs: [100, 101, 100, 900, 100] };
    const disturbed = { runsUs: [150, 151, 152, 150, 150] };
    expect(label([quiet, quiet, disturbed, quiet, disturbed, quiet], undefined, quietest)).toBe(100);
  });

  it("refuses a model without passes", () => {
    expect(() => label([])).toThrow(RangeError);
  });
});

describe("loaded labels", () => {
  const quietNs = 10_000_000;
  const probe = (inflation: number) => sampleProbe((quietNs / 2) * inflation);

  it("takes the fifth of the probes that was least disturbed as the quiet level", () => {
    const probes = [1, 1, 1.2, 1.3, 1.1, 1.4].map(probe);
    expect(quietProbeNs(probes)).toBe(quietNs);
  });

  it("divides a visit's mean by how slow its probes were", () => {
    const visit = sampleLoaded({ runsUs: [100, 140], probeBefore: probe(1.3), probeAfter: probe(1.1) });
    expect(probeInflation(visit, quietNs)).toBeCloseTo(1.2);
    expect(visitWallUs(visit, quietNs, { runs: "mean", probeExponent: 1, visits: 0.5 })).toBeCloseTo(100);
  });

  it("leaves a visit without probes as it is", () => {
    expect(visitWallUs(sampleLoaded({ runsUs: [100, 140], probeBefore: null, probeAfter: null }), quietNs)).toBe(120);
  });

  it("counts a repeated visit once, by its less disturbed attempt", () => {
    const calm = { probeBefore: probe(1), probeAfter: probe(1) };
    const rough = { probeBefore: probe(1.5), probeAfter: probe(1.5) };
    const visits = [
      sampleLoaded({ round: 1, runsUs: [100], ...calm }),
      sampleLoaded({ round: 2, runsUs: [300], ...rough }),
      sampleLoaded({ round: 2, attempt: 2, runsUs: [102], ...calm }),
      sampleLoaded({ round: 3, runsUs: [104], ...calm }),
    ];
    expect(loadedLabel(visits, quietNs, { ...LOADED_LABEL, visits: 0.5 })).toBe(102);
  });
});
