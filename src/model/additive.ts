import { stateVector } from "../features/state-vector.js";
import type { HardwareState } from "../features/state.js";
import type { ModelFeatures } from "../features/model-features.js";
import type { Tf } from "./backend.js";
import { concatColumns } from "./columns.js";
import { createEmbedder, createMlp, type Embedder, type Mlp } from "./infer.js";
import { KERNEL_WIDTH, type KernelLatencyModel, KernelLatencyPredictor } from "./kernel-latency.js";
import type { ParamSet } from "./params.js";
import type { KernelLatencies, LatencyPredictor } from "./predictor.js";
import { type Scaler, standardise } from "./scaler.js";
import { type SlowdownModel, SlowdownPredictor } from "./slowdown.js";
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

/** What an idle device would take, and what the slowdown needs to know of each kernel. */
export interface IdleEmbedding {
  /** Idle latency of each kernel, microseconds; 0 where it is unknown. */
  readonly idleUs: Float32Array;
  /** Time of a run outside its kernels, microseconds. */
  readonly overheadUs: number;
  /** Standardised inputs of the networks, row-major [kernels x NODE_INPUT_WIDTH]. */
  readonly inputs: Float32Array;
  /** [z, inputs], row-major [kernels x JOINED_WIDTH]. */
  readonly joined: Float32Array;
}

/** What the slowdown of a state is trained on: any predictor of idle kernels that describes each by a row of numbers. */
export interface IdleSource {
  /** Columns of `joined`. */
  readonly joinedWidth: number;
  embed(features: ModelFeatures): Pick<IdleEmbedding, "idleUs" | "joined">;
}

/** What stays the same for every state. */
export interface AdditiveEmbedding extends Omit<IdleEmbedding, "joined"> {
  /** u, row-major [kernels x rank]. */
  readonly factors: Float32Array;
}

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
      inputs,
      joined,
    };
  }

  dispose(): void {
    this.kernelLatency.dispose();
    this.gcn.dispose();
    this.correction.dispose();
  }
}

export class AdditivePredictor implements LatencyPredictor<AdditiveEmbedding> {
  private readonly idle: IdlePredictor;
  private readonly slowdown: SlowdownPredictor;

  constructor(tf: Tf | null, model: AdditiveModel) {
    this.idle = new IdlePredictor(tf, model);
    this.slowdown = new SlowdownPredictor(tf, model.slowdown);
  }

  embed(features: ModelFeatures): AdditiveEmbedding {
    const { joined, ...rest } = this.idle.embed(features);
    return { ...rest, factors: this.slowdown.factors(joined) };
  }

  predict({ idleUs, overheadUs, factors }: AdditiveEmbedding, state: HardwareState): KernelLatencies {
    const { values, mask } = stateVector(state);
    return this.slowdown.at(values, mask).slowed(idleUs, overheadUs, factors);
  }

  dispose(): void {
    this.idle.dispose();
    this.slowdown.dispose();
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
