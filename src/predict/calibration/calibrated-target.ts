import { transferredIntervals } from "../interval.js";
import { TrainedTarget } from "../trained-target.js";
import type { TargetInfo, TargetRegistry } from "../types.js";
import { CalibratedPredictor } from "./calibrated-predictor.js";
import { WORK_CLASSES } from "./class-times.js";
import { type TargetFile, TargetFileError } from "./target-file.js";

/**
 * The predictor of a target file: its base's, corrected. States have the effect that was learned on the base's machine.
 *
 * @throws TargetFileError where the base is not there or is of another version than the corrections fit.
 */
export function calibratedTarget(registry: TargetRegistry, file: TargetFile): TrainedTarget {
  const base = registry.get(file.base.target);
  if (!(base instanceof TrainedTarget)) {
    throw new TargetFileError(`${file.target} corrects ${file.base.target}, which is not there.`);
  }
  const { predictor, version } = base.info;
  if (predictor !== file.base.predictor || version !== file.base.version) {
    throw new TargetFileError(
      `${file.target} corrects ${file.base.predictor}@${file.base.version}, but ${file.base.target} is predicted by ` +
        `${predictor}@${version}: calibrate it again.`,
    );
  }
  const byClass = new Map(
    WORK_CLASSES.flatMap((name) => {
      const value = file.corrections[name];
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
  return new TrainedTarget({
    ...base.parts,
    info: calibratedInfo(file, base.info),
    predictor: new CalibratedPredictor(base.parts.predictor, { bias: file.bias, byClass }),
    interval: transferredIntervals(base.parts.interval, file.interval),
    stateEffect: "transferred",
    // Of another device, whose vectors may be of another width.
    memory: undefined,
  });
}

function calibratedInfo({ target, machine, base, bias, corrections, networks, measurements, crossValidated }: TargetFile, { version }: TargetInfo): TargetInfo {
  const [device = "", engine = "", precision = "", cores = ""] = target.split(".");
  return {
    target,
    device,
    engine,
    precision,
    cores,
    machine,
    predictor: `${base.predictor}, calibrated`,
    version,
    data: `${measurements} measurements of ${networks} networks`,
    metrics: [{ split: "networks left out of the calibration", ...crossValidated }],
    calibration: {
      base: base.target,
      networks,
      measurements,
      factor: Math.exp(bias),
      factorByClass: Object.fromEntries(Object.entries(corrections).map(([name, value]) => [name, Math.exp(value)])),
    },
  };
}
