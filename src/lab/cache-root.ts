import { join } from "node:path";
import { PROJECT_ROOT } from "./engines/python.js";

/** Where everything is kept that outlives a run and is no result: $TEMPOGRAPH_CACHE, or .cache under the root. */
export function cacheRoot(): string {
  const chosen = process.env["TEMPOGRAPH_CACHE"];
  return chosen === undefined || chosen === "" ? join(PROJECT_ROOT, ".cache") : chosen;
}
