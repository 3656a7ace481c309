import type { Corpus } from "../../src/lab/train/corpus.js";
import { FIRST } from "../../src/lab/measure/plan.js";
import { SYNTHETIC_RULES } from "./synthetic.js";

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
    convolutions: [],
    idle: [],
    quietNs: undefined,
    idlePasses: new Map(),
    idleStates: [],
    loaded: [],
    visits: new Map(),
    failures: [],
    exactLowering: 1,
    ...overrides,
  };
}
