import type { Table } from "../evaluate/report.js";
import type { Figure } from "../figures/index.js";
import type { StudyData } from "./study-data.js";

/** What one dataset shows of one question. Every number in `text` is computed from the data. */
export interface Finding {
  readonly text: string;
  /** null where the dataset cannot answer: the text then says why. */
  readonly figure: Figure | null;
  readonly table?: Table;
}

export interface StudySection {
  /** Part of the figures' file names. */
  readonly id: string;
  readonly title: string;
  /** What is compared, and how; the same for all datasets. */
  readonly about: string;
  readonly find: (data: StudyData) => Finding;
}

export function without(text: string): Finding {
  return { text, figure: null };
}
