import { type SlowdownModel, SlowdownPredictor } from "../../model/slowdown.js";
import { type IdleSource, SlowedPredictor } from "../../model/slowed.js";
import type { IdleExample } from "./examples.js";

/**
 * How sensitive to a state the networks' time is on the whole: the mean of their kernels' factors u, each by its share of its
 * network's idle latency, [members x rank]. Nothing in training keeps what all kernels have in common out of their own parts, so
 * a slowdown that is to hold for kernels nobody measured needs both.
 *
 * @throws RangeError without a network whose latency is known
 */
export function typicalFactors(idle: IdleSource, model: SlowdownModel, networks: readonly Pick<IdleExample, "features">[]): number[] {
  const slowdown = new SlowdownPredictor(null, model);
  const slowed = new SlowedPredictor(idle, slowdown);
  const width = model.members * model.rank;
  const sums = new Float64Array(width);
  let counted = 0;
  for (const { features } of networks) {
    const { idleUs, factors } = slowed.embed(features);
    const totalUs = idleUs.reduce((sum, us) => sum + us, 0);
    if (totalUs === 0) continue;
    counted += 1;
    idleUs.forEach((us, kernel) => {
      for (let column = 0; column < width; column++) sums[column] = (sums[column] ?? 0) + (us / totalUs) * (factors[kernel * width + column] ?? 0);
    });
  }
  slowdown.dispose();
  if (counted === 0) throw new RangeError("There is no network to tell what is typical.");
  return Array.from(sums, (sum) => sum / counted);
}
