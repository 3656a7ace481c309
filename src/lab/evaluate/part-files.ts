import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Corpus } from "../train/corpus.js";
import { codeHash } from "../train/code-hash.js";
import { trainingOf } from "../train/engine.js";
import { methodOf } from "../train/method.js";
import { writeWhole } from "../whole-file.js";
import type { Section } from "./report.js";

interface PartFile {
  readonly settings: string;
  readonly sections: readonly Section[];
}

export interface PartFiles<Part extends string> {
  write(part: Part, sections: readonly Section[]): void;
  /** None where it was not written, or by a predictor that trains, or makes intervals, otherwise than the one that ships now. */
  read(part: Part): readonly Section[];
}

/** What makes intervals from residuals and scores. No setting says it, and figures of coverage and width are of nothing else. */
const INTERVALS = ["../train/calibrate.js", "../train/cross-fit.js", "../../predict/interval.js", "../../predict/domain.js", "../../predict/mixes.js"];

/**
 * Parts of a corpus' page in files of a folder, one each, so that runs beside each other make one page.
 *
 * @param judged parts that tell of intervals: they count while intervals are made as they are now
 */
export function partFiles<Part extends string>(folder: string, corpus: Pick<Corpus, "profiled" | "rules">, judged: ReadonlySet<Part>): PartFiles<Part> {
  const training = [methodOf(corpus).name, trainingOf(corpus), corpus.rules];
  const intervals = codeHash(INTERVALS.map((name) => new URL(name, import.meta.url)), false);
  const settingsOf = (part: Part): string => JSON.stringify(judged.has(part) ? [...training, intervals] : training);
  const pathOf = (part: Part): string => join(folder, `${part}.json`);
  return {
    write(part, sections) {
      writeWhole(pathOf(part), JSON.stringify({ settings: settingsOf(part), sections } satisfies PartFile));
    },
    read(part) {
      const known = existsSync(pathOf(part)) ? (JSON.parse(readFileSync(pathOf(part), "utf8")) as PartFile) : null;
      return known?.settings === settingsOf(part) ? known.sections : [];
    },
  };
}
