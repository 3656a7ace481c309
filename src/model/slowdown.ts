import { STATE_FEATURE_NAMES } from "../features/state-vector.js";
import type { Tf } from "./backend.js";
import { concatColumns } from "./columns.js";
import { createMlp, type Mlp } from "./infer.js";
import type { ParamSet } from "./params.js";
import type { KernelLatencies } from "./predictor.js";
import { type Scaler, standardise } from "./scaler.js";
import { conditionalMean, type StateDistribution } from "./state-distribution.js";

/**
 * How much longer than idle a kernel takes in a state: exp(s(h) + bound(u_i . v(h))). s acts on all kernels alike (the
 * core is shared), v on each as far as its factors u_i make it sensitive (memory traffic slows what moves many bytes).
 * (s, v) = g(phi(h)) - g(phi(idle)), so an idle device is exactly 1. The first of g's outputs starts from the law of a fair
 * scheduler, log(1 + utilization): what the networks add is what a device does otherwise. An ensemble answers with the geometric mean
 * of each kernel's slowdown.
 */
export interface SlowdownModel {
  /** Of the training states; what is missing in a request is filled in from it. */
  readonly distribution: StateDistribution;
  /** Over phi. */
  readonly scaler: Scaler;
  /** The idle device, a state vector with every field that training varied. */
  readonly idle: Float32Array;
  /** By member, named by slowdownName: `state` [phi -> ... -> 1 + rank], `stateLinear` [phi -> 1 + rank], `factors` [joined -> ... -> rank]. */
  readonly params: ParamSet;
  readonly rank: number;
  readonly members: number;
}

/** What a member's network is called. The first has plain names: alone, it is what a slowdown was before there were more. */
export function slowdownName(member: number, network: "state" | "stateLinear" | "factors"): string {
  return member === 0 ? network : `slowdown${member}.${network}`;
}

export const SLOWDOWN_RANK = 8;
/** |u_i . v| is bounded smoothly, by tanh. */
export const MAX_KERNEL_SLOWDOWN = 1;

const UTILIZATION = STATE_FEATURE_NAMES.indexOf("utilization");
const BANDWIDTH = STATE_FEATURE_NAMES.indexOf("bandwidthGBs");
const RUN_DELAY = STATE_FEATURE_NAMES.indexOf("runDelayRatio");
const FREQUENCY = STATE_FEATURE_NAMES.indexOf("frequencyMHz");

/** phi(h): the forms in which the state enters, latency being near linear in their sum of logarithms. */
export const PHI_WIDTH = 6;
/** Where phi holds log(1 + utilization). */
const FAIR_SHARE = 1;

/** phi of complete state vectors, row-major [states x STATE_FEATURE_NAMES.length] -> [states x PHI_WIDTH]. */
export function phi(states: Float32Array): Float32Array {
  const width = STATE_FEATURE_NAMES.length;
  const result = new Float32Array((states.length / width) * PHI_WIDTH);
  for (let row = 0; row * width < states.length; row++) {
    const field = (index: number): number => states[row * width + index] ?? 0;
    const utilization = Math.max(0, Math.min(1, field(UTILIZATION)));
    result.set(
      [
        utilization,
        Math.log1p(utilization),
        Math.log1p(Math.max(0, field(RUN_DELAY))),
        Math.log(Math.max(0.05, field(BANDWIDTH))),
        1 / Math.max(0.05, field(BANDWIDTH)),
        -Math.log(Math.max(1, field(FREQUENCY))),
      ],
      row * PHI_WIDTH,
    );
  }
  return result;
}

/** log(1 + utilization) of one state's phi: by how much a fair scheduler lengthens what runs beside a load. */
export function fairShare(forms: Float32Array): number {
  return forms[FAIR_SHARE] ?? 0;
}

/** One state's effect. */
export interface StateEffect {
  /** exp(s). */
  readonly common: number;
  /** exp(s + bound(u_i . v)) for kernel `row` of row-major factors. */
  ofKernel(factors: Float32Array, row: number): number;
  /** A model in this state: each kernel as slowed down as its factors say, what a run costs beside them by `common`. */
  slowed(idleUs: Float32Array, overheadUs: number, factors: Float32Array): KernelLatencies;
}

/**
 * The state with every field that training varied: missing ones (mask 0) are expected from the known ones; a request
 * that tells none of them is taken to mean an idle device.
 */
export function completeState(
  { distribution, idle }: Pick<SlowdownModel, "distribution" | "idle">,
  values: Float32Array,
  mask: Float32Array,
): Float32Array {
  const tells = distribution.varied.some((varied, i) => varied && mask[i] === 1);
  return tells ? conditionalMean(distribution, values, mask) : idle;
}

export class SlowdownPredictor {
  private readonly members: readonly Member[];

  constructor(
    tf: Tf | null,
    private readonly model: SlowdownModel,
  ) {
    this.members = Array.from({ length: model.members }, (_, member) => new Member(tf, model, member));
  }

  /** u of each kernel from [z, inputs], row-major [kernels x (members x rank)], each factor within ±1. */
  factors(joined: Float32Array): Float32Array {
    const { rank } = this.model;
    return concatColumns(this.members.map((member) => ({ matrix: member.factors(joined), width: rank })));
  }

  /** The effect of a state: see completeState for fields whose mask is 0. */
  at(values: Float32Array, mask: Float32Array): StateEffect {
    const complete = completeState(this.model, values, mask);
    const effects = this.members.map((member) => member.effect(complete));
    const { rank, members } = this.model;
    const width = members * rank;
    const s = effects.reduce((sum, [own = 0]) => sum + own, 0) / members;
    const common = Math.exp(s);
    const ofKernel = (factors: Float32Array, row: number): number => {
      let own = 0;
      effects.forEach((effect, member) => {
        const at = row * width + member * rank;
        let dot = 0;
        for (let r = 0; r < rank; r++) dot += (factors[at + r] ?? 0) * (effect[r + 1] ?? 0);
        own += MAX_KERNEL_SLOWDOWN * Math.tanh(dot / MAX_KERNEL_SLOWDOWN);
      });
      return Math.exp(s + own / members);
    };
    return {
      common,
      ofKernel,
      slowed(idleUs, overheadUs, factors) {
        const kernelUs = idleUs.map((value, row) => value * ofKernel(factors, row));
        return { totalUs: kernelUs.reduce((sum, value) => sum + value, overheadUs * common), kernelUs };
      },
    };
  }

  dispose(): void {
    for (const member of this.members) member.dispose();
  }
}

/** The networks of one member. */
class Member {
  private readonly network: Mlp;
  private readonly linear: Mlp;
  private readonly factorNetwork: Mlp;
  private readonly idleOutput: Float32Array;

  constructor(
    tf: Tf | null,
    private readonly model: SlowdownModel,
    member: number,
  ) {
    this.network = createMlp(tf, model.params, slowdownName(member, "state"), "tanh");
    this.linear = createMlp(tf, model.params, slowdownName(member, "stateLinear"));
    this.factorNetwork = createMlp(tf, model.params, slowdownName(member, "factors"));
    this.idleOutput = this.outputs(model.idle);
  }

  /** u of each kernel, row-major [kernels x rank]. */
  factors(joined: Float32Array): Float32Array {
    return this.factorNetwork.run(joined).map(Math.tanh);
  }

  /** (s, v) of a complete state. */
  effect(complete: Float32Array): Float32Array {
    return this.outputs(complete).map((value, i) => value - (this.idleOutput[i] ?? 0));
  }

  dispose(): void {
    this.network.dispose();
    this.linear.dispose();
    this.factorNetwork.dispose();
  }

  private outputs(state: Float32Array): Float32Array {
    const forms = phi(state);
    const x = standardise(forms, this.model.scaler);
    const linear = this.linear.run(x);
    return this.network.run(x).map((value, i) => value + (linear[i] ?? 0) + (i === 0 ? fairShare(forms) : 0));
  }
}
