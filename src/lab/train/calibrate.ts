import type { HardwareState } from "../../features/state.js";
import type { LatencyPredictor } from "../../model/predictor.js";
import { conformalQuantile, INTERVAL_FIELDS, type IntervalCalibration, intervalKey } from "../../predict/interval.js";
import { BatchPredictor, type Rows } from "./pipeline.js";

/** Share of latencies that the intervals are asked to hold. */
export const INTERVAL_COVERAGE = 0.9;

/**
 * Half-widths from rows that did not train: for each set of known state fields, the rows' states cut down to it.
 * "none" means that the caller says nothing, which is answered for an idle device, so idle rows calibrate it.
 */
export function calibrateIntervals<E>(
  predictor: LatencyPredictor<E>,
  rows: Rows,
  outOfDistributionFactor: number,
): IntervalCalibration {
  const batch = new BatchPredictor(predictor);
  const idle = rows.idle.map((example) => Math.log(example.latencyUs / batch.predict(example, {})));
  const halfWidths: Record<string, number> = { none: conformalQuantile(idle, INTERVAL_COVERAGE) };
  for (const known of subsets(INTERVAL_FIELDS)) {
    if (known.length === 0) continue;
    const residuals = rows.loaded.map((example) =>
      Math.log(example.latencyUs / batch.predict(example, only(example.state, known))),
    );
    halfWidths[intervalKey(known)] = conformalQuantile(residuals, INTERVAL_COVERAGE);
  }
  return { coverage: INTERVAL_COVERAGE, halfWidths, outOfDistributionFactor };
}

type Field = (typeof INTERVAL_FIELDS)[number];

function only(state: HardwareState, known: readonly Field[]): HardwareState {
  const entries = known.flatMap((field) => (state[field] === undefined ? [] : [[field, state[field]] as const]));
  return Object.fromEntries(entries);
}

function subsets(fields: readonly Field[]): Field[][] {
  return fields.reduce<Field[][]>((sets, field) => [...sets, ...sets.map((set) => [...set, field])], [[]]);
}
