import { blendedLatencyUs } from "../../../conv/kind-sums.js";
import type { Tf } from "../../../model/backend.js";
import { calibrateConfiguration } from "../../../model/factors-calibration.js";
import { type ConfigurationVector, type FactorsEmbedding, type FactorsLatency, FactorsPredictor } from "../../../model/factors.js";
import { FACTORS_TRAINING, type FactorsTrainingOptions, trainFactors } from "../../train/factors.js";
import { embedderOnSums, onSums } from "./base.js";
import { type BaselineLatencies, fitBaselines, fitOperatorSums, runtimeOf } from "./baselines.js";
import type { OperatorSums } from "./operator-sums.js";
import type { PhoneSample } from "./samples.js";
import type { Turn } from "./turns.js";

/** A measurement that trained nothing beside what was predicted for it. */
export interface HeldOut {
  readonly model: string;
  readonly family: string;
  readonly configuration: string;
  readonly device: string;
  readonly engine: string;
  readonly precision: string;
  /** The turn in which it was left out. */
  readonly fold: string;
  readonly measuredUs: number;
  readonly factorsUs: number;
  readonly baselines: BaselineLatencies;
}

/** What is shipped. */
export function blendedUs({ factorsUs, baselines }: Pick<HeldOut, "factorsUs" | "baselines">): number {
  return blendedLatencyUs(baselines["sums over operator kinds"], factorsUs);
}

export interface CrossValidationOptions {
  readonly tf: Tf;
  readonly training: FactorsTrainingOptions;
  readonly log: (message: string) => void;
}

/** Settings of the published figures and of what ships; docs/decisions/0017-factors.md tells how they were chosen. */
export const PHONES_TRAINING: FactorsTrainingOptions = {
  ...FACTORS_TRAINING,
  members: 1,
  epochs: 100,
  weightPenalty: 3e-4,
  scaleFlags: false,
};

/** Predictions of everything that the turns leave out. */
export async function leaveOut(turns: readonly Turn[], options: CrossValidationOptions): Promise<readonly HeldOut[]> {
  const found: HeldOut[] = [];
  for (const turn of turns) {
    const rows = await predictTurn(turn, options);
    options.log(`${turn.fold}: ${describe(rows)}`);
    found.push(...rows);
  }
  return found;
}

/** Predictions of one turn's test samples. A new phone's configurations are placed among the known ones by its runs. */
export async function predictTurn({ fold, known, runs, test }: Turn, options: CrossValidationOptions): Promise<readonly HeldOut[]> {
  const knownSums = fitOperatorSums(known);
  const predictor = await trained(known, knownSums, options);
  const measured = [...known, ...runs];
  const sums = runs.length > 0 ? fitOperatorSums(measured) : knownSums;
  const embed = embedderOnSums(predictor, sums);
  const baselines = fitBaselines(measured, sums);
  const placed = placeConfigurations(predictor, known, runs, embed);
  return test.map((sample) => {
    const { id } = sample.configuration;
    const latency = predictor.predict(embed(sample), placed.get(id) ?? predictor.vectors(id) ?? []);
    return heldOut(sample, fold, latency, baselines(sample));
  });
}

function placeConfigurations(
  predictor: FactorsPredictor,
  known: readonly PhoneSample[],
  runs: readonly PhoneSample[],
  embed: (sample: PhoneSample) => FactorsEmbedding,
): ReadonlyMap<string, readonly ConfigurationVector[]> {
  const placed = new Map<string, readonly ConfigurationVector[]>();
  for (const first of runs) {
    const { id } = first.configuration;
    if (placed.has(id)) continue;
    const peers = new Set(known.filter((sample) => runtimeOf(sample) === runtimeOf(first)).map(({ configuration }) => configuration.id));
    const own = runs.filter(({ configuration }) => configuration.id === id);
    placed.set(id, calibrateConfiguration(predictor, own.map((sample) => ({ embedding: embed(sample), latencyUs: sample.latencyUs })), [...peers]));
  }
  return placed;
}

async function trained(known: readonly PhoneSample[], sums: OperatorSums, { tf, training, log }: CrossValidationOptions): Promise<FactorsPredictor> {
  return new FactorsPredictor(null, await trainFactors(tf, onSums(known, sums), { ...training, onProgress: log }));
}

function heldOut(
  { row, family, configuration, latencyUs }: PhoneSample,
  fold: string,
  { totalUs }: FactorsLatency,
  baselines: BaselineLatencies,
): HeldOut {
  const { model, device, engine, precision } = row;
  return {
    model,
    family,
    configuration: configuration.id,
    device,
    engine,
    precision,
    fold,
    measuredUs: latencyUs,
    factorsUs: totalUs,
    baselines,
  };
}

function describe(rows: readonly HeldOut[]): string {
  const error = (us: (row: HeldOut) => number): string =>
    ((100 * rows.reduce((sum, row) => sum + Math.abs(us(row) / row.measuredUs - 1), 0)) / rows.length).toFixed(2);
  return `MAPE ${error(blendedUs)} %, factors ${error((row) => row.factorsUs)} %, sums ${error((row) => row.baselines["sums over operator kinds"])} %, ${rows.length} rows`;
}
