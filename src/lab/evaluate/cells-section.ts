import type { Corpus } from "../train/corpus.js";
import { methodOf } from "../train/method.js";
import { rowsOf } from "../train/pipeline.js";
import { seenJudge } from "../train/seen-domain.js";
import { type Bench, idleResults, type Result, type Trained, trainIdleOnly } from "./experiments.js";
import { idleNoiseFloor } from "./noise-floor.js";
import { resultTable, type Section, type Table } from "./report.js";
import { heldOutCells, isOfCells, type Split, splitOf, splitWithoutCells } from "./splits.js";
import { calibratingOf, judgeExamples, trustTable } from "./trust.js";

/** How well labels of the networks that test agree with themselves: nothing can be seen to predict them better than that. */
export function cellsFloor(corpus: Pick<Corpus, "idlePasses" | "idleLabel" | "quietNs">, held: ReadonlySet<string>): Table {
  const idlePasses = new Map([...corpus.idlePasses].filter(([id]) => held.has(id)));
  const accuracy = idleNoiseFloor({ idlePasses, further: [], quietNs: corpus.quietNs }, corpus.idleLabel);
  return resultTable([{ predictor: "odd against even rounds", accuracy }], "labels against themselves");
}

/** Networks of no family, which never trained, by a predictor of the ten families and by one that knows other networks of random cells. */
export async function cellsSection(bench: Bench): Promise<Section[]> {
  const { corpus } = bench;
  const held = heldOutCells(corpus);
  if (held.size === 0) return [];
  const split = splitOf(corpus);
  const without = splitWithoutCells(corpus);
  bench.log("without networks of random cells");
  const unknown = await trainIdleOnly(bench, without);
  bench.log("with them");
  const known = await trainIdleOnly(bench, split);
  const rows = (of: Split, trained: Trained, name: string): Result[] =>
    idleResults(bench, { ...of, test: held }, trained).map((result) => ({ ...result, predictor: `${result.predictor}; ${name}` }));
  const judged = judgeExamples(known.chosen, seenJudge(corpus, methodOf(corpus), split), rowsOf(corpus, held).idle);
  return [
    {
      title: "(e) Networks of random cells, idle",
      text:
        `${held.size} networks of random cells, which are of no family and never train: predicted by what the networks of the ten families teach, and by what ` +
        `${corpus.further.filter(isOfCells).length - held.size} other networks of random cells teach beside them.`,
      tables: [
        cellsFloor(corpus, held),
        resultTable([...rows(without, unknown, "no cells train"), ...rows(split, known, "other cells train")]),
        trustTable(await calibratingOf(bench, split), judged),
      ],
    },
  ];
}
