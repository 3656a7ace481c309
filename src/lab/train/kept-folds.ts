import { createHash } from "node:crypto";
import { basename, join } from "node:path";
import type { Tf } from "../../model/backend.js";
import type { Split } from "../evaluate/splits.js";
import { codeHash } from "./code-hash.js";
import type { Corpus } from "./corpus.js";
import type { FoldCache } from "./cross-fit.js";
import { foldFiles } from "./fold-files.js";
import type { IdleExample, LoadedExample } from "./examples.js";
import type { Method } from "./method.js";

const CACHE = ".cache/train";
/** What makes a corpus, trains a fold on it and judges that; a change elsewhere costs no fold. */
const CODE = ["./load-corpus.js", "./method.js", "./cross-fit.js"].map((name) => new URL(name, import.meta.url));

/**
 * Folds of a method that are kept for as long as rows, split, seed, backend and the code that trains them are the same: training and evaluating
 * a predictor need the same ones, and they are most of the work of both.
 */
export function keptFolds(tf: Tf, corpus: Corpus, split: Split, { name }: Pick<Method, "name">, seed: number, root = CACHE): FoldCache {
  const key = createHash("sha256")
    .update(codeHash(CODE))
    .update(JSON.stringify([corpusRows(corpus), [...split.training], [...split.validation], name, seed, tf.getBackend()]))
    .digest("hex");
  return foldFiles(join(root, `${basename(corpus.folder)}-${key.slice(0, 12)}`));
}

/** Everything of a corpus that trains or is predicted, but for graphs, which follow from ids and code. */
export function corpusRows({ machine, rules, kernels, sweep, idle, further, loaded, borrowed }: Corpus): readonly unknown[] {
  const whole = ({ id, latencyUs, parts, kernelUs }: IdleExample): unknown => [id, latencyUs, parts, kernelUs === null ? null : [...kernelUs]];
  const inState = ({ id, stateName, state, readings, latencyUs, idleUs }: LoadedExample): unknown => [id, stateName, state, readings, latencyUs, idleUs];
  return [
    machine.id,
    rules,
    kernels.map(({ kernel, latencyUs }) => [kernel, latencyUs]),
    sweep.map(({ id, latencyUs }) => [id, latencyUs]),
    [...idle, ...further].map(whole),
    loaded.map(inState),
    borrowed.map(inState),
  ];
}
