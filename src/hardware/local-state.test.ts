import { describe, expect, it } from "vitest";
import { readLocalState } from "./local-state.js";
import { parseSchedstat } from "./local/run-delay.js";

describe.runIf(process.platform === "linux")("the state of this machine", () => {
  it("has a utilization and a bandwidth, and a reason for every field that it lacks", async () => {
    const { state, missing, reasons } = await readLocalState({ intervalMs: 200 });
    expect(state.utilization).toBeGreaterThanOrEqual(0);
    expect(state.utilization).toBeLessThanOrEqual(1);
    expect(state.bandwidthGBs).toBeGreaterThan(0.1);
    for (const field of missing) expect(reasons[field], field).toBeTruthy();
  });
});

describe("schedstat", () => {
  it("is run time, delay and slices; anything else is not it", () => {
    expect(parseSchedstat("1000 250 7\n")).toEqual({ runNs: 1000, delayNs: 250 });
    expect(parseSchedstat("0\n")).toBeNull();
  });
});
