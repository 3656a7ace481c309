import { describe, expect, it } from "vitest";
import { parseSnapshot } from "./snapshot.js";
import { StateError } from "./state-error.js";

const text = (body: string, cpus?: readonly number[]) => parseSnapshot("text", body, cpus ? { cpus } : {});

describe("a state as JSON", () => {
  it("keeps the fields that are there and lists the others as missing", () => {
    const { state, missing, sources } = parseSnapshot("json", '{"utilization": 0.5, "counters": {"cpuCycles": 1e9}}');
    expect(state).toEqual({ utilization: 0.5, counters: { cpuCycles: 1e9 } });
    expect(missing).toContain("frequencyMHz");
    expect(missing).toContain("counters.instructions");
    expect(missing).not.toContain("utilization");
    expect(sources).toEqual(["json"]);
  });

  it.each([
    ['{"utilisation": 0.5}', "utilisation"],
    ['{"counters": {"l4": 1}}', "counters.l4"],
    ['{"utilization": 1.01}', "utilization"],
    ['{"utilization": -0.01}', "utilization"],
    ['{"frequencyMHz": 0}', "frequencyMHz"],
    ['{"bandwidthGBs": 1e999}', "bandwidthGBs"],
    ['{"utilization": "0.5"}', "utilization"],
    ['{"utilization": null}', "utilization"],
    ['{"counters": []}', "counters"],
    ['{"counters": null}', "counters"],
    ['{"__proto__": {"utilization": 1}}', "__proto__"],
    ['{"toString": 1}', "toString"],
    ["[]", ""],
    ["null", ""],
    ['{"utilization": NaN}', ""],
    ["", ""],
  ])("refuses %s and names the field", (body, field) => {
    try {
      parseSnapshot("json", body);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(StateError);
      expect((error as StateError).field).toBe(field);
    }
  });
});

describe("perf stat -x,", () => {
  const PERF = [
    "# started on Mon Jan  6 10:00:00 2025",
    "",
    "1002.34,msec,cpu-clock,1002340000,100.00,1.002,CPUs utilized",
    "2905123456,,cycles,1002340000,100.00,2.898,GHz",
    "5810246912,,instructions,1002340000,100.00,2.00,insn per cycle",
    "1500000000,,L1-dcache-loads:u,1002340000,80.00,,",
    "<not supported>,,LLC-loads,0,100.00,,",
    "<not counted>,,l2_cache_accesses,0,0.00,,",
  ].join("\n");

  it("reads counters, the clock's unit, the interval and perf's own frequency", () => {
    const { state, sources } = text(PERF);
    expect(state.counters).toMatchObject({
      cpuClockMs: 1002.34,
      cpuCycles: 2905123456,
      instructions: 5810246912,
      l1dAccess: 1500000000,
    });
    expect(state.counters?.intervalMs).toBeCloseTo(1000.34, 1);
    expect(state.frequencyMHz).toBeCloseTo(2898);
    expect(sources).toEqual(["perf"]);
  });

  it("leaves what perf could not count missing, with perf's reason", () => {
    const { state, missing, reasons } = text(PERF);
    expect(state.counters).not.toHaveProperty("l3dAccess");
    expect(missing).toEqual(expect.arrayContaining(["counters.l2dAccess", "counters.l3dAccess", "utilization"]));
    expect(reasons["counters.l3dAccess"]).toContain("<not supported>");
    expect(reasons["counters.l2dAccess"]).toContain("<not counted>");
  });

  it("adds loads and stores, prefers a total, and sums per-core rows and hybrid cores", () => {
    expect(text("10,,L1-dcache-loads,1,100,,\n5,,L1-dcache-stores,1,100,,").state.counters?.l1dAccess).toBe(15);
    expect(text("10,,l1d_cache,1,100,,\n5,,L1-dcache-loads,1,100,,").state.counters?.l1dAccess).toBe(10);
    expect(text("CPU0,10,,cycles,1,100,,\nCPU1,20,,cycles,1,100,,").state.counters?.cpuCycles).toBe(30);
    expect(text("10,,cpu_core/cycles/,1,100,,\n7,,cpu_atom/cycles/,1,100,,").state.counters?.cpuCycles).toBe(17);
    expect(text("S0,4,10,,l3d_cache,1,100,,").state.counters?.l3dAccess).toBe(10);
  });

  it("adds user and kernel rows only where no whole row exists, and takes no frequency from half a count", () => {
    const { state } = text("10,,cycles:u,1,100,1.0,GHz\n20,,cycles:k,1,100,2.0,GHz");
    expect(state.counters?.cpuCycles).toBe(30);
    expect(state).not.toHaveProperty("frequencyMHz");
    expect(text("10,,cycles:u,1,100,,\n40,,cycles,1,100,,").state.counters?.cpuCycles).toBe(40);
  });

  it("reads clocks without a unit as milliseconds and -I timestamps as the interval", () => {
    const { counters } = text("0.500,500.1,,task-clock,1,100,,\n1.001,499.2,,task-clock,1,100,,").state;
    expect(counters?.cpuClockMs).toBeCloseTo(999.3);
    expect(counters?.intervalMs).toBeCloseTo(1001);
  });
});

describe("simpleperf stat --csv", () => {
  it("reads counts, ARM raw events, the clock in (ms) and the total time", () => {
    const { state, sources } = text(
      [
        "Performance counter statistics,",
        "6595722690,cpu-cycles,1.804400,GHz,(100%),",
        "9000000000,instructions,0.73,cycles per instruction,(100%),",
        "3000000000,raw-l1d-cache,,,(50%),",
        "200000000,raw-l2d-cache:u,,,(50%),",
        "1000.500000(ms),task-clock,99.9% cpu usage,(100%),",
        "Total test time,1.462129,seconds,",
      ].join("\n"),
    );
    expect(sources).toEqual(["simpleperf"]);
    expect(state.frequencyMHz).toBeCloseTo(1804.4);
    expect(state.counters).toMatchObject({
      cpuCycles: 6595722690,
      instructions: 9000000000,
      l1dAccess: 3000000000,
      l2dAccess: 200000000,
      cpuClockMs: 1000.5,
    });
    expect(state.counters?.intervalMs).toBeCloseTo(1462.129);
  });

  it("does not count a pair that simpleperf has summed already twice", () => {
    const rows = ["Performance counter statistics,", "5,cpu-cycles:u,,", "6,cpu-cycles:k,,", "11,cpu-cycles,,(generated),"];
    expect(text(rows.join("\n")).state.counters?.cpuCycles).toBe(11);
  });
});

describe("files of /proc and /sys", () => {
  const STAT = "cpu  100 0 100 700 100 0 0 0 0 0\ncpu0 50 0 50 400 0 0 0 0 0 0\ncpu1 50 0 50 300 100 0 0 0 0 0\n";
  const LATER = "cpu  150 0 150 800 100 0 0 0 0 0\ncpu0 100 0 100 400 0 0 0 0 0 0\ncpu1 50 0 50 400 100 0 0 0 0 0\n";

  it("takes the utilization between two readings of /proc/stat, of the chosen cores", () => {
    expect(text(`${STAT}\n---\n${LATER}`).state.utilization).toBeCloseTo(0.5);
    expect(text(STAT + LATER, [0]).state.utilization).toBe(1);
    expect(text(STAT + LATER, [1]).state.utilization).toBe(0);
  });

  it("takes one reading as since boot, and says so", () => {
    const { state, sources } = text(STAT);
    expect(state.utilization).toBeCloseTo(0.2);
    expect(sources).toEqual(["/proc/stat (since boot)"]);
  });

  it("says which core /proc/stat lacks, and when no time passed", () => {
    expect(text(STAT, [7]).reasons.utilization).toContain("cpu7");
    expect(text(STAT + STAT).reasons.utilization).toContain("no time passed");
  });

  it("estimates from /proc/loadavg only where the number of cores is known and nothing better is", () => {
    const load = "1.50 0.40 0.30 2/180 11206\n";
    expect(text(load).missing).toContain("utilization");
    expect(text(load).reasons.utilization).toContain("number of cores");
    const cpuinfo = "processor\t: 0\ncpu MHz\t\t: 2800.0\nprocessor\t: 1\ncpu MHz\t\t: 3000.0\n";
    const both = text(load + cpuinfo);
    expect(both.state).toEqual({ utilization: 0.75, frequencyMHz: 2900 });
    expect(both.sources).toContain("/proc/loadavg (estimate)");
    expect(text(load + cpuinfo, [1]).state.frequencyMHz).toBe(3000);
    expect(text(load + STAT + LATER).state.utilization).toBeCloseTo(0.5);
  });

  it("reads concatenated files under head's headers, cpufreq (kHz) before cpuinfo", () => {
    const { state, sources } = text(
      [
        "==> /sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq <==",
        "1804800",
        "",
        "==> /sys/devices/system/cpu/cpu1/cpufreq/scaling_cur_freq <==",
        "2841600",
        "",
        "==> /proc/cpuinfo <==",
        "cpu MHz : 1.0",
        "==> /proc/stat <==",
        STAT,
      ].join("\n"),
      [1],
    );
    expect(state.frequencyMHz).toBe(2841.6);
    expect(sources[0]).toBe("cpufreq");
  });

  it("reads bare kilohertz, and refuses text that nothing is recognised in", () => {
    expect(text("1804800\n2841600\n").state.frequencyMHz).toBeCloseTo(2323.2);
    expect(() => text("hello")).toThrow(StateError);
    expect(() => text("")).toThrow(/perf stat -x,/);
    expect(() => text("==> /etc/passwd <==\nroot:x:0:0")).toThrow(StateError);
  });
});
