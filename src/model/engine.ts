import { type FactorFeatures, type FactorSchema, factorFeatures } from "../features/factor-features.js";
import type { ModelFeatures } from "../features/model-features.js";
import type { Tf } from "./backend.js";
import { type ConfigurationVector, type FactorsModel, FactorsPredictor } from "./factors.js";
import { type KernelCosts, logCostedUs } from "./kernel-costs.js";
import { type SlowdownModel, SlowdownPredictor } from "./slowdown.js";
import { type IdleEmbedding, type IdleSource, SlowedPredictor } from "./slowed.js";

/**
 * The predictor of a recorded machine's engine: kernels by factors (see factors.ts) on an idle device, each times its
 * slowdown in a state (see slowdown.ts). What a kernel takes among others and alone are two configurations of the factors,
 * so that models of one operator teach what networks are made of without passing on what only they pay.
 */
export interface EngineModel extends EngineFactors {
  /** Its `factors` read the standardised features of a kernel. */
  readonly slowdown: SlowdownModel;
}

/** The part of the model that idle data determine. */
export interface EngineFactors {
  /** What describes a kernel. */
  readonly schema: FactorSchema;
  /** What the factors are relative to: latencies by these costs; null: rough ones. */
  readonly costs: KernelCosts | null;
  /** Over the schema, with a configuration called NETWORK. */
  readonly factors: FactorsModel;
}

/** A model's kernels as the factors of an engine see them, with the logarithms of the latencies that they are relative to. */
export function engineFeatures(features: ModelFeatures, { schema, costs }: Pick<EngineFactors, "schema" | "costs">): FactorFeatures & { readonly logBaseUs: Float32Array } {
  const kernels = factorFeatures(features, schema);
  return { ...kernels, logBaseUs: costs === null ? kernels.logRoughUs : logCostedUs(features.facts, schema, costs) };
}

/** Of the logarithms of kernels' latencies in microseconds, roughly: they enter as numbers about 0 of size 1, like all others. */
const MIDDLE_LOG_US = 3;
const LOG_US_SPREAD = 2;

/** The configuration that answers. */
export const NETWORK = "network";

/** The idle part of the predictor. */
export class IdleEnginePredictor implements IdleSource {
  readonly joinedWidth: number;
  private readonly factors: FactorsPredictor;
  private readonly vectors: readonly ConfigurationVector[];

  /** @throws RangeError where no configuration is called NETWORK */
  constructor(
    tf: Tf | null,
    private readonly engine: EngineFactors,
  ) {
    const { schema, factors } = engine;
    this.joinedWidth = schema.slowdownColumns === null ? schema.width : schema.slowdownColumns.length + 1;
    this.factors = new FactorsPredictor(tf, factors);
    const vectors = this.factors.vectors(NETWORK);
    if (vectors === undefined) throw new RangeError(`The factors have no configuration "${NETWORK}".`);
    this.vectors = vectors;
  }

  embed(features: ModelFeatures): IdleEmbedding {
    const kernels = engineFeatures(features, this.engine);
    const inputs = this.factors.inputs(kernels);
    const { kernelUs, constantUs } = this.factors.predict(this.factors.embedInputs(inputs, kernels.logBaseUs), this.vectors);
    return { idleUs: kernelUs, overheadUs: constantUs, joined: this.joined(inputs, kernelUs) };
  }

  /** What describes kernels to the slowdown: see FactorSchema. */
  private joined(inputs: Float32Array, kernelUs: Float32Array): Float32Array {
    const { slowdownColumns, width } = this.engine.schema;
    if (slowdownColumns === null) return inputs;
    const joined = new Float32Array(kernelUs.length * this.joinedWidth);
    kernelUs.forEach((us, row) => {
      const at = row * this.joinedWidth;
      slowdownColumns.forEach((column, place) => (joined[at + place] = inputs[row * width + column] ?? 0));
      joined[at + slowdownColumns.length] = us > 0 ? (Math.log(us) - MIDDLE_LOG_US) / LOG_US_SPREAD : 0;
    });
    return joined;
  }

  dispose(): void {
    this.factors.dispose();
  }
}

export class EnginePredictor extends SlowedPredictor {
  constructor(tf: Tf | null, model: EngineModel) {
    super(new IdleEnginePredictor(tf, model), new SlowdownPredictor(tf, model.slowdown));
  }
}
