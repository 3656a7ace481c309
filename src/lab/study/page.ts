import { type Table, tableMarkdown } from "../evaluate/report.js";
import type { Figure } from "../figures/index.js";
import { CONVOLUTION_LAWS } from "./convolution-laws.js";
import { COST_LAWS } from "./cost-laws.js";
import { FREQUENCY } from "./frequency.js";
import { NOISE } from "./noise.js";
import { OPERATOR_SHARE } from "./operator-share.js";
import { ROOFLINE } from "./roofline.js";
import type { StudySection } from "./section.js";
import type { StudyData } from "./study-data.js";
import { TRAFFIC } from "./traffic.js";
import { UTILIZATION } from "./utilization.js";

const SECTIONS: readonly StudySection[] = [
  OPERATOR_SHARE,
  COST_LAWS,
  ROOFLINE,
  CONVOLUTION_LAWS,
  UTILIZATION,
  TRAFFIC,
  FREQUENCY,
  NOISE,
];

export interface StudyPage {
  readonly markdown: string;
  /** By file name. */
  readonly figures: ReadonlyMap<string, Figure>;
}

const INTRODUCTION = `# Measurement study

Written by \`npm run study\`; every number and every figure is computed from the rows of the recorded datasets (see the
[dataset card](../datasets/README.md)). It asks what latency depends on before anything predicts it: which operators take the time,
how far FLOPs and bytes explain it, what the state of the machine does to it, and how well it can be known at all.`;

/** The whole study; `figureFolder` is where its figures lie as seen from the page. Figures are named study-<dataset>-<section>.svg. */
export function studyPage(datasets: readonly StudyData[], figureFolder: string): StudyPage {
  const figures = new Map<string, Figure>();
  const parts = [INTRODUCTION, "## The data", dataParagraphs(datasets)];
  for (const { id, title, about, find } of SECTIONS) {
    parts.push(`## ${title}`, about);
    for (const data of datasets) {
      const { text, figure, table } = find(data);
      parts.push(`**${data.name}** (${engineOf(data)}). ${text}`);
      if (figure !== null) {
        const file = `study-${data.name}-${id}.svg`;
        figures.set(file, figure);
        parts.push(`![${figure.title}, ${data.name}](${figureFolder}/${file})`);
      }
      if (table !== undefined) parts.push(tableMarkdown(table));
    }
  }
  return { markdown: `${parts.join("\n\n")}\n`, figures };
}

function engineOf({ machine }: StudyData): string {
  return `${machine.engine} ${machine.engineVersion}`;
}

function dataParagraphs(datasets: readonly StudyData[]): string {
  const table: Table = {
    head: ["dataset", "engine", "machine", "networks", "kernels", "convolutions alone", "loaded labels", "failed rows", "not to be had"],
    rows: datasets.map((data) => [
      data.name,
      `${engineOf(data)}, ${data.machine.threads} thread${data.machine.threads === 1 ? "" : "s"}`,
      `${data.machine.cpu}, ${data.machine.cores} cores, ${data.machine.simd}`,
      String(data.networks.length),
      data.profiled ? String(data.kernels.length) : "no profile",
      String(data.convolutions.length),
      String(data.loads.length),
      String(data.failures),
      data.machine.missing.join(", "),
    ]),
  };
  return `${tableMarkdown(table)}\n\nThe plain architecture of each family on the idle machine, in ms:\n\n${tableMarkdown(plainTable(datasets))}`;
}

function plainTable(datasets: readonly StudyData[]): Table {
  const families = [...new Set(datasets.flatMap(({ networks }) => networks.map(({ family }) => family)))].sort();
  return {
    head: ["network", ...datasets.map(({ name }) => name)],
    rows: families.map((family) => [
      `${family}-0`,
      ...datasets.map(({ networks }) => {
        const plain = networks.find(({ id }) => id === `${family}-0`);
        return plain === undefined ? "not measured" : (plain.us / 1000).toFixed(2);
      }),
    ]),
  };
}
