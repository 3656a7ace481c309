import { describe, expect, it } from "vitest";
import { emptyCorpus } from "../../../test/helper/corpus.js";
import { syntheticFeatures } from "../../../test/helper/synthetic.js";
import { syntheticTarget } from "../../../test/helper/synthetic-target.js";
import type { IdleExample } from "../train/examples.js";
import { newDeviceSection } from "./new-device.js";

const TARGET = syntheticTarget();

/** Networks of a MADE-UP machine that takes `factor` times what the SYNTHETIC target predicts. */
function machine(factor: (index: number) => number) {
  const idle = Array.from({ length: 75 }, (_, index): IdleExample => {
    const features = syntheticFeatures(8 + index, 1 + (index % 3));
    const { latencyMs } = TARGET.predict(TARGET.embed(features.graph), {});
    return { id: `net-${index}`, family: "synthetic", features, latencyUs: 1000 * latencyMs * factor(index), kernelUs: null };
  });
  return emptyCorpus({ folder: "made-up", idle });
}

describe("a new device from a few networks", () => {
  it("is predicted without error where it is the known one times a factor", () => {
    const { text, tables } = newDeviceSection(TARGET, machine(() => 2.5));
    expect(text).toContain("`made-up`, from a few of its 75 idle networks");
    const rows = tables[0]?.rows ?? [];
    expect(rows.map(([count, chosen]) => `${count} ${chosen}`)).toEqual(
      [3, 5, 10, 20, 30].flatMap((count) => [`${count} random`, `${count} for the least error`]),
    );
    for (const row of rows) expect(row.slice(2)).toEqual(["0.0", "0.0", "100.0", "0.0", "100.0"]);
  });

  it("has the scatter of its networks as its error, and expects about that", () => {
    const { tables } = newDeviceSection(TARGET, machine((index) => (index % 2 === 0 ? 1.8 : 2.2)));
    for (const [count, , scaled = "", , , expected = ""] of tables[0]?.rows ?? []) {
      // Every network is 10 % off the mean one, whichever were measured.
      expect(Number(scaled), `${count} networks`).toBeGreaterThan(8);
      expect(Number(scaled), `${count} networks`).toBeLessThan(14);
      expect(Number(expected), `${count} networks`).toBeGreaterThan(5);
    }
  });
});
