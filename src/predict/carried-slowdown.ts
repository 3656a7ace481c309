import { STATE_FEATURE_NAMES, stateVector } from "../features/state-vector.js";
import type { HardwareState } from "../features/state.js";
import { ArtifactError } from "../model/manifest.js";
import { type SlowdownModel, SlowdownPredictor } from "../model/slowdown.js";
import { halfWidthOfTransfer, type IntervalCalibration } from "./interval.js";

/** What a state does to a target that was measured idle only. */
export interface CarriedEffect {
  /** On the latency. */
  readonly factor: number;
  /** What the carrying adds to the half-width of the interval, on log latency. */
  readonly halfWidth: number;
  /** Fields of the state that were used. */
  readonly used: readonly string[];
}

const NO_EFFECT: CarriedEffect = { factor: 1, halfWidth: 0, used: [] };

/** What tells how a core is shared means the same on every machine; GB/s of bandwidth do not. */
const SHARING = ["utilization", "runDelayRatio"] as const satisfies readonly (keyof HardwareState)[];

/**
 * The slowdown that was learned on a measured machine, carried over to others: that of its typical kernel, because the core is
 * shared by whatever runs there, and none of what memory traffic does, because machines differ in it.
 */
export class CarriedSlowdown {
  private readonly slowdown: SlowdownPredictor;
  private readonly typicalKernel: Float32Array;

  /**
   * @param typicalKernel its factors, [members x rank]; without them the part counts alone that all kernels have in common by the model's form
   * @throws ArtifactError "corrupt" for factors of another number
   */
  constructor(
    model: SlowdownModel,
    private readonly interval: IntervalCalibration,
    typicalKernel?: readonly number[],
  ) {
    const width = model.members * model.rank;
    if (typicalKernel !== undefined && typicalKernel.length !== width) {
      throw new ArtifactError("corrupt", `The typical kernel has ${typicalKernel.length} factors where its slowdown has ${width}.`);
    }
    this.typicalKernel = Float32Array.from(typicalKernel ?? new Float32Array(width));
    this.slowdown = new SlowdownPredictor(null, model);
  }

  effect(state: HardwareState): CarriedEffect {
    const used = SHARING.filter((field) => state[field] !== undefined);
    if (used.length === 0) return NO_EFFECT;
    const { values, mask } = stateVector(state);
    const sharing = mask.map((known, i) => (used.some((field) => field === STATE_FEATURE_NAMES[i]) ? known : 0));
    return {
      // A load never makes anything faster, whatever the network says near its zero.
      factor: Math.max(1, this.slowdown.at(values, sharing).ofKernel(this.typicalKernel, 0)),
      halfWidth: halfWidthOfTransfer(this.interval, used),
      used,
    };
  }
}
