import { createRandom, type Random } from "../../model/random.js";
import { SPLIT_SEED, type Split } from "../evaluate/splits.js";

/** One part of a cross-validation: nothing of `held` trained what predicts it. */
export interface Fold {
  /** Its `test` are the models held out; the others train and validate. */
  readonly split: Split;
  /** Load states held out as well. */
  readonly states: ReadonlySet<string>;
}

/** Of the models that a fold leaves for training, the share that stops it early. */
const VALIDATION_SHARE = 1 / 7;

/**
 * `count` folds of models, and of load states along with them, at random. Every model is held out once; so is every state,
 * with the models of its fold.
 */
export function foldsOf(models: readonly string[], states: readonly string[], count: number, seed = SPLIT_SEED): Fold[] {
  const random = createRandom(seed);
  const dealt = (names: readonly string[]): Set<string>[] => {
    const shuffled = random.shuffle([...new Set(names)].sort());
    return Array.from({ length: count }, (_, fold) => new Set(shuffled.filter((_, i) => i % count === fold)));
  };
  const groups = dealt(models);
  const stateGroups = dealt(states);
  return groups.map((held, fold) => ({
    split: heldOut(held, groups.filter((group) => group !== held).flatMap((group) => [...group]), random),
    states: stateGroups[fold] ?? new Set<string>(),
  }));
}

/** The same of whole families, at most `count` folds of them; none where there is but one. */
export function familyFoldsOf(models: readonly { readonly id: string; readonly family: string }[], count: number, seed = SPLIT_SEED): Split[] {
  const random = createRandom(seed);
  const families = random.shuffle([...new Set(models.map(({ family }) => family))].sort());
  if (families.length < 2) return [];
  return Array.from({ length: Math.min(count, families.length) }, (_, fold) => {
    const left = new Set(families.filter((_, i) => i % count === fold));
    const ids = (held: boolean): string[] => [...new Set(models.filter(({ family }) => left.has(family) === held).map(({ id }) => id))].sort();
    return heldOut(new Set(ids(true)), ids(false), random);
  });
}

function heldOut(held: ReadonlySet<string>, others: readonly string[], random: Random): Split {
  const shuffled = random.shuffle(others);
  const validation = Math.round(VALIDATION_SHARE * shuffled.length);
  return { test: held, validation: new Set(shuffled.slice(0, validation)), training: new Set(shuffled.slice(validation)) };
}
