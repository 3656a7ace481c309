import type { ModelFeatures } from "../features/model-features.js";
import type { Tf } from "./backend.js";
import { concatColumns } from "./columns.js";
import { createEmbedder, createMlp, type Embedder, type Mlp } from "./infer.js";
import { KERNEL_WIDTH, type KernelLatencyModel, KernelLatencyPredictor } from "./kernel-latency.js";
import type { ParamSet } from "./params.js";
import { type Scaler, standardise } from "./scaler.js";
import { type SlowdownModel, SlowdownPredictor } from "./slowdown.js";
import { type IdleEmbedding, type IdleSource, SlowedPredictor } from "./slowed.js";
import { normalizedAdjacency } from "./sparse.js";

/**
 * The additive predictor: latency = S(h) * sum over kernels of c_i * exp(f(z_i, x_i, c_i, h)).
 *
 * c_i comes from KernelLatencyPredictor, z_i from a graph convolutional network over the kernels, x_i are the kernel's
 * features. f has two parts: an idle correction a_i and, per state, u_i . v(h), so that a new state costs one dot
 * product per kernel. The terms are the layers' shares.
 */
export interface AdditiveModel {
  readonly kernelLatency: KernelLatencyModel;
  /** Over [kernel features, log c]. */
  readonly scaler: Scaler;
  /** `gcn` [features + 1 -> 64 -> 64 -> 64], `correction` [64 + features + 1 -> ... -> 1], `overhead` scalar. */
  readonly params: ParamSet;
  readonly slowdown: SlowdownModel;
}

/** |a_i| never exceeds this: the correction refines c, it does not replace it. */
export const MAX_IDLE_CORRECTION = 0.5;
/** Width of the per-kernel input of the networks: the features and log c. */
export const NODE_INPUT_WIDTH = KERNEL_WIDTH + 1;
export const EMBEDDING_WIDTH = 64;
export const JOINED_WIDTH = EMBEDDING_WIDTH + NODE_INPUT_WIDTH;

/** The part of the model that idle data determine. */
export type IdleModel = Omit<AdditiveModel, "slowdown">;

export class IdlePredictor implements IdleSource {
  readonly joinedWidth = JOINED_WIDTH;
  private readonly kernelLatency: KernelLatencyPredictor;
  private readonly gcn: Embedder;
  private readonly correction: Mlp;

  constructor(
    tf: Tf | null,
    private readonly model: IdleModel,
  ) {
    this.kernelLatency = new KernelLatencyPredictor(tf, model.kernelLatency);
    this.gcn = createEmbedder(tf, model.params, { prefix: "gcn", residual: true });
    this.correction = createMlp(tf, model.params, "correction");
  }

  embed(features: ModelFeatures): IdleEmbedding {
    const c = this.kernelLatency.predictUs(features);
    const inputs = standardise(nodeInputs(features.kernelMatrix, c), this.model.scaler);
    const z = this.gcn.embedGraph(inputs, normalizedAdjacency(features.kernelGraph.adjacency));
    const joined = concatColumns([
      { matrix: z, width: EMBEDDING_WIDTH },
      { matrix: inputs, width: NODE_INPUT_WIDTH },
    ]);
    const raw = this.correction.run(joined);
    return {
      idleUs: c.map((value, row) => value * Math.exp(MAX_IDLE_CORRECTION * Math.tanh(raw[row] ?? 0))),
      overheadUs: Math.exp(this.model.params.get("overhead")?.data[0] ?? -Infinity),
      joined,
    };
  }

  dispose(): void {
    this.kernelLatency.dispose();
    this.gcn.dispose();
    this.correction.dispose();
  }
}

export class AdditivePredictor extends SlowedPredictor {
  constructor(tf: Tf | null, model: AdditiveModel) {
    super(new IdlePredictor(tf, model), new SlowdownPredictor(tf, model.slowdown));
  }
}

/** [kernel features, log c], row-major; an unknown kernel (c = 0) gets log c = 0. */
export function nodeInputs(kernelMatrix: Float32Array, c: Float32Array): Float32Array {
  const logs = c.map((value) => (value > 0 ? Math.log(value) : 0));
  return concatColumns([
    { matrix: kernelMatrix, width: KERNEL_WIDTH },
    { matrix: logs, width: 1 },
  ]);
}
