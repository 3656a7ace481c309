import { describe, expect, it } from "vitest";
import { syntheticGraph } from "../../../../test/helper/synthetic.js";
import type { HeldOut } from "./cross-validate.js";
import { phoneSamples, type PhoneSample } from "./samples.js";
import { scored } from "./scores.js";
import type { PhoneRow } from "./table.js";
import type { Turn } from "./turns.js";

/** MADE-UP networks and latencies. */
const WIDTHS: ReadonlyMap<string, number> = new Map([["resnet10", 16], ["resnet12", 32], ["resnet14", 17], ["resnet16", 256]]);
const NETWORKS = new Map([...WIDTHS].map(([name, width]) => [name, syntheticGraph(width, 2)]));
const ROWS = [...WIDTHS.keys()].map((model): PhoneRow => ({
  model,
  engine: "torch",
  device: "pixel4",
  cores: "1large",
  precision: "int8",
  latencyUs: 1000,
  deviationUs: 1,
  flops: 1,
  parameterBytes: 1,
}));
const [ten, twelve, fourteen, sixteen] = phoneSamples(ROWS, NETWORKS);
const samples = (...list: readonly (PhoneSample | undefined)[]): PhoneSample[] => list.filter((sample) => sample !== undefined);

const heldOut = ({ row, family, configuration }: PhoneSample, fold: string): HeldOut => ({
  model: row.model,
  family,
  configuration: configuration.id,
  device: row.device,
  engine: row.engine,
  precision: row.precision,
  fold,
  measuredUs: 1000,
  factorsUs: 1000,
  baselines: { "FLOPs line": 1, "FLOPs and bytes": 1, "sums over operator kinds": 1000 },
});

describe("scores of held-out predictions", () => {
  const turn: Turn = { fold: "one", known: samples(ten, twelve), runs: [], test: samples(fourteen, sixteen) };
  const rows = turn.test.map((sample) => heldOut(sample, "one"));

  it("are low where a turn's networks are like those that trained, and high where they are not", () => {
    const [like, unlike] = scored(rows, [turn]);
    expect(like).toMatchObject({ model: "resnet14", flagged: false });
    expect(like?.score).toBeLessThan(0.1);
    expect(unlike).toMatchObject({ model: "resnet16", flagged: true });
    expect(unlike?.score).toBeGreaterThan(0.9);
  });

  it("go by what the turn knew", () => {
    const other: Turn = { ...turn, fold: "two", known: samples(ten, twelve, sixteen), test: samples(sixteen) };
    const [unknown, known] = scored([...rows.slice(1), ...other.test.map((sample) => heldOut(sample, "two"))], [turn, other]);
    expect([unknown?.flagged, known?.score]).toEqual([true, 0]);
  });

  it("are refused for a row that no turn tests", () => {
    expect(() => scored(rows, [{ ...turn, fold: "another" }])).toThrow(/resnet14/);
  });
});
