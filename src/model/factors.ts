import type { FactorFeatures } from "../features/factor-features.js";
import { withStandIns } from "../features/stand-ins.js";
import type { Tf } from "./backend.js";
import { createMlp, type Mlp } from "./infer.js";
import type { ParamSet } from "./params.js";
import { type Scaler, standardise } from "./scaler.js";

/**
 * The factors predictor: one network over kernels serves many configurations (devices, cores, engines, precisions).
 *
 *     latency(c) = exp(k_c) + sum over kernels i of exp(r_i + a_i + u_i . v_c + s_c)
 *
 * r_i is the logarithm of a rough latency, everybody's or that of the configuration (see onBase), (a_i, u_i) come from a
 * network over the kernel's features, and a configuration is a vector (v_c, s_c, k_c): a linear function of its features
 * plus a part of its own. A model is embedded once; a configuration then costs one dot product per kernel. An ensemble
 * answers with the geometric mean.
 */
export interface FactorsModel {
  /** Of the kernel features. */
  readonly scaler: Scaler;
  readonly rank: number;
  readonly members: number;
  /** Names of configuration features, in the order of the rows of `memberN.configuration`. */
  readonly configurationFeatures: readonly string[];
  readonly configurations: readonly Configuration[];
  /**
   * By member: the layers `memberN.factors` [features -> ... -> rank + 1], `memberN.configuration`
   * [configuration features x (rank + 2)] and `memberN.own` [configurations x (rank + 2)].
   */
  readonly params: ParamSet;
}

/** Where a model runs, as numbers: flags are 0 or 1 (`device:pixel4`), quantities in logarithms or shares. */
export interface Configuration {
  readonly id: string;
  /** A feature that is left out is 0. */
  readonly features: Readonly<Record<string, number>>;
}

/** One member's vector of a configuration: rank factors, the logarithm of its speed, that of its constant. */
export type ConfigurationVector = Float32Array;

export interface FactorsEmbedding {
  readonly members: readonly MemberEmbedding[];
}

export interface MemberEmbedding {
  /** u, row-major [kernels x rank]. */
  readonly factors: Float32Array;
  /** r + a of each kernel, -Infinity where its cost is not known. */
  readonly logUs: Float32Array;
}

export interface FactorsLatency {
  readonly totalUs: number;
  /** What a run costs beside its kernels. */
  readonly constantUs: number;
  /** One per kernel; they and the constant add up to the total. */
  readonly kernelUs: Float32Array;
  /** Standard deviation of the members' logarithms. */
  readonly spread: number;
}

export const factorsPrefix = (member: number): string => `member${member}.factors`;
export const configurationName = (member: number): string => `member${member}.configuration`;
export const ownName = (member: number): string => `member${member}.own`;

export class FactorsPredictor {
  private readonly networks: readonly Mlp[];
  private readonly indexOf: ReadonlyMap<string, number>;

  /** @param tf null computes everything in plain loops */
  constructor(
    tf: Tf | null,
    readonly model: FactorsModel,
  ) {
    this.networks = Array.from({ length: model.members }, (_, m) => createMlp(tf, model.params, factorsPrefix(m)));
    this.indexOf = new Map(model.configurations.map(({ id }, index) => [id, index]));
  }

  embed(features: FactorFeatures): FactorsEmbedding {
    return this.embedInputs(this.inputs(features), features.logRoughUs);
  }

  /** Standardised features, with what stands in for classes that training never saw: what the networks read. */
  inputs({ matrix }: Pick<FactorFeatures, "matrix">): Float32Array {
    const { scaler } = this.model;
    // A column that never varied in training has no scale.
    return standardise(withStandIns(matrix, scaler.mean.length, (column) => scaler.scale[column] !== 0), scaler);
  }

  embedInputs(inputs: Float32Array, logRoughUs: Float32Array): FactorsEmbedding {
    return { members: this.networks.map((network) => memberEmbedding(network.run(inputs), logRoughUs, this.model.rank)) };
  }

  /** The vectors of a configuration that training saw, by member; undefined for any other. */
  vectors(id: string): readonly ConfigurationVector[] | undefined {
    const index = this.indexOf.get(id);
    return index === undefined ? undefined : this.networks.map((_, member) => this.trained(member, index));
  }

  /** What the features alone say of a configuration, which may be one that was never measured. */
  vectorsByFeatures({ features }: Pick<Configuration, "features">): readonly ConfigurationVector[] {
    return this.networks.map((_, member) => this.byFeatures(member, features));
  }

  predict(embedding: FactorsEmbedding, vectors: readonly ConfigurationVector[]): FactorsLatency {
    return combine(embedding.members.map((member, m) => memberLatency(member, vectors[m] ?? new Float32Array(), this.model.rank)));
  }

  dispose(): void {
    for (const network of this.networks) network.dispose();
  }

  private trained(member: number, index: number): ConfigurationVector {
    const vector = this.byFeatures(member, this.model.configurations[index]?.features ?? {});
    const own = this.model.params.get(ownName(member))?.data ?? new Float32Array();
    return vector.map((value, j) => value + (own[index * vector.length + j] ?? 0));
  }

  private byFeatures(member: number, features: Configuration["features"]): ConfigurationVector {
    const width = this.model.rank + 2;
    const weights = this.model.params.get(configurationName(member))?.data ?? new Float32Array();
    const vector = new Float32Array(width);
    this.model.configurationFeatures.forEach((name, row) => {
      const value = Object.hasOwn(features, name) ? (features[name] ?? 0) : 0;
      for (let j = 0; j < width; j++) vector[j] = (vector[j] ?? 0) + value * (weights[row * width + j] ?? 0);
    });
    return vector;
  }
}

function memberEmbedding(output: Float32Array, logRoughUs: Float32Array, rank: number): MemberEmbedding {
  const width = rank + 1;
  const factors = new Float32Array(logRoughUs.length * rank);
  const logUs = logRoughUs.map((rough, row) => rough + (output[row * width + rank] ?? 0));
  for (let row = 0; row < logRoughUs.length; row++) {
    factors.set(output.subarray(row * width, row * width + rank), row * rank);
  }
  return { factors, logUs };
}

/** The same embedding with other rough latencies under the factors: those of one configuration instead of everybody's. */
export function onBase({ members }: FactorsEmbedding, logRoughUs: Float32Array, logBaseUs: Float32Array): FactorsEmbedding {
  return {
    members: members.map(({ factors, logUs }) => ({
      factors,
      logUs: logUs.map((log, row) => (log === -Infinity ? log : log + (logBaseUs[row] ?? 0) - (logRoughUs[row] ?? 0))),
    })),
  };
}

/** A configuration's latency by one member: [constant, kernels...]. */
export function memberLatency({ factors, logUs }: MemberEmbedding, vector: ConfigurationVector, rank: number): Omit<FactorsLatency, "spread"> {
  const speed = vector[rank] ?? 0;
  const constantUs = Math.exp(vector[rank + 1] ?? -Infinity);
  const kernelUs = new Float32Array(logUs.length);
  let totalUs = constantUs;
  for (let row = 0; row < logUs.length; row++) {
    let exponent = (logUs[row] ?? -Infinity) + speed;
    for (let j = 0; j < rank; j++) exponent += (factors[row * rank + j] ?? 0) * (vector[j] ?? 0);
    const us = Math.exp(Math.min(MAX_LOG_US, exponent));
    kernelUs[row] = us;
    totalUs += us;
  }
  return { totalUs, constantUs, kernelUs };
}

/** No kernel takes a day: keeps what an absurd input yields finite. */
const MAX_LOG_US = Math.log(86_400e6);

/** Geometric mean of the totals; the parts are the members' mean shares of it. */
function combine(members: readonly Omit<FactorsLatency, "spread">[]): FactorsLatency {
  const logs = members.map(({ totalUs }) => Math.log(totalUs));
  const mean = logs.reduce((sum, log) => sum + log, 0) / Math.max(1, logs.length);
  const totalUs = Math.exp(mean);
  const kernelUs = new Float32Array(members[0]?.kernelUs.length ?? 0);
  let constantUs = 0;
  for (const member of members) {
    const scale = totalUs / (member.totalUs * members.length);
    constantUs += scale * member.constantUs;
    member.kernelUs.forEach((us, i) => (kernelUs[i] = (kernelUs[i] ?? 0) + scale * us));
  }
  const variance = logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / Math.max(1, logs.length - 1);
  return { totalUs, constantUs, kernelUs, spread: Math.sqrt(variance) };
}
