import type { Figure } from "../figures/index.js";
import type { Result } from "./experiments.js";
import type { Accuracy } from "./metrics.js";

/** Results under a heading. */
export interface Section {
  readonly title: string;
  readonly text: string;
  readonly figures?: readonly NamedFigure[];
  readonly tables: readonly Table[];
}

export interface NamedFigure {
  /** Part of its file's name. */
  readonly name: string;
  readonly figure: Figure;
}

export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const ACCURACY_HEAD = ["±10 %", "±5 %", "MAPE %", "RMSPE %", "rows"] as const;

export function accuracyCells(accuracy: Accuracy | null): string[] {
  if (accuracy === null) return ["not run", "", "", "", ""];
  const { within10Percent, within5Percent, mapePercent, rmspePercent, rows } = accuracy;
  return [within10Percent.toFixed(1), within5Percent.toFixed(1), mapePercent.toFixed(2), rmspePercent.toFixed(2), String(rows)];
}

/** One row per predictor. */
export function resultTable(results: readonly Result[], first = "predictor"): Table {
  return {
    head: [first, ...ACCURACY_HEAD],
    rows: results.map(({ predictor, accuracy }) => [predictor, ...accuracyCells(accuracy)]),
  };
}

/** One row per group (a family, a state), the shares within 10 % of each predictor side by side. */
export function comparisonTable(groups: readonly { readonly name: string; readonly results: readonly Result[] }[], first: string): Table {
  const predictors = groups[0]?.results.map(({ predictor }) => predictor) ?? [];
  return {
    head: [first, "rows", ...predictors],
    rows: groups.map(({ name, results }) => [
      name,
      String(results[0]?.accuracy?.rows ?? 0),
      ...results.map(({ accuracy }) =>
        accuracy === null ? "not run" : `${accuracy.within10Percent.toFixed(1)} (${accuracy.mapePercent.toFixed(1)})`,
      ),
    ]),
  };
}

/** @param fileOf the file of a figure, as seen from the page */
export function markdown(sections: readonly Section[], fileOf: (name: string) => string = (name) => `${name}.svg`): string {
  return sections
    .map(({ title, text, figures = [], tables }) => {
      const images = figures.map(({ name, figure }) => `![${figure.title}](${fileOf(name)})`);
      return [`## ${title}`, text, ...images, ...tables.map(tableMarkdown)].join("\n\n");
    })
    .join("\n\n");
}

export function tableMarkdown({ head, rows }: Table): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? "---" : "---:"))), ...rows.map(line)].join("\n");
}
