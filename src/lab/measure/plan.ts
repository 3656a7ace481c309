import type { PassOptions, ProfileOptions } from "../engines/engine.js";
import type { StateOptions } from "../load/state.js";
import { CELLS } from "../zoo/index.js";

/** Everything that decides what is measured, and how; plain JSON, kept beside the rows. */
export interface Plan {
  readonly name: string;
  readonly seed: string;
  readonly sweep: {
    readonly convolutions: number;
    readonly operators: number;
    /** Patterns of several operators. */
    readonly patterns?: number;
    readonly rounds: number;
    /** Null: only networks are profiled. */
    readonly profile: ProfileOptions | null;
    readonly pass: PassOptions;
    /** A probe goes before and after every so many items. */
    readonly probeEvery: number;
  };
  readonly idle: {
    /** The zoo's ten classic ones where they are absent. */
    readonly families?: readonly string[];
    /** Of each family, the variants from this one on; 0 where it is absent. */
    readonly firstVariant?: number;
    readonly variantsPerFamily: number;
    /** Real exports by the name of their file, without weights, in the corpus of the tests. */
    readonly files?: readonly string[];
    readonly rounds: number;
    /** In the first round only. */
    readonly profile: ProfileOptions;
    readonly pass: PassOptions;
  };
  readonly loaded: {
    /** How many states have load on the model's cores only, traffic from another core only, both, neither. */
    readonly states: { readonly utilization: number; readonly traffic: number; readonly both: number; readonly quiet: number };
    readonly utilizationRange: readonly [low: number, high: number];
    /** GB/s. */
    readonly trafficRange: readonly [low: number, high: number];
    readonly modelsPerState: number;
    /** The models are drawn evenly from this many of the idle part's. */
    readonly modelPool: number;
    /** Visits to each state, by block. */
    readonly visitsPerBlock: readonly number[];
    readonly settleMs: number;
    readonly state: StateOptions;
    readonly pass: PassOptions;
    /** A visit whose probes took this many times their state's quiet level is repeated, at most so many per state visit. */
    readonly repeatAbove: number;
    readonly repeatsPerStateVisit: number;
  };
}

const SWEEP_PROFILE: ProfileOptions = { warmup: 2, runs: 20, minRuns: 4, maxMs: 30 };
const SWEEP_PASS: PassOptions = { warmup: 1, runs: 30, minRuns: 5, minMs: 0, maxMs: 30 };
const IDLE_PROFILE: ProfileOptions = { warmup: 1, runs: 20, minRuns: 4, maxMs: 160 };
const IDLE_PASS: PassOptions = { warmup: 2, runs: 30, minRuns: 5, minMs: 0, maxMs: 130 };
const LOADED_PASS: PassOptions = { warmup: 1, runs: 5, minRuns: 5, minMs: 400, maxMs: 400 };

/** The first full data set of a machine. */
export const FIRST: Plan = {
  name: "first",
  seed: "first",
  sweep: { convolutions: 4100, operators: 1600, patterns: 540, rounds: 1, profile: SWEEP_PROFILE, pass: SWEEP_PASS, probeEvery: 10 },
  idle: { variantsPerFamily: 60, rounds: 6, profile: IDLE_PROFILE, pass: IDLE_PASS },
  loaded: {
    states: { utilization: 15, traffic: 10, both: 20, quiet: 0 },
    utilizationRange: [0.1, 0.9],
    trafficRange: [1, 32],
    modelsPerState: 10,
    modelPool: 250,
    visitsPerBlock: [3, 2],
    settleMs: 300,
    state: { windowMs: 1010, probes: 3 },
    pass: LOADED_PASS,
    repeatAbove: 1.05,
    repeatsPerStateVisit: 2,
  },
};

/** The first plan with a hundred load states. */
export const STATES: Plan = {
  ...FIRST,
  name: "states",
  loaded: { ...FIRST.loaded, states: { utilization: 30, traffic: 20, both: 50, quiet: 0 } },
};

/**
 * A set for one more engine: a third of the first plan, of the same graphs, so that engines can be compared. Some
 * more of everything than a predictor asks for, because an engine refuses some models. Only ONNX Runtime's profile tells
 * more of a model of one operator than a run does.
 */
export const ENGINE: Plan = {
  ...FIRST,
  name: "engine",
  sweep: { ...FIRST.sweep, convolutions: 2200, operators: 1300, patterns: 200, profile: null },
  idle: { ...FIRST.idle, variantsPerFamily: 32 },
  loaded: { ...FIRST.loaded, states: { utilization: 6, traffic: 4, both: 8, quiet: 0 } },
};

/** For a model on all cores of a machine, where no core is left for memory traffic: load on its own ones only. */
export const ALL_CORES: Plan = {
  ...ENGINE,
  name: "all-cores",
  sweep: { ...ENGINE.sweep, profile: SWEEP_PROFILE },
  loaded: { ...ENGINE.loaded, states: { utilization: 18, traffic: 0, both: 0, quiet: 0 } },
};

/** Profiles of the networks of the plan for one more engine, where they were not taken with it. */
export const PROFILES: Plan = {
  ...ENGINE,
  name: "profiles",
  sweep: { ...ENGINE.sweep, convolutions: 0, operators: 0, patterns: 0 },
  idle: { ...ENGINE.idle, rounds: 1 },
  loaded: { ...ENGINE.loaded, states: { utilization: 0, traffic: 0, both: 0, quiet: 0 } },
};

/** The networks of the plan for one more engine, for what memory they take. */
export const MEMORY: Plan = { ...PROFILES, name: "memory" };

/** Networks that are not in the plan for one more engine: they train, beside its dataset's. */
export const NETWORKS: Plan = {
  ...PROFILES,
  name: "networks",
  idle: { ...ENGINE.idle, firstVariant: ENGINE.idle.variantsPerFamily, variantsPerFamily: 40, rounds: 2 },
};

/** Networks that are in neither: a third pass, because in two of them neighbours of the machine can hit a network twice. */
export const MORE_NETWORKS: Plan = {
  ...NETWORKS,
  name: "more-networks",
  idle: { ...NETWORKS.idle, firstVariant: ENGINE.idle.variantsPerFamily + NETWORKS.idle.variantsPerFamily, rounds: 3 },
};

/** Networks of random cells, which are of no family: they train beside a dataset's, so that operators are seen in other company. */
export const CELL_NETWORKS: Plan = {
  ...MORE_NETWORKS,
  name: "cells",
  idle: { ...MORE_NETWORKS.idle, families: [CELLS], firstVariant: 0, variantsPerFamily: 300 },
};

/**
 * Ten real exports that no training data hold, to test a predictor of the same machine on: idle, and in two load
 * states.
 */
export const REAL: Plan = {
  ...FIRST,
  name: "real",
  seed: "real",
  sweep: { ...FIRST.sweep, convolutions: 0, operators: 0, patterns: 0 },
  idle: {
    ...FIRST.idle,
    variantsPerFamily: 0,
    files: [
      "pytorchcv-mobilenetv2_w1-torchscript17",
      "pytorchcv-resnet18-torchscript17",
      "pytorchcv-squeezenet_v1_1-torchscript17",
      "pytorchcv-densenet121-torchscript17",
      "pytorchcv-efficientnet_b0-torchscript17",
      "pytorchcv-shufflenetv2_w1-torchscript17",
      "pytorchcv-mobilenetv3_large_w1-torchscript17",
      "torchvision-googlenet-torchscript17",
      "torchvision-vgg16-torchscript17",
      "torchvision-inception_v3-torchscript17",
    ],
  },
  loaded: {
    ...FIRST.loaded,
    states: { utilization: 1, traffic: 0, both: 1, quiet: 0 },
    utilizationRange: [0.5, 0.5],
    trafficRange: [12, 12],
    modelPool: 10,
  },
};

/** The same exports, for what memory they take. */
export const MEMORY_REAL: Plan = { ...REAL, name: "memory-real", loaded: MEMORY.loaded };

/** A minute of everything, to see that it works on this machine. */
export function smoke(plan: Plan): Plan {
  return {
    ...plan,
    name: `${plan.name}-smoke`,
    sweep: { ...plan.sweep, convolutions: 2, operators: 1, patterns: 1, rounds: 1 },
    idle: { ...plan.idle, variantsPerFamily: 1 },
    loaded: {
      ...plan.loaded,
      states: { utilization: 1, traffic: 0, both: Math.min(1, plan.loaded.states.both), quiet: 0 },
      modelsPerState: 3,
      modelPool: 3,
    },
  };
}

/** At most `count` operators of each sweep, variants of each family, and load states of each sort. */
export function limited(plan: Plan, count: number): Plan {
  const { sweep, idle, loaded } = plan;
  const least = (value: number) => Math.min(value, count);
  return {
    ...plan,
    name: `${plan.name}-${count}`,
    sweep: { ...sweep, convolutions: least(sweep.convolutions), operators: least(sweep.operators), patterns: least(sweep.patterns ?? 0) },
    idle: { ...idle, variantsPerFamily: least(idle.variantsPerFamily) },
    loaded: {
      ...loaded,
      states: {
        utilization: least(loaded.states.utilization),
        traffic: least(loaded.states.traffic),
        both: least(loaded.states.both),
        quiet: least(loaded.states.quiet),
      },
    },
  };
}

/** The named plans. */
export const PLANS: ReadonlyMap<string, Plan> = new Map([FIRST, STATES, ENGINE, ALL_CORES, PROFILES, NETWORKS, MORE_NETWORKS, CELL_NETWORKS, REAL].map((plan) => [plan.name, plan]));
