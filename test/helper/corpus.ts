import { IDLE_LABEL } from "../../src/lab/dataset/label.js";
import type { Corpus } from "../../src/lab/train/corpus.js";
import { FIRST } from "../../src/lab/measure/plan.js";
import { sampleIdle } from "../../src/lab/dataset/row-samples.js";
import { SYNTHETIC_IDLE, SYNTHETIC_RULES } from "./synthetic.js";
import { syntheticIdleExamples, syntheticLoadedExamples } from "./synthetic-rows.js";

/** A dataset without rows, from no machine, to be filled by a test. */
export function emptyCorpus(overrides: Partial<Corpus> = {}): Corpus {
  return {
    folder: "none",
    machine: {
      id: "0123456789ab",
      cpu: "none",
      architecture: "x64",
      cores: 1,
      simd: "avx2",
      caches: {},
      memoryMiB: 0,
      kernel: "none",
      hypervisor: null,
      governor: null,
      engine: "none",
      engineVersion: "0",
      threads: 1,
      core: 0,
      runtime: {},
      missing: [],
    },
    plan: FIRST,
    rules: SYNTHETIC_RULES,
    profiled: true,
    kernels: [],
    operators: [],
    sweep: [],
    convolutions: [],
    idle: [],
    quietNs: undefined,
    idleLabel: IDLE_LABEL,
    further: [],
    idlePasses: new Map(),
    idleStates: [],
    loaded: [],
    borrowed: [],
    visits: new Map(),
    failures: [],
    exactLowering: 1,
    ...overrides,
  };
}

/**
 * A SYNTHETIC machine's dataset: small networks, and all of them in some states.
 *
 * @param slower how much of the synthetic slowdown the machine has, as an exponent: 1 is that of syntheticUs
 */
export function syntheticCorpus(folder: string, slower = 1, overrides: Partial<Corpus> = {}): Corpus {
  const idle = syntheticIdleExamples();
  const loaded = syntheticLoadedExamples(idle).map((example) => ({
    ...example,
    latencyUs: example.idleUs * (example.latencyUs / example.idleUs) ** slower,
  }));
  const idlePasses = new Map(idle.map(({ id }) => [id, [sampleIdle({ id, state: SYNTHETIC_IDLE })]]));
  return emptyCorpus({ folder, idle, loaded, idlePasses, ...overrides });
}
