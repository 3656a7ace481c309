import type { Section } from "../../../evaluate/report.js";
import { SPLIT_SEED } from "../../../evaluate/splits.js";
import type { Figure } from "../../../figures/index.js";
import { GRAPH_EPOCHS } from "../../../train/graph-network.js";
import type { Scored } from "../scores.js";
import { type PartName, turnsOf } from "../held-out.js";
import type { PhoneSample } from "../samples.js";
import { ABLATIONS } from "./ablations.js";
import type { Contender, ContestTools } from "./contender.js";
import { contest, type ContestResult } from "./contest.js";
import { GCN, PAPER } from "./graph-contenders.js";
import { type CurvePoint, learningCurve } from "./learning-curve.js";
import { type AblationPart, ablationSection, curveFigure, curveTable } from "./sections.js";
import { BOOSTED_TREES } from "./table-contenders.js";

/** Other ways to predict, by the name of the part that runs them, cheapest first; `text` tells what each is. */
export const CONTENDERS: ReadonlyMap<string, { readonly contender: Contender; readonly text: string }> = new Map([
  ["trees", { contender: BOOSTED_TREES, text: "gradient-boosted trees on the network's totals and the configuration" }],
  [
    "paper",
    {
      contender: PAPER,
      text: `the paper's model, concat(z, c, h) through three dense layers, with the sums over operator kinds as c and the configuration as h, ${GRAPH_EPOCHS} epochs`,
    },
  ],
  [
    "gcn",
    {
      contender: GCN,
      text: `BRP-NAS's network of graph convolutions, which has an output for each configuration here and knows neither c nor h, ${GRAPH_EPOCHS} epochs`,
    },
  ],
]);

/** A split's predictions: what ships with its baselines, and the contenders. */
export interface Judged {
  readonly rows: readonly Scored[];
  readonly others: readonly ContestResult[];
}

/** Splits on which parts are left out and data are made fewer. */
const COMPARED: readonly (readonly [part: PartName, title: string])[] = [
  ["cpu-members", "CPU: other members of known families"],
  ["cpu-families", "CPU: families left out"],
];

/** Of each split; the first ones, for time. */
const ABLATION_TURNS = 2;

/** One section, or none where neither split was judged. */
export async function ablations(
  judged: ReadonlyMap<PartName, Judged>,
  samples: readonly PhoneSample[],
  tools: ContestTools,
): Promise<readonly Section[]> {
  const parts: AblationPart[] = [];
  for (const [part, title] of COMPARED) {
    const whole = judged.get(part);
    if (whole === undefined) continue;
    const folds = turnsOf(part, samples).slice(0, ABLATION_TURNS).map(({ fold }) => fold);
    const results = await contest(part, samples, ABLATIONS, tools, ABLATION_TURNS);
    parts.push({ title, shipped: whole.rows.filter(({ fold }) => folds.includes(fold)), results });
  }
  const text = `The factors trained again with one part left out at a time, everything else as above, for the first ${ABLATION_TURNS} turns of each
split; what is beside them is of the same rows. A configuration keeps a part of its own where features of cores are left out.`;
  return parts.length === 0 ? [] : [ablationSection(parts, text)];
}

export const CURVE_FILE = "phones-learning-curve.svg";

export interface Curves {
  readonly figure: Figure;
  /** @param file the figure as seen from the page */
  readonly section: (file: string) => Section;
}

/** Learning curves of the splits that were judged; null where none was. */
export async function curvesOf(
  judged: ReadonlyMap<PartName, Judged>,
  samples: readonly PhoneSample[],
  tools: ContestTools,
): Promise<Curves | null> {
  const curves: { readonly title: string; readonly points: readonly CurvePoint[] }[] = [];
  for (const [part, title] of COMPARED) {
    const whole = judged.get(part);
    if (whole === undefined) continue;
    const trees = whole.others.find(({ name }) => name === BOOSTED_TREES.name);
    curves.push({ title, points: await learningCurve(part, samples, tools, { rows: whole.rows, trees }) });
  }
  if (curves.length === 0) return null;
  const figure = curveFigure(curves);
  const section = (file: string): Section => ({
    title: "How errors fall with data",
    text: `A share of the networks that may train, drawn at random (seed ${SPLIT_SEED}, a smaller share within a larger one); the networks that
test, the settings and the number of epochs stay the same.

![${figure.title}](${file})`,
    tables: curves.map(({ title, points }) => curveTable(title, points)),
  });
  return { figure, section };
}
