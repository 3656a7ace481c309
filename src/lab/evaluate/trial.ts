import { parseArgs } from "node:util";
import { initBackend } from "../../model/backend.js";
import { accuracyOf, type Pair } from "../../predict/accuracy.js";
import { type EngineTrainingOptions, trainingOf } from "../train/engine.js";
import { keptFactors } from "../train/kept-factors.js";
import { loadTrainingData } from "../train/load-corpus.js";
import { methodOf } from "../train/method.js";
import { withoutGraph } from "./comparison/ablations.js";
import { idlePairs } from "./experiments.js";
import { type InnerSplit, leavingOutEach, trainingOn } from "./inner-splits.js";
import { tableMarkdown } from "./report.js";
import { familiesOf } from "./splits.js";

const USAGE = `usage: npm run lab:trial -- --data datasets/epyc-genoa-ncnn [--leave-out each|FAMILY,...] [--three FAMILY,FAMILY,FAMILY ...]
         [--epochs N] [--weight-penalty X] [--costs on|off] [--graph on|off] [--members 1] [--seed 1]

What a setting of an engine's factors is worth on networks that may train, idle: families left out in turn, or three that train alone
(both by default: each, and two choices of three that are not the published one). No published test network is read. Without the graph
kernels know nothing of their neighbours. Settings that are not given are those that the engine ships with; one member trains where the
shipped predictor has three. What trained is kept, so that a trial which is cut off goes on where it was.
`;
/** Between them they test all ten families. */
const THREES: readonly string[] = ["mobilenetv1,densenet,googlenet", "squeezenet,mobilenetv3,resnet"];

const log = (message: string): void => void process.stderr.write(`${message}\n`);

const { values } = parseArgs({
  options: {
    data: { type: "string" },
    "leave-out": { type: "string" },
    three: { type: "string", multiple: true },
    epochs: { type: "string" },
    "weight-penalty": { type: "string" },
    costs: { type: "string" },
    graph: { type: "string", default: "on" },
    members: { type: "string", default: "1" },
    seed: { type: "string", default: "1" },
  },
});

type Given = Partial<EngineTrainingOptions> & Pick<EngineTrainingOptions, "members" | "seed">;

function given(): Given | null {
  const { epochs, costs, members, seed, "weight-penalty": weightPenalty } = values;
  const settings = {
    members: Number(members),
    seed: Number(seed),
    ...(epochs !== undefined && { epochs: Number(epochs) }),
    ...(weightPenalty !== undefined && { weightPenalty: Number(weightPenalty) }),
    ...(costs !== undefined && { costsOfSweep: costs === "on" }),
  };
  const whole = [settings.members, settings.epochs ?? 1].every((count) => Number.isSafeInteger(count) && count > 0);
  const known = [costs ?? "on", values.graph].every((each) => each === "on" || each === "off");
  return whole && known && Number.isSafeInteger(settings.seed) && (settings.weightPenalty ?? 0) >= 0 ? settings : null;
}

async function main(data: string, settings: Given): Promise<void> {
  const { tf, name: backend } = await initBackend();
  const recorded = await loadTrainingData({ data }, log);
  const corpus = values.graph === "off" ? withoutGraph(recorded) : recorded;
  const families = familiesOf(corpus);
  const { three, "leave-out": leaveOut } = values;
  const both = three === undefined && leaveOut === undefined;
  const left = both || leaveOut === "each" ? families : (leaveOut?.split(",") ?? []);
  const threes = (both ? THREES : (three ?? [])).map((names) => names.split(","));
  const unknown = [...left, ...threes.flat()].filter((name) => !families.includes(name));
  if (unknown.length > 0) throw new RangeError(`no network of ${data} is of ${unknown.join(", ")}: ${families.join(", ")}`);

  const options = { ...settings, keep: keptFactors(tf) };
  const pairsOf = async ({ name, split }: InnerSplit): Promise<readonly (Pair & { readonly family: string })[]> => {
    const predictor = await methodOf(corpus).trainIdle(tf, corpus, split, options);
    const tested = corpus.idle.filter(({ id }) => split.test.has(id));
    log(name);
    return idlePairs(predictor, tested).map((pair, i) => ({ ...pair, family: tested[i]?.family ?? "" }));
  };
  const { epochs, weightPenalty, costsOfSweep, members, seed } = { ...trainingOf(corpus), ...settings };
  const setting = `${epochs} epochs, penalty ${weightPenalty}, costs of the sweep ${costsOfSweep ? "on" : "off"}, graph ${values.graph}, ${members} member(s), seed ${seed}, backend ${backend}`;
  process.stdout.write(`${data}: ${setting}\n\n`);
  for (const [title, splits] of [
    ["each left out", leavingOutEach(corpus, left)],
    ["three train", threes.map((names) => trainingOn(corpus, names))],
  ] as const) {
    if (splits.length === 0) continue;
    const tested: (Pair & { readonly split: string; readonly family: string })[] = [];
    for (const split of splits) tested.push(...(await pairsOf(split)).map((pair) => ({ ...pair, split: split.name })));
    const cells = (pairs: readonly Pair[]): string[] => {
      const { within10Percent, mapePercent, rows } = accuracyOf(pairs);
      return [within10Percent.toFixed(1), mapePercent.toFixed(2), String(rows)];
    };
    const rows = splits.flatMap(({ name }) => {
      const of = tested.filter(({ split }) => split === name);
      return [...new Set(of.map(({ family }) => family))].map((family) => [name, family, ...cells(of.filter((pair) => pair.family === family))]);
    });
    process.stdout.write(`${tableMarkdown({ head: [title, "family", "±10 %", "MAPE %", "rows"], rows: [...rows, ["all", "", ...cells(tested)]] })}\n\n`);
  }
}

const settings = given();
if (values.data === undefined || settings === null) {
  log(USAGE);
  process.exitCode = 2;
} else await main(values.data, settings);
