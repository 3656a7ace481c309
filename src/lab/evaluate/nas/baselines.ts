import { dot, robustRidge } from "../../train/robust-ridge.js";
import { boostedTable } from "../comparison/tables.js";
import { measured, type NasBench } from "./bench.js";
import type { NasDevice } from "../../published/nas/table.js";

/** Predictions for `test`, in its order; null where a predictor cannot be run here. */
export type Baseline = (bench: NasBench, device: NasDevice, training: readonly number[], test: readonly number[]) => readonly number[] | null;

/** Latency = a + b FLOPs. */
export const flopsLine: Baseline = (bench, device, training, test) =>
  linear(bench, device, training, test, (row) => [bench.costs[row]?.macs ?? 0]);

/** Latency = a + b FLOPs + c bytes, as NeuralPower and PALEO have it for a layer. */
export const flopsAndBytes: Baseline = (bench, device, training, test) =>
  linear(bench, device, training, test, (row) => [bench.costs[row]?.macs ?? 0, bench.costs[row]?.bytes ?? 0]);

/**
 * nn-Meter's way, a latency for each kind of block and their sum: one coefficient for each operation of a cell, or for
 * each of FBNet's quantities, wherever in the network it stands.
 */
export const blockSum: Baseline = (bench, device, training, test) =>
  linear(bench, device, training, test, (row) => bench.quantities[row] ?? []);

/** Gradient-boosted trees on the choices, an edge or layer each, and counts; null without Python. */
export const boostedTrees: Baseline = (bench, device, training, test) => {
  const row = (index: number): number[] => [
    ...(bench.rows[index]?.architecture.choices ?? []),
    ...(bench.quantities[index] ?? []),
    bench.costs[index]?.macs ?? 0,
    bench.costs[index]?.bytes ?? 0,
  ];
  return boostedTable(training.map(row), training.map((index) => measured(bench, device, index)), test.map(row));
};

const CORNER = 0.03;
const PENALTY = 1e-4;

function linear(bench: NasBench, device: NasDevice, training: readonly number[], test: readonly number[], columns: (row: number) => readonly number[]): number[] {
  const scales = columns(0).map((_, j) => Math.max(1e-9, ...training.map((row) => Math.abs(columns(row)[j] ?? 0))));
  const regressors = (row: number): number[] => [1, ...columns(row).map((value, j) => value / (scales[j] ?? 1))];
  const targets = training.map((row) => measured(bench, device, row));
  const coefficients = robustRidge(training.map(regressors), targets, {
    penalties: [0, ...scales.map(() => PENALTY)],
    corner: CORNER,
  });
  const smallest = Math.min(...targets);
  return test.map((row) => Math.max(smallest, dot(regressors(row), coefficients)));
}
