import { createHash } from "node:crypto";
import { KERNEL_FEATURE_NAMES } from "./kernel-features.js";
import { NODE_FEATURE_NAMES } from "./node-features.js";
import { STATE_FEATURE_NAMES } from "./state-vector.js";

/** Raised whenever a feature's meaning changes without its name. */
export const FEATURE_SCHEMA_VERSION = 1;

/** Identifies what training and serving must agree on; an artifact trained with another one is refused. */
export const featureSchemaHash: string = createHash("sha256")
  .update(JSON.stringify([FEATURE_SCHEMA_VERSION, KERNEL_FEATURE_NAMES, NODE_FEATURE_NAMES, STATE_FEATURE_NAMES]))
  .digest("hex");
