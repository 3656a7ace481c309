import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Residual } from "./calibrate.js";
import { writeWhole } from "../whole-file.js";
import type { FoldCache } from "./cross-fit.js";

/** Folds in files of a folder, one each: training them takes minutes, and a run that is ended goes on where it was. */
export function foldFiles(folder: string): FoldCache {
  const pathOf = (fold: string): string => join(folder, `${fold}.json`);
  return {
    find: (fold) => {
      if (!existsSync(pathOf(fold))) return null;
      return new Map(Object.entries(JSON.parse(readFileSync(pathOf(fold), "utf8")) as Record<string, Residual[]>));
    },
    keep: (fold, residuals) => {
      writeWhole(pathOf(fold), JSON.stringify(Object.fromEntries(residuals)));
      return residuals;
    },
  };
}
