import type { HardwareState } from "../../features/state.js";
import type { LatencyPredictor } from "../../model/predictor.js";
import type { DomainJudge } from "../../predict/domain.js";
import { conformalQuantile, IDLE_KEY, INTERVAL_FIELDS, type IntervalCalibration, intervalKey, OUT_OF_DISTRIBUTION_FACTOR, widening } from "../../predict/interval.js";
import type { IdleExample, LoadedExample } from "./examples.js";
import { BatchPredictor, type Rows } from "./pipeline.js";

/** Share of latencies that the intervals are asked to hold. */
export const INTERVAL_COVERAGE = 0.9;

/** How far a row that did not train the predictor is off. */
export interface Residual {
  /** Of the model. */
  readonly id: string;
  /** log(measured / predicted). */
  readonly residual: number;
  /** The model's, out of distribution: see predict/domain.ts. */
  readonly score: number;
}

/** Residuals by the state fields that the predictor was told. */
export type IntervalResiduals = ReadonlyMap<string, readonly Residual[]>;

/**
 * Residuals for each set of known state fields, the rows' states cut down to it. "none" means that the caller says
 * nothing, which is answered for an idle device, so idle rows give it.
 */
export function intervalResiduals<E>(predictor: LatencyPredictor<E>, domain: DomainJudge, rows: Rows): IntervalResiduals {
  const batch = new BatchPredictor(predictor);
  const scores = new Map<string, number>();
  const residual = (example: IdleExample | LoadedExample, state: HardwareState): Residual => {
    const score = scores.get(example.id) ?? scoreOf(batch, domain, example);
    scores.set(example.id, score);
    return { id: example.id, residual: Math.log(example.latencyUs / batch.predict(example, state)), score };
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

/** An idle model's score; in a state it is much the same. */
function scoreOf<E>(batch: BatchPredictor<E>, domain: DomainJudge, example: Pick<IdleExample, "id" | "features">): number {
  const { kernelUs } = batch.latencies(example, {});
  return domain.judge(example.features.facts, kernelUs).score;
}

/**
 * The same for the slowdown alone: measured over predicted ratio of a loaded latency to the idle one, so that errors of
 * the idle latency play no part. Idle rows have none, and no score counts.
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
          return { id: example.id, residual: Math.log(example.latencyUs / example.idleUs / predicted), score: 0 };
        }),
      ]),
  );
}

/** All residuals of several predictors together. */
export function pooledResiduals(parts: readonly IntervalResiduals[]): IntervalResiduals {
  const keys = new Set(parts.flatMap((part) => [...part.keys()]));
  return new Map([...keys].map((key) => [key, parts.flatMap((part) => part.get(key) ?? [])]));
}

/** Residuals that intervals are made from. */
export interface CalibrationResiduals {
  /** Of models whose families train. */
  readonly like: IntervalResiduals;
  /** Of idle models whose families do not; without them, the factor for what is unlike is that of everything else that ships. */
  readonly unlike?: readonly Residual[];
  /** Of slowdowns on another machine. */
  readonly transfer?: IntervalResiduals | undefined;
}

/** Half-widths that hold INTERVAL_COVERAGE of such residuals. */
export function intervalsOf({ like, unlike = [], transfer }: CalibrationResiduals): IntervalCalibration {
  const outOfDistributionFactor = unlikeFactor(idleOf(like), unlike);
  const quantiles = (residuals: IntervalResiduals): Readonly<Record<string, number>> =>
    Object.fromEntries([...residuals].map(([key, values]) => [key, halfWidthFor(values, outOfDistributionFactor)]));
  return {
    coverage: INTERVAL_COVERAGE,
    halfWidths: quantiles(like),
    ...(transfer === undefined ? {} : { transferHalfWidths: quantiles(transfer) }),
    outOfDistributionFactor,
  };
}

/** The half-width, before scores widen it, that INTERVAL_COVERAGE of the residuals do not pass. */
export function halfWidthFor(residuals: readonly Residual[], outOfDistributionFactor: number): number {
  return conformalQuantile(narrowed(residuals, outOfDistributionFactor), INTERVAL_COVERAGE);
}

/** Residuals, each over what its model's score widens the interval by. */
export function narrowed(residuals: readonly Residual[], outOfDistributionFactor: number): number[] {
  return residuals.map(({ residual, score }) => residual / widening(score, outOfDistributionFactor));
}

export function idleOf(residuals: IntervalResiduals): readonly Residual[] {
  return residuals.get(IDLE_KEY) ?? [];
}

const FACTOR_STEP = 0.5;
/** Where no factor will do, scores do not tell what is unlike. */
const LARGEST_FACTOR = 32;

/** The least factor with which intervals that `like` calibrates hold INTERVAL_COVERAGE of `unlike` too. */
export function unlikeFactor(like: readonly Residual[], unlike: readonly Residual[]): number {
  if (like.length === 0 || unlike.length === 0) return OUT_OF_DISTRIBUTION_FACTOR;
  let factor = 1;
  while (factor < LARGEST_FACTOR && halfWidthFor(unlike, factor) > halfWidthFor(like, factor)) factor += FACTOR_STEP;
  return factor;
}

type Field = (typeof INTERVAL_FIELDS)[number];

function only(state: HardwareState, known: readonly Field[]): HardwareState {
  const entries = known.flatMap((field) => (state[field] === undefined ? [] : [[field, state[field]] as const]));
  return Object.fromEntries(entries);
}

function subsets(fields: readonly Field[]): Field[][] {
  return fields.reduce<Field[][]>((sets, field) => [...sets, ...sets.map((set) => [...set, field])], [[]]);
}
