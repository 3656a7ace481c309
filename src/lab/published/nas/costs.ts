import type { NasArchitecture } from "./architecture.js";
import { quantitiesOf } from "./quantities.js";

export interface ArchitectureCosts {
  /** Multiply-accumulates of the searched part; the skeleton's are the same for all. */
  readonly macs: number;
  /** Bytes of float32 activations and weights that the searched part moves. */
  readonly bytes: number;
}

const FLOAT_BYTES = 4;
const CELLS_PER_STAGE = 5;
/** Channels and pixels of the three stages of NAS-Bench-201's skeleton. */
const STAGES = [
  [16, 32 ** 2],
  [32, 16 ** 2],
  [64, 8 ** 2],
] as const;

/** What the regressions on FLOPs and bytes read. Equal for every order of a cell's edges. */
export function costsOf(architecture: NasArchitecture): ArchitectureCosts {
  const quantities = quantitiesOf(architecture);
  if (architecture.space === "fbnet") {
    const [, , pointwise = 0, depthwise = 0, activations = 0, weights = 0] = quantities;
    return { macs: pointwise + depthwise, bytes: FLOAT_BYTES * (activations + weights) };
  }
  const [, pointwise = 0, convolutions = 0, pools = 0] = quantities;
  let [macs, elements] = [0, 0];
  for (const [channels, area] of STAGES) {
    macs += CELLS_PER_STAGE * channels ** 2 * area * (pointwise + 9 * convolutions);
    elements += CELLS_PER_STAGE * (2 * channels * area * (pointwise + convolutions + pools) + channels ** 2 * (pointwise + 9 * convolutions));
  }
  return { macs, bytes: FLOAT_BYTES * elements };
}
