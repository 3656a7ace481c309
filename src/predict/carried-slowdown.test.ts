import { beforeAll, describe, expect, it } from "vitest";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readArtifact } from "../model/artifact.js";
import { ArtifactError } from "../model/manifest.js";
import type { SlowdownModel } from "../model/slowdown.js";
import { CarriedSlowdown } from "./carried-slowdown.js";
import { RECORDED_SCHEMAS, unpackedRecorded } from "./recorded-target.js";
import { newestPredictors } from "./weights-folder.js";

/** The default target's, whose slowdown is what carries over. */
let shipped: string;
let slowdown: SlowdownModel;
let carried: CarriedSlowdown;
let withoutTransfer: CarriedSlowdown;

beforeAll(async () => {
  const [first = ""] = await newestPredictors("weights");
  shipped = first;
  const artifact = await readArtifact(shipped, { featureSchemaHash: (kind) => RECORDED_SCHEMAS.get(kind) });
  const unpacked = unpackedRecorded(null, artifact);
  const { extra } = unpacked.manifest;
  slowdown = unpacked.slowdown;
  carried = new CarriedSlowdown(slowdown, extra.interval, extra.typicalKernel);
  const { coverage, halfWidths, outOfDistributionFactor } = extra.interval;
  withoutTransfer = new CarriedSlowdown(slowdown, { coverage, halfWidths, outOfDistributionFactor });
});

describe("the shipped machine's slowdown, carried over", () => {
  it("is within a fifth of a fair scheduler, which the study found", () => {
    for (const utilization of [0.1, 0.3, 0.5, 0.7, 0.9]) {
      expect(carried.effect({ utilization }).factor / (1 + utilization)).toBeGreaterThan(0.8);
      expect(carried.effect({ utilization }).factor / (1 + utilization)).toBeLessThan(1.2);
    }
  });

  it("grows with utilization and with the run delay", () => {
    const by = (field: "utilization" | "runDelayRatio") => [0.2, 0.5, 0.8].map((value) => carried.effect({ [field]: value }).factor);
    for (const [low = 0, middle = 0, high = 0] of [by("utilization"), by("runDelayRatio")]) {
      expect(middle).toBeGreaterThan(low);
      expect(high).toBeGreaterThan(middle);
    }
  });

  it("does nothing for a state that does not tell how the core is shared", () => {
    const nothing = { factor: 1, halfWidth: 0, used: [] };
    expect(carried.effect({})).toEqual(nothing);
    expect(carried.effect({ bandwidthGBs: 5, frequencyMHz: 1800 })).toEqual(nothing);
    expect(carried.effect({ utilization: 0.5, bandwidthGBs: 5 })).toEqual(carried.effect({ utilization: 0.5 }));
  });

  it("widens the interval by the error that was found between two machines, and by a factor of two where none was", () => {
    const { extra } = JSON.parse(readFileSync(join(shipped, "manifest.json"), "utf8")) as {
      extra: { interval: { transferHalfWidths: Record<string, number> } };
    };
    expect(carried.effect({ utilization: 0.5 }).halfWidth).toBe(extra.interval.transferHalfWidths["utilization"]);
    expect(withoutTransfer.effect({ utilization: 0.5 }).halfWidth).toBe(Math.LN2);
  });

  it("refuses a typical kernel of another slowdown", () => {
    expect(() => new CarriedSlowdown(slowdown, { coverage: 0.9, halfWidths: {}, outOfDistributionFactor: 1 }, [1, 2])).toThrow(ArtifactError);
  });
});
