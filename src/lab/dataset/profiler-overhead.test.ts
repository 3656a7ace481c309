import { expect, it } from "vitest";
import type { Kernel } from "../engines/engine.js";
import type { IdleRow } from "./row.js";
import { profilerOverheadUs, withoutOverhead } from "./profiler-overhead.js";

const kernels = (...times: number[]): Kernel[] =>
  times.map((us, i) => ({ op: "Conv", domain: "", key: String(i), inputs: [], meanUs: us, medianUs: us }));

it("is what profiles are longer by than runs, for each kernel", () => {
  const rows: Pick<IdleRow, "runsUs" | "kernels">[] = [
    { runsUs: [90, 100, 110], kernels: kernels(60, 44) },
    { runsUs: [200], kernels: kernels(100, 103, 6) },
    { runsUs: [50], kernels: kernels(54) },
    { runsUs: [70] },
  ];
  expect(profilerOverheadUs(rows)).toBe(3);
});

it("is nothing without profiles, and never negative", () => {
  expect(profilerOverheadUs([{ runsUs: [70] }])).toBe(0);
  expect(profilerOverheadUs([{ runsUs: [70], kernels: kernels(60) }])).toBe(0);
});

it("leaves each kernel a tenth of its time at least, and unseen ones unseen", () => {
  expect([...withoutOverhead(Float32Array.of(10, 2, 0), 4)].map((us) => Number(us.toFixed(3)))).toEqual([6, 0.2, 0]);
});
