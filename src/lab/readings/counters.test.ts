import { describe, expect, it } from "vitest";
import type { Device, RunResult } from "../devices/device.js";
import { LOCAL_DEVICE } from "../devices/local.js";
import { CounterReader } from "./counters.js";

/** A device with these tools, answering as they were seen to. */
function fake(tools: readonly string[], answer: (argv: readonly string[]) => Partial<RunResult>): { device: Device; asked: (readonly string[])[] } {
  const asked: (readonly string[])[] = [];
  const run = (argv: readonly string[]): Promise<RunResult> => {
    if (argv[0] === "sh") return Promise.resolve({ code: tools.includes(argv.at(-1) ?? "") ? 0 : 1, stdout: "", stderr: "" });
    asked.push(argv);
    return Promise.resolve({ code: 0, stdout: "", stderr: "", ...answer(argv) });
  };
  return { device: { ...LOCAL_DEVICE, run }, asked };
}

const LIMITED = `Error:
Access to performance monitoring and observability operations is limited.
Consider adjusting /proc/sys/kernel/perf_event_paranoid setting to open`;
const unknown = (event: string) => ({ code: 129, stderr: `event syntax error: '${event}'\n                     \\___ parser error\n` });

describe("CounterReader (fake devices that answer as perf and simpleperf do)", () => {
  it("counts by perf, off the model's cores, without the events that this processor does not have", async () => {
    const { device, asked } = fake(["perf", "taskset"], (argv) => {
      const bad = ["l2d_cache", "l2_cache_accesses"].find((event) => argv.includes(event));
      return bad === undefined ? { stderr: "5,,instructions,1,100,,\n7,,cycles,1,100,,\n" } : unknown(bad);
    });
    const reader = await CounterReader.find(device, [2, 3], 0);
    if (typeof reader === "string") throw new Error(reader);
    expect(await reader.read(500)).toMatchObject({ instructions: 5, cpuCycles: 7 });
    expect(asked).toHaveLength(4);
    expect(asked.at(-1)?.slice(0, 8)).toEqual(["taskset", "-c", "0", "perf", "stat", "-x,", "-C", "2,3"]);
  });

  it("counts by simpleperf where there is no perf", async () => {
    const stdout = "Performance counter statistics,\n9,cpu-cycles,1.5,GHz,(100%),\n4,instructions,,,(100%),\nTotal test time,0.5,seconds,\n";
    const reader = await CounterReader.find(fake(["simpleperf"], () => ({ stdout })).device, [4], null);
    if (typeof reader === "string") throw new Error(reader);
    expect(await reader.read(500)).toMatchObject({ instructions: 4, cpuCycles: 9, intervalMs: 500 });
  });

  it.each<[string, readonly string[], Partial<RunResult>, RegExp]>([
    ["no tool is there", [], {}, /neither perf nor simpleperf is installed/],
    ["perf may not count", ["perf"], { code: 255, stderr: LIMITED }, /limited.*as root, sysctl kernel.perf_event_paranoid=0/],
    ["the machine hides its counters", ["perf"], { stderr: "<not supported>,,instructions,0,100,,\n100,msec,cpu-clock,1,100,,\n" }, /virtual machines often hide/],
  ])("says so, and what to do, where %s", async (_, tools, answer, message) => {
    expect(await CounterReader.find(fake(tools, () => answer).device, [0], null)).toMatch(message);
  });
});
