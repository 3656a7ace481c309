import type { Reached } from "../load/settle.js";
import type { PlannedState } from "./plan-file.js";
import type { ReachedState } from "./plan-row.js";

const CLOCK_TOLERANCE = 0.03;

/** What the clock came to; null where none was asked for. A device that lets the clock be set may not tell what it is. */
export function clockReached({ frequencyMHz: asked }: Pick<PlannedState, "frequencyMHz">, reached: number | undefined): ReachedState["clock"] {
  if (asked === undefined) return null;
  return { asked, reached: reached ?? null, within: reached === undefined ? null : Math.abs(reached / asked - 1) <= CLOCK_TOLERANCE };
}

const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
const trafficText = (rate: number) => `${Number(rate.toPrecision(3))} GB/s`;

function shortfall(what: string, reached: Reached | null, text: (value: number) => string, why: string): readonly string[] {
  return reached === null || reached.within ? [] : [`${what} ${text(reached.reached)}, not ${text(reached.asked)} as asked: ${why}`];
}

/** For people: what is not as the plan's state asks, and why that may be. */
export function describeShortfalls({ utilization, traffic, clock }: ReachedState): readonly string[] {
  const others = utilization !== null && utilization.reached > utilization.asked ? "other programs use these cores" : "these cores give no more";
  return [
    ...shortfall("utilization", utilization, percent, others),
    ...shortfall("memory traffic", traffic, trafficText, `${traffic?.cores ?? 0} cores give no more`),
    ...(clock?.within === false ? [`clock ${clock.reached ?? "?"} MHz, not ${clock.asked} as asked: a thermal or power limit may hold it`] : []),
  ];
}
