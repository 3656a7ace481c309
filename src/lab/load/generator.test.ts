import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { pythonLacks } from "../engines/python.js";
import type { GeneratorKind } from "./generator.js";
import { LoadGenerator, ratesBetween } from "./generator.js";

const lacking = pythonLacks("numpy");

async function measured(kind: GeneratorKind, rate: number) {
  const generator = await LoadGenerator.start(kind, 0);
  try {
    const before = await generator.set(rate);
    await sleep(600);
    return ratesBetween(before, await generator.report());
  } finally {
    await generator.close();
  }
}

// Real processes, no timing: a busy machine may slow them down without failing the test.
describe.skipIf(lacking !== null)(`load generators (skipped without Python and numpy: ${lacking ?? "present"})`, () => {
  it("uses about the asked share of a core, never more", async () => {
    const { cpuShare, trafficGBs } = await measured("utilization", 0.3);
    expect(cpuShare).toBeGreaterThan(0.02);
    expect(cpuShare).toBeLessThan(0.4);
    expect(trafficGBs).toBe(0);
  });

  it("moves memory at the asked rate, never faster", async () => {
    const { trafficGBs } = await measured("traffic", 0.5);
    expect(trafficGBs).toBeGreaterThan(0.02);
    expect(trafficGBs).toBeLessThan(0.6);
  });

  it("uses no CPU time at rest", async () => {
    expect((await measured("utilization", 0)).cpuShare).toBeLessThan(0.05);
  });

  it("ends when its input is closed", async () => {
    const generator = await LoadGenerator.start("utilization", 0);
    await generator.set(0.9);
    await generator.close();
    await expect(generator.report()).rejects.toThrow(/the process ended/);
  });
});
