import { activations, geluByErf, hardSwish, layerNorm, rmsNorm, vanish } from "./composites.js";
import type { EngineFusion } from "./rule.js";

/**
 * MNN. Read off what its converter makes of the models that `python/fusion_cases.py` writes (docs/fusion.md). What the
 * runtime does beyond that when it prepares a session, such as computing shapes ahead, leaves no kernel to count.
 */
