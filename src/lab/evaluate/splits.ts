import { createRandom } from "../../model/random.js";
import { CELLS } from "../zoo/index.js";

/** Models by what they are used for; a model is in one of them with all its rows. */
export interface Split {
  readonly training: ReadonlySet<string>;
  /** Stops training early, chooses between predictors and calibrates intervals. */
  readonly validation: ReadonlySet<string>;
  readonly test: ReadonlySet<string>;
}

/** The seed of every published split. */
export const SPLIT_SEED = 2024;
const TEST_SHARE = 0.3;
const VALIDATION_SHARE = 0.1;

/** 60 % train, 10 % validate, 30 % test, at random by model; depends on the ids alone, not on their order. */
export function randomSplit(ids: readonly string[], seed = SPLIT_SEED): Split {
  const shuffled = createRandom(seed).shuffle([...new Set(ids)].sort());
  const test = Math.round(TEST_SHARE * shuffled.length);
  const validation = Math.round(VALIDATION_SHARE * shuffled.length);
  return {
    test: new Set(shuffled.slice(0, test)),
    validation: new Set(shuffled.slice(test, test + validation)),
    training: new Set(shuffled.slice(test + validation)),
  };
}

/** Everything whose family is in `families` tests; of the rest one seventh validates, as in randomSplit. */
export function familySplit(
  models: readonly { readonly id: string; readonly family: string }[],
  families: ReadonlySet<string>,
  seed = SPLIT_SEED,
): Split {
  const known = models.filter(({ family }) => !families.has(family)).map(({ id }) => id);
  const shuffled = createRandom(seed).shuffle([...new Set(known)].sort());
  const validation = Math.round(shuffled.length / 7);
  return {
    test: new Set(models.filter(({ family }) => families.has(family)).map(({ id }) => id)),
    validation: new Set(shuffled.slice(0, validation)),
    training: new Set(shuffled.slice(validation)),
  };
}

/** Models of a recorded dataset: its own, and those beside it, which train wherever their family may, but for those of heldOutCells. */
export interface SplitModels {
  readonly idle: readonly { readonly id: string; readonly family: string }[];
  readonly further: readonly { readonly id: string; readonly family: string }[];
}

/** Families of a dataset's own networks, sorted. */
export function familiesOf({ idle }: Pick<SplitModels, "idle">): string[] {
  return [...new Set(idle.map(({ family }) => family))].sort();
}

/** The published split of a dataset. */
export function splitOf({ idle, further }: SplitModels): Split {
  return withTraining(randomSplit(idle.map(({ id }) => id)), further);
}

/** The same where some families are left out. */
export function familySplitOf({ idle, further }: SplitModels, families: ReadonlySet<string>): Split {
  return withTraining(
    familySplit(idle, families),
    further.filter(({ family }) => !families.has(family)),
  );
}

function withTraining(split: Split, further: SplitModels["further"]): Split {
  const held = heldOutCells({ further });
  const more = further.map(({ id }) => id).filter((id) => !held.has(id));
  return { ...split, training: new Set([...split.training, ...more]) };
}

/** Whether a network is of random cells, and so of no family. */
export const isOfCells = ({ family }: { readonly family: string }): boolean => family === CELLS;

/** Three tenths of the networks of random cells, at random: they never train, and tell how far off networks of no family are. */
export function heldOutCells({ further }: Pick<SplitModels, "further">): ReadonlySet<string> {
  return randomSplit(further.filter(isOfCells).map(({ id }) => id)).test;
}

/** The published split with nothing of random cells in training. */
export function splitWithoutCells({ idle, further }: SplitModels): Split {
  return splitOf({ idle, further: further.filter((network) => !isOfCells(network)) });
}

/** This share of the models, drawn by the seed, one at least; those of a smaller share are among those of a larger one. */
export function nestedShare(models: readonly string[], share: number, seed = SPLIT_SEED): ReadonlySet<string> {
  const shuffled = createRandom(seed).shuffle([...new Set(models)].sort());
  return new Set(shuffled.slice(0, Math.max(1, Math.round(share * shuffled.length))));
}
