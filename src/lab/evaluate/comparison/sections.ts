import { median } from "../../dataset/statistics.js";
import type { Corpus } from "../../train/corpus.js";
import type { IdleExample, LoadedExample } from "../../train/examples.js";
import { GRAPH_EPOCHS } from "../../train/graph-network.js";
import { methodOf } from "../../train/method.js";
import { BatchPredictor, rowsOf } from "../../train/pipeline.js";
import { chosenName, idlePairs, loadedPairs, type Result, resultOf, type Setting } from "../experiments.js";
import type { Pair } from "../metrics.js";
import { resultTable, type Section, type Table } from "../report.js";
import { threeFamilies, unseenStates } from "../sections.js";
import { type Split, splitOf } from "../splits.js";
import { type Ablation, ablationsOf, NOTHING_LEFT_OUT } from "./ablations.js";
import { graphBaseline } from "./graph-baseline.js";
import { flopsAndBytes, flopsLine } from "./lines.js";
import { NORMAL_REGRESSORS, normalRegressors, type NormalResult, type TableRow } from "./tables.js";

const idleRow = ({ features, latencyUs }: IdleExample): TableRow => ({ features, state: {}, latencyUs });

/** Other ways to predict, on the rows of the sections before. */
export async function baselineSections(setting: Setting): Promise<Section[]> {
  const { corpus, log } = setting;
  const split = splitOf(corpus);
  const excluded = unseenStates(corpus);
  const known = rowsOf(corpus, split.training);
  const tested = rowsOf(corpus, split.test).loaded;
  const underLoad = (name: string, isKnown: (example: LoadedExample) => boolean, test: readonly LoadedExample[]): Judged => {
    log(name);
    return judged(name, normalRegressors([...known.idle.map(idleRow), ...known.loaded.filter(isKnown)], test));
  };
  const parts = [
    await idlePart(setting, "(a) idle, at random", split),
    underLoad("(b) under load", () => true, tested),
    underLoad("(b') states unseen", ({ stateName }) => !excluded.has(stateName), tested.filter(({ stateName }) => excluded.has(stateName))),
    await idlePart(setting, "(d) three families train", threeFamilies(corpus).split),
  ];
  return [
    {
      title: "Other ways to predict",
      text:
        `On the rows of the sections before. "Normal": ${NORMAL_REGRESSORS.join(", ")} on a network's totals and the state, whose columns are added one by one ` +
        "while the error on held-out training networks falls. Lines on FLOPs, and on FLOPs and bytes (NeuralPower, PALEO), know no state. BRP-NAS's graph " +
        `network sees the file's nodes and no state, ${GRAPH_EPOCHS} epochs.`,
      tables: [...parts.map(({ table }) => table), columnTable(parts)],
    },
  ];
}

interface Judged {
  readonly name: string;
  readonly table: Table;
  readonly normal: readonly NormalResult[];
}

function judged(name: string, normal: readonly NormalResult[] | null, others: readonly Result[] = []): Judged {
  const results = normal?.map((each) => resultOf(`normal: ${each.name}`, each.pairs)) ?? NORMAL_REGRESSORS.map((each) => resultOf(`normal: ${each}`, null));
  return { name, table: resultTable([...results, ...others], name), normal: normal ?? [] };
}

async function idlePart({ tf, corpus, seed, log }: Setting, name: string, split: Split): Promise<Judged> {
  log(name);
  const training = rowsOf(corpus, split.training).idle;
  const test = rowsOf(corpus, split.test).idle;
  return judged(name, normalRegressors(training.map(idleRow), test.map(idleRow)), [
    resultOf("line on FLOPs", flopsLine(training, test)),
    resultOf("FLOPs and bytes", flopsAndBytes(training, test)),
    resultOf("BRP-NAS's graph network", await graphBaseline(tf, training, test, seed)),
  ]);
}

function columnTable(parts: readonly Judged[]): Table {
  return {
    head: ["columns that were chosen", ...parts.map(({ name }) => name)],
    rows: NORMAL_REGRESSORS.map((regressor) => [regressor, ...parts.map(({ normal }) => normal.find(({ name }) => name === regressor)?.columns.join(", ") ?? "")]),
  };
}

/** The predictor that ships with one thing left out at a time, on other members of known families and on families that never trained. */
export async function ablationSections({ tf, corpus, seed, log, keep }: Setting): Promise<Section[]> {
  const split = splitOf(corpus);
  const { split: three } = threeFamilies(corpus);
  const options = { seed, onProgress: log, keep };
  const { predictor: whole } = await methodOf(corpus).train(tf, corpus, split, options);
  const training = rowsOf(corpus, split.training);
  const test = rowsOf(corpus, split.test);
  const chosen = chosenName(corpus);
  const loaded = [resultOf(chosen, loadedPairs(whole, test.loaded)), resultOf("without h: the median slowdown in every state", stateless(new BatchPredictor(whole), training.loaded, test.loaded))];
  const idle = [resultOf(chosen, idlePairs(whole, test.idle))];
  whole.dispose();
  const whenTrained = async ({ name, train }: Pick<Ablation, "name" | "train">, changed: Corpus, on: Split): Promise<Result> => {
    log(name);
    const predictor = await train(tf, changed, on, options);
    const result = resultOf(name, idlePairs(predictor, rowsOf(changed, on.test).idle));
    predictor.dispose();
    return result;
  };
  const unseen = [await whenTrained({ name: chosen, ...NOTHING_LEFT_OUT }, corpus, three)];
  for (const ablation of ablationsOf(corpus)) {
    const changed = ablation.change(corpus);
    idle.push(await whenTrained(ablation, changed, split));
    unseen.push(await whenTrained(ablation, changed, three));
  }
  return [
    {
      title: "What each part is worth",
      text: "The predictor trained anew with one part left out at a time; the random split's test networks, and the seven families of (d) where three train.",
      tables: [resultTable(idle, "idle"), resultTable(unseen, "idle, three families train"), resultTable(loaded, "under load")],
    },
  ];
}

/** Loaded rows as idle ones, times what load costs at the middle of the rows that train. */
function stateless<E>(batch: BatchPredictor<E>, training: readonly LoadedExample[], test: readonly LoadedExample[]): Pair[] {
  const slowdown = median(training.map(({ latencyUs, idleUs }) => latencyUs / idleUs));
  return test.map((example) => ({ predicted: slowdown * batch.predict(example, {}), measured: example.latencyUs }));
}
