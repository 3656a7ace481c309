import { type Split, splitOf, type SplitModels } from "./splits.js";

/** A split of the networks that may train alone: what choices are made by, so that published test networks stay unseen. */
export interface InnerSplit {
  readonly name: string;
  readonly split: Split;
}

/** Each of `families` in turn tests, all others train; of networks beside the dataset none tests. */
export function leavingOutEach(models: SplitModels, families: readonly string[]): InnerSplit[] {
  return families.map((left) => ({ name: `without ${left}`, split: innerSplit(models, (family) => family !== left) }));
}

/** These families train, and nothing of random cells; the others test. */
export function trainingOn(models: SplitModels, families: readonly string[]): InnerSplit {
  return { name: families.join(", "), split: innerSplit(models, (family) => families.includes(family)) };
}

function innerSplit(models: SplitModels, trains: (family: string) => boolean): Split {
  const published = splitOf(models);
  const may = new Set([...published.training, ...published.validation]);
  const allowed = [...models.idle, ...models.further].filter(({ id }) => may.has(id));
  return {
    training: new Set(allowed.filter(({ family }) => trains(family)).map(({ id }) => id)),
    validation: new Set(),
    test: new Set(models.idle.filter(({ id, family }) => may.has(id) && !trains(family)).map(({ id }) => id)),
  };
}
