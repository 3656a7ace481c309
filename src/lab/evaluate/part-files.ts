import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Corpus } from "../train/corpus.js";
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
  /** None where it was not written, or by a predictor that trains otherwise than the one that ships now. */
  read(part: Part): readonly Section[];
}

/** Parts of a corpus' page in files of a folder, one each, so that runs beside each other make one page. */
export function partFiles<Part extends string>(folder: string, corpus: Pick<Corpus, "profiled" | "rules">): PartFiles<Part> {
  const settings = JSON.stringify([methodOf(corpus).name, trainingOf(corpus), corpus.rules]);
  const pathOf = (part: Part): string => join(folder, `${part}.json`);
  return {
    write(part, sections) {
      writeWhole(pathOf(part), JSON.stringify({ settings, sections } satisfies PartFile));
    },
    read(part) {
      const known = existsSync(pathOf(part)) ? (JSON.parse(readFileSync(pathOf(part), "utf8")) as PartFile) : null;
      return known?.settings === settings ? known.sections : [];
    },
  };
}
