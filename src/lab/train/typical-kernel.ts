import type { SlowedPredictor } from "../../model/slowed.js";
import type { IdleExample } from "./examples.js";

/**
 * How sensitive to a state the networks' time is on the whole: the mean of their kernels' factors u, each by its share of its
 * network's idle latency, [members x rank]. Nothing in training keeps what all kernels have in common out of their own parts, so
 * a slowdown that is to hold for kernels nobody measured needs both.
 *
 * @throws RangeError without a network whose latency is known
 */
export function typicalFactors(predictor: Pick<SlowedPredictor, "embed">, networks: readonly Pick<IdleExample, "features">[]): number[] {
  const sums: number[] = [];
  let counted = 0;
  for (const { features } of networks) {
    const { idleUs, factors } = predictor.embed(features);
    const totalUs = idleUs.reduce((sum, us) => sum + us, 0);
    if (totalUs === 0) continue;
    counted += 1;
    const width = factors.length / idleUs.length;
    factors.forEach((factor, i) => {
      const share = (idleUs[Math.floor(i / width)] ?? 0) / totalUs;
      sums[i % width] = (sums[i % width] ?? 0) + share * factor;
    });
  }
  if (counted === 0) throw new RangeError("There is no network to tell what is typical.");
  return sums.map((sum) => sum / counted);
}
