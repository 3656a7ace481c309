import type { HardwareState } from "../../features/state.js";
import { accuracyOf } from "../accuracy.js";
import { TrainedTarget } from "../trained-target.js";
import type { EmbeddedModel, TargetId, TargetRegistry } from "../types.js";
import { chooseFit, crossValidate, type Measured } from "./choose-fit.js";
import { CALIBRATION_COVERAGE, residualHalfWidth } from "./residual-interval.js";
import { isTargetName, type TargetFile } from "./target-file.js";

export const MIN_NETWORKS = 3;
/** Bases that are tried beyond their scale, so that many shipped targets cost no more. */
const MOST_BASES = 3;

/** A network and how long it took on the new target. */
export interface Measurement {
  /** Measurements of one network have the same. */
  readonly network: string;
  readonly latencyMs: number;
  readonly state?: HardwareState;
  /** The network prepared for a base. */
  readonly embed: (base: TrainedTarget) => EmbeddedModel;
}

export interface CalibrationRequest {
  readonly target: TargetId;
  /** The base, or none: the one that fits best. */
  readonly base?: TargetId;
  readonly machine?: string;
  readonly measurements: readonly Measurement[];
}

export type CalibrationFault =
  | "invalid-target-name"
  | "too-few-measurements"
  | "invalid-latency"
  | "unknown-target"
  | "not-a-base"
  | "unpredictable";

/** A target cannot be made of these measurements; the message says why. */
export class CalibrationError extends Error {
  override readonly name = "CalibrationError";

  constructor(
    readonly fault: CalibrationFault,
    message: string,
    /** The field of the request concerned. */
    readonly field: string,
  ) {
    super(message);
  }
}

/**
 * A target from a few measured networks: a base target's kernels, scaled by class. The error that it states is of networks
 * that the fit had not seen, the choice of base and ridge included.
 *
 * @throws CalibrationError
 */
export function calibrateTarget(registry: TargetRegistry, request: CalibrationRequest): TargetFile {
  const { target, machine = "", measurements } = request;
  if (!isTargetName(target)) {
    throw new CalibrationError("invalid-target-name", `"${target.slice(0, 120)}" is not of the form device.engine.precision.cores.`, "target");
  }
  measurements.forEach(({ latencyMs }, i) => {
    if (Number.isFinite(latencyMs) && latencyMs > 0) return;
    throw new CalibrationError("invalid-latency", `A latency must be a positive number of milliseconds, not ${latencyMs}.`, `measurements.${i}.latencyMs`);
  });
  const networks = new Set(measurements.map(({ network }) => network)).size;
  if (networks < MIN_NETWORKS) {
    throw new CalibrationError("too-few-measurements", `A target needs ${MIN_NETWORKS} measured networks, not ${networks}.`, "measurements");
  }
  const bases = basesOf(registry, request);
  const measured = measurements.map((each, i) => measuredOn(bases, each, i));
  const kept = bestScaled(measured, bases.length);
  const candidates = measured.map(({ network, rows }) => ({ network, rows: kept.flatMap((base) => rows[base] ?? []) }));
  const left = crossValidate(candidates);
  const { base: chosen, ridge, corrections } = chooseFit(candidates);
  const base = bases[kept[chosen] ?? -1];
  if (base === undefined) throw new CalibrationError("unknown-target", "There is no target to start from.", "base");
  const residuals = left.map(({ predicted, measured: us }) => Math.log(us / predicted));
  const own = base.parts.interval.halfWidths["none"] ?? 0;
  return {
    schema: 1,
    kind: "calibrated",
    target,
    machine,
    base: { target: base.info.target, predictor: base.info.predictor, version: base.info.version },
    bias: corrections.bias,
    corrections: Object.fromEntries(corrections.byClass),
    ridge: ridge === Infinity ? null : ridge,
    measurements: measurements.length,
    networks,
    interval: { coverage: CALIBRATION_COVERAGE, halfWidth: Math.max(own, residualHalfWidth(residuals)) },
    crossValidated: accuracyOf(left),
  };
}

/** The base that is asked for, or every target that can be one. */
function basesOf(registry: TargetRegistry, { base }: CalibrationRequest): TrainedTarget[] {
  if (base !== undefined) {
    const predictor = registry.get(base);
    if (predictor === undefined) throw new CalibrationError("unknown-target", `There is no target "${base.slice(0, 120)}".`, "base");
    if (predictor instanceof TrainedTarget && predictor.info.calibration === undefined) return [predictor];
    throw new CalibrationError("not-a-base", `${base} is not a trained target: only those can be corrected.`, "base");
  }
  return registry
    .list()
    .map(({ target }) => registry.get(target))
    .filter((each) => each instanceof TrainedTarget)
    .filter(({ info }) => info.calibration === undefined);
}

function measuredOn(bases: readonly TrainedTarget[], { network, latencyMs, state = {}, embed }: Measurement, index: number): Measured {
  const rows = bases.map((base) => {
    const times = base.classTimes(embed(base), state);
    if ([...times.keys()].some((name) => name !== "run")) return { times, measuredUs: latencyMs * 1000 };
    throw new CalibrationError("unpredictable", `Nothing in network ${network} can be predicted.`, `measurements.${index}`);
  });
  return { network, rows };
}

/** Indices of the bases that fit best up to their scale. */
function bestScaled(measured: readonly Measured[], bases: number): number[] {
  const spread = (base: number): number => {
    const logs = measured.flatMap(({ rows }) => rows[base] ?? []).map(({ times, measuredUs }) => Math.log(measuredUs / [...times.values()].reduce((a, b) => a + b, 0)));
    const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
    return logs.reduce((sum, log) => sum + (log - mean) ** 2, 0);
  };
  return Array.from({ length: bases }, (_, base) => ({ base, spread: spread(base) }))
    .sort((a, b) => a.spread - b.spread)
    .slice(0, MOST_BASES)
    .map(({ base }) => base);
}
