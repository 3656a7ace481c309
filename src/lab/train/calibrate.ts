import type { HardwareState } from "../../features/state.js";
import type { LatencyPredictor } from "../../model/predictor.js";
import type { DomainJudge } from "../../predict/domain.js";
import { conformalQuantile, INTERVAL_FIELDS, type IntervalCalibration, intervalKey, OUT_OF_DISTRIBUTION_FACTOR, widening } from "../../predict/interval.js";
import type { IdleExample, LoadedExample } from "./examples.js";
import { BatchPredictor, type Rows } from "./pipeline.js";

/** Share of latencies that the intervals are asked to hold. */
export const INTERVAL_COVERAGE = 0.9;

/**
 * log(measured / predicted) of rows that did not train the predictor, each over what its model's score widens the interval by, by
 * the state fields that the predictor was told.
 */
export type IntervalResiduals = ReadonlyMap<string, readonly number[]>;

/**
 * Residuals for each set of known state fields, the rows' states cut down to it. "none" means that the caller says
 * nothing, which is answered for an idle device, so idle rows give it.
 */
export function intervalResiduals<E>(predictor: LatencyPredictor<E>, domain: DomainJudge, rows: Rows): IntervalResiduals {
  const batch = new BatchPredictor(predictor);
  const widenings = new Map<string, number>();
  const residual = (example: IdleExample | LoadedExample, state: HardwareState): number => {
    const widened = widenings.get(example.id) ?? wideningOf(batch, domain, example);
    widenings.set(example.id, widened);
    return Math.log(example.latencyUs / batch.predict(example, state)) / widened;
  };
  const residuals = new Map([[intervalKey([]), rows.idle.map((example) => residual(example, {}))]]);
  for (const known of subsets(INTERVAL_FIELDS)) {
    if (known.length === 0) continue;
    residuals.set(
      intervalKey(known),
      rows.loaded.map((example) => residual(example, only(example.state, known))),
    );
  }
  return residuals;
}

/** What an idle model's interval is widened by; in a state it is much the same. */
export function wideningOf<E>(batch: BatchPredictor<E>, domain: DomainJudge, example: Pick<IdleExample, "id" | "features">): number {
  const { kernelUs } = batch.latencies(example, {});
  return widening(domain.judge(example.features.facts, kernelUs).score, OUT_OF_DISTRIBUTION_FACTOR);
}

/**
 * The same for the slowdown alone: measured over predicted ratio of a loaded latency to the idle one, so that errors of
 * the idle latency play no part. Idle rows have none.
 */
export function slowdownResiduals<E>(predictor: LatencyPredictor<E>, loaded: readonly LoadedExample[]): IntervalResiduals {
  const batch = new BatchPredictor(predictor);
  return new Map(
    subsets(INTERVAL_FIELDS)
      .filter((known) => known.length > 0)
      .map((known) => [
        intervalKey(known),
        loaded.map((example) => {
          const predicted = batch.predict(example, only(example.state, known)) / batch.predict(example, {});
          return Math.log(example.latencyUs / example.idleUs / predicted);
        }),
      ]),
  );
}

/** All residuals of several predictors together. */
export function pooledResiduals(parts: readonly IntervalResiduals[]): IntervalResiduals {
  const keys = new Set(parts.flatMap((part) => [...part.keys()]));
  return new Map([...keys].map((key) => [key, parts.flatMap((part) => part.get(key) ?? [])]));
}

/** Half-widths that hold INTERVAL_COVERAGE of such residuals; `transfer` are those of slowdowns on another machine. */
export function intervalsOf(residuals: IntervalResiduals, transfer?: IntervalResiduals): IntervalCalibration {
  return {
    coverage: INTERVAL_COVERAGE,
    halfWidths: quantiles(residuals),
    ...(transfer === undefined ? {} : { transferHalfWidths: quantiles(transfer) }),
    outOfDistributionFactor: OUT_OF_DISTRIBUTION_FACTOR,
  };
}

/** By key, the size that INTERVAL_COVERAGE of the residuals do not pass. */
export function quantiles(residuals: IntervalResiduals): Readonly<Record<string, number>> {
  return Object.fromEntries([...residuals].map(([key, values]) => [key, conformalQuantile(values, INTERVAL_COVERAGE)]));
}

type Field = (typeof INTERVAL_FIELDS)[number];

function only(state: HardwareState, known: readonly Field[]): HardwareState {
  const entries = known.flatMap((field) => (state[field] === undefined ? [] : [[field, state[field]] as const]));
  return Object.fromEntries(entries);
}

function subsets(fields: readonly Field[]): Field[][] {
  return fields.reduce<Field[][]>((sets, field) => [...sets, ...sets.map((set) => [...set, field])], [[]]);
}
