import { classOf, type Convolution } from "../conv/convolution.js";
import { estimateConvolution } from "../conv/estimate.js";
import type { ConvolutionRegression } from "../conv/regression.js";
import { convolutionKeys } from "../features/convolutions.js";
import type { KernelFacts } from "../features/kernel-facts.js";
import type { ModelFeatures } from "../features/model-features.js";
import { NODE_FEATURE_NAMES, nodeFeatureMatrix } from "../features/node-features.js";
import { stateVector } from "../features/state-vector.js";
import type { HardwareState } from "../features/state.js";
import { TOTAL_NAMES, totalsVector } from "../features/totals.js";
import type { CsrMatrix } from "../graph/types.js";
import { NODE_INPUT_WIDTH, nodeInputs } from "./additive.js";
import type { Tf } from "./backend.js";
import { createEmbedder, createMlp, type Embedder, type Mlp } from "./infer.js";
import { type KernelLatencyModel, KernelLatencyPredictor } from "./kernel-latency.js";
import type { ParamSet } from "./params.js";
import type { KernelLatencies, LatencyPredictor } from "./predictor.js";
import { type Scaler, standardise } from "./scaler.js";
import { completeState, phi, type SlowdownModel } from "./slowdown.js";
import { normalizedAdjacency } from "./sparse.js";

/**
 * The research design's predictor: a GCN over (A, X), mean-pooled to z; c, the convolutions' regression latencies; h,
 * the hardware state; concat(z, c, h) through three fully connected layers to the logarithm of the latency.
 *
 * "as published": X has operator, FLOPs and bytes of the file's nodes, c comes from T = a1 N + a2 M + a3 N M + a4.
 * "engine-aware": the graph is that of the engine's kernels, X and c are those of the additive predictor.
 */
export interface PaperModel {
  readonly source: PaperSource;
  readonly nodeScaler: Scaler;
  /** Over [c, totals, phi(h)]. */
  readonly headScaler: Scaler;
  readonly states: Pick<SlowdownModel, "distribution" | "idle">;
  /** `gcn`, and `head` [64 + head inputs -> 64 -> 64 -> 1]. */
  readonly params: ParamSet;
}

export type PaperSource =
  | { readonly kind: "as published"; readonly regression: ConvolutionRegression }
  | { readonly kind: "engine-aware"; readonly kernelLatency: KernelLatencyModel };

/** What the network sees of a model, before standardisation. */
export interface PaperInputs {
  readonly nodes: Float32Array;
  readonly nodeWidth: number;
  readonly adjacency: CsrMatrix;
  /** c in groups and the model's totals, as logarithms and counts. */
  readonly model: Float32Array;
  /** Share of c of each kernel, for the layers' shares. */
  readonly kernelShare: Float32Array;
}

export function nodeWidthOf(source: PaperSource): number {
  return source.kind === "as published" ? NODE_FEATURE_NAMES.length : NODE_INPUT_WIDTH;
}

/** Computes a source's inputs for any number of models. */
export class PaperFeaturizer {
  private readonly kernels: KernelLatencyPredictor | null;

  constructor(
    tf: Tf | null,
    private readonly source: PaperSource,
  ) {
    this.kernels = source.kind === "engine-aware" ? new KernelLatencyPredictor(tf, source.kernelLatency) : null;
  }

  inputs(features: ModelFeatures): PaperInputs {
    const { source, kernels } = this;
    const totals = totalsVector(features.graph);
    if (source.kind === "as published" || kernels === null) {
      const regression = source.kind === "as published" ? source.regression : null;
      const latencies = convolutionKeys(features.graph).map((key) => ({
        key,
        us: regression === null ? 0 : (estimateConvolution(regression, key)?.latencyUs ?? 0),
      }));
      const byNode = new Map(latencies.map(({ key, us }) => [key.node, us]));
      return {
        nodes: nodeFeatureMatrix(features.graph),
        nodeWidth: NODE_FEATURE_NAMES.length,
        adjacency: features.graph.adjacency,
        model: Float32Array.from([...grouped(latencies.map(({ key, us }) => [groupOf(key), us])), ...totals]),
        // By the nodes that a kernel computes: a reorder has an owner, but no share of its latency.
        kernelShare: shares(Float32Array.from(features.kernelGraph.kernels, ({ nodes: [main = -1] }) => byNode.get(main) ?? 0)),
      };
    }
    const c = kernels.predictUs(features);
    return {
      nodes: nodeInputs(features.kernelMatrix, c),
      nodeWidth: NODE_INPUT_WIDTH,
      adjacency: features.kernelGraph.adjacency,
      model: Float32Array.from([...latencyGroups(features.facts, c), ...totals]),
      kernelShare: shares(c),
    };
  }

  dispose(): void {
    this.kernels?.dispose();
  }
}

const GROUPS = 6;
/** Numbers that describe a model to the head: log c in all and in each group, and the totals. */
export const MODEL_INPUT_WIDTH = 1 + GROUPS + TOTAL_NAMES.length;

/** c of an engine's kernels: log1p of all their microseconds, then of each group's (1x1, k x k, depthwise, grouped, gemm, others). */
export function latencyGroups(facts: readonly KernelFacts[], us: Float32Array): number[] {
  return grouped(facts.map(({ kernelClass }, i): [number, number] => [kernelGroup(kernelClass), us[i] ?? 0]));
}

/** log of the sum, then of each group's sum, microseconds. */
function grouped(latencies: readonly (readonly [group: number, us: number])[]): number[] {
  const sums = new Array<number>(GROUPS).fill(0);
  for (const [group, us] of latencies) sums[group] = (sums[group] ?? 0) + us;
  return [sums.reduce((total, us) => total + us, 0), ...sums].map(Math.log1p);
}

/** Convolutions by what the regression tells apart: 1x1, 3x3, larger, depthwise, grouped. */
function groupOf(key: Convolution): number {
  const kind = classOf(key);
  if (kind === "depthwise") return 3;
  if (kind === "grouped") return 4;
  if (key.kernel <= 1) return 0;
  return key.kernel <= 3 ? 1 : 2;
}

function kernelGroup(kernelClass: string): number {
  const groups = ["conv-pointwise", "conv", "conv-depthwise", "conv-grouped", "gemm"];
  const index = groups.indexOf(kernelClass);
  return index < 0 ? GROUPS - 1 : index;
}

function shares(us: Float32Array): Float32Array {
  const total = us.reduce((sum, value) => sum + value, 0);
  return total > 0 ? us.map((value) => value / total) : us.fill(1 / Math.max(1, us.length));
}

export interface PaperEmbedding {
  readonly z: Float32Array;
  readonly model: Float32Array;
  readonly kernelShare: Float32Array;
}

export class PaperPredictor implements LatencyPredictor<PaperEmbedding> {
  private readonly featurizer: PaperFeaturizer;
  private readonly gcn: Embedder;
  private readonly head: Mlp;

  constructor(
    tf: Tf | null,
    private readonly model: PaperModel,
  ) {
    this.featurizer = new PaperFeaturizer(tf, model.source);
    this.gcn = createEmbedder(tf, model.params, { prefix: "gcn", residual: true });
    this.head = createMlp(tf, model.params, "head");
  }

  embed(features: ModelFeatures): PaperEmbedding {
    const { nodes, adjacency, model, kernelShare } = this.featurizer.inputs(features);
    const embeddings = this.gcn.embedGraph(standardise(nodes, this.model.nodeScaler), normalizedAdjacency(adjacency));
    return { z: columnMeans(embeddings, this.gcn.outputWidth), model, kernelShare };
  }

  predict({ z, model, kernelShare }: PaperEmbedding, state: HardwareState): KernelLatencies {
    const { values, mask } = stateVector(state);
    const h = phi(completeState(this.model.states, values, mask));
    const rest = standardise(Float32Array.of(...model, ...h), this.model.headScaler);
    const totalUs = Math.exp(this.head.run(Float32Array.of(...z, ...rest))[0] ?? NaN);
    return { totalUs, kernelUs: kernelShare.map((share) => share * totalUs) };
  }

  dispose(): void {
    this.featurizer.dispose();
    this.gcn.dispose();
    this.head.dispose();
  }
}

function columnMeans(matrix: Float32Array, width: number): Float32Array {
  const means = new Float32Array(width);
  const rows = Math.max(1, matrix.length / width);
  matrix.forEach((value, i) => {
    means[i % width] = (means[i % width] ?? 0) + value / rows;
  });
  return means;
}
