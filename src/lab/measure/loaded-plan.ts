import type { AskedLoad } from "../dataset/row.js";
import { Rng } from "../zoo/index.js";
import { dealt, shuffled, shuffledApart } from "./order.js";
import type { Plan } from "./plan.js";

/**
 * One stay in one load state, in which its models are measured one after the other. A stay lasts over six seconds
 * (settling, a second of watching, ten visits of 0.4 s and more), as long as the noise of a busy host is correlated.
 */
export interface StateVisit {
  readonly block: number;
  /** From 1, over all blocks. */
  readonly visit: number;
  readonly load: AskedLoad;
  readonly modelIds: readonly string[];
}

/** Two visits of one cell (state, model) have at least this many stays in other states between them. */
export const STAYS_BETWEEN_VISITS = 2;

function spread(count: number, [low, high]: readonly [number, number]): number[] {
  return Array.from({ length: count }, (_, i) => low + ((high - low) * i) / Math.max(1, count - 1));
}

/** Traffic doubles rather than adds up: the same number of states for each factor. */
function spreadLog(count: number, [low, high]: readonly [number, number]): number[] {
  return spread(count, [Math.log(low), Math.log(high)]).map(Math.exp);
}

function askedLoad(utilization: number, trafficGBs: number, index?: number): AskedLoad {
  const u = Math.round(utilization * 100) / 100;
  const t = Math.round(trafficGBs * 10) / 10;
  return { name: `u${Math.round(u * 100)}t${t}${index === undefined ? "" : `-${index}`}`, utilization: u, trafficGBs: t };
}

/** The states of a plan: each load alone over its range, both in a Latin square of their ranges, and none. */
export function loadStates({ loaded, seed }: Plan): readonly AskedLoad[] {
  const { states, utilizationRange, trafficRange } = loaded;
  const rng = new Rng(`${seed}/states`);
  const traffic = shuffled(spreadLog(states.both, trafficRange), rng);
  return [
    ...spread(states.utilization, utilizationRange).map((share) => askedLoad(share, 0)),
    ...spreadLog(states.traffic, trafficRange).map((rate) => askedLoad(0, rate)),
    ...spread(states.both, utilizationRange).map((share, i) => askedLoad(share, traffic[i] ?? 0)),
    ...Array.from({ length: states.quiet }, (_, i) => askedLoad(0, 0, i + 1)),
  ];
}

/** Every stay of the loaded part in its order. A state has the same models in all its visits, in changing order. */
export function stateVisits(plan: Plan, modelIds: readonly string[]): readonly StateVisit[] {
  const { modelPool, modelsPerState, visitsPerBlock } = plan.loaded;
  const pool = shuffled(modelIds, new Rng(`${plan.seed}/pool`)).slice(0, modelPool);
  const deck = dealt(pool, new Rng(`${plan.seed}/models`));
  const states = loadStates(plan).map((load) => {
    const models = new Set<string>();
    while (models.size < Math.min(modelsPerState, pool.length)) models.add(deck.next().value);
    return { load, models: [...models] };
  });
  const rng = new Rng(`${plan.seed}/visits`);
  const visits: StateVisit[] = [];
  let previous: typeof states = [];
  let visit = 0;
  for (const [block, count] of visitsPerBlock.entries()) {
    for (let i = 0; i < count; i++) {
      previous = shuffledApart(states, previous, STAYS_BETWEEN_VISITS, rng);
      visit += 1;
      for (const { load, models } of previous) {
        visits.push({ block: block + 1, visit, load, modelIds: shuffled(models, rng) });
      }
    }
  }
  return visits;
}
