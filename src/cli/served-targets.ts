import type { TargetRegistry } from "../predict/types.js";
import type { CliContext } from "./context.js";

/** The targets that ship and the calibrated ones of a folder, or of the one that TARGETS names. Throws TargetFileError. */
export async function servedTargets(context: CliContext, folder = context.environment["TARGETS"]): Promise<TargetRegistry> {
  const shipped = await context.loadRegistry();
  if (folder === undefined || folder === "") return shipped;
  const { CalibratedTargets } = await import("../predict/calibration/index.js");
  return CalibratedTargets.open(shipped, { maxTargets: Infinity, folder });
}
