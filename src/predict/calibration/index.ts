export { CalibrationError, calibrateTarget, type CalibrationFault, type Measurement, MIN_NETWORKS } from "./calibrate-target.js";
export { CalibratedTargets, TargetRefused, writeTargetFile } from "./calibrated-targets.js";
export { isTargetName, MAX_TARGET_NAME, TARGET_NAME_PATTERN, type TargetFile, TargetFileError } from "./target-file.js";
