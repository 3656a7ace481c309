import { describe, expect, it } from "vitest";
import { zooModel } from "../zoo/index.js";
import { localProblem, measureHere } from "./measure-here.js";

const problem = await localProblem();

describe.skipIf(problem !== null)(`measuring on this machine (skipped without ONNX Runtime: ${problem ?? "present"})`, () => {
  const models = ["squeezenet-0", "resnet-0"].map((id) => zooModel(id));

  it("gives each network a latency, in three rounds", { timeout: 120_000 }, async () => {
    const remarks: string[] = [];
    const measured = await measureHere(models, (text) => void remarks.push(text), new AbortController().signal);
    expect(measured.map(({ id }) => id)).toEqual(models.map(({ id }) => id));
    for (const { latencyMs } of measured) {
      expect(latencyMs).toBeGreaterThan(0.05);
      expect(latencyMs).toBeLessThan(10_000);
    }
    expect(remarks.slice(0, 3)).toEqual(["round 1 of 3", "round 2 of 3", "round 3 of 3"]);
  });

  it("ends with nothing where it is stopped", { timeout: 60_000 }, async () => {
    const stop = new AbortController();
    const measured = await measureHere(models, () => stop.abort(), stop.signal);
    expect(measured).toEqual([]);
  });
});
