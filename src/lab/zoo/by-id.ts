import type { ZooModel } from "./model.js";
import type { FbNetFamily } from "./nas/fbnet.js";
import { buildFbNet } from "./nas/fbnet.js";
import { buildNasBench201 } from "./nas/nasbench201.js";
import { CELL_COUNT } from "./nas/nasbench201-space.js";
import { Rng } from "./rng.js";
import { buildBert } from "./transformers/bert.js";
import { buildVit } from "./transformers/vit.js";
import { buildCells, buildVariant, CELLS, FAMILIES, ZOO_VERSION } from "./variants.js";

const FBNET_LAYERS = 22;
const FBNET_BLOCKS = 9;

/** A family of models that have ids: the family's name, a dash, and digits. */
export interface ZooFamily {
  /** Builds the model of these digits. Throws RangeError for those that stand for none. */
  readonly build: (variant: string) => ZooModel;
  /** The digits of the i-th model of a list of the family, or null past its end. */
  readonly variant: (i: number) => string | null;
}

function numbered(build: (variant: number) => ZooModel, count = Infinity): ZooFamily {
  return {
    build: (variant) => {
      // One model has one id: no leading zeros, nothing that a number cannot hold.
      if (String(Number(variant)) !== variant) throw new RangeError(`variant ${variant}`);
      return build(Number(variant));
    },
    variant: (i) => (i < count ? String(i) : null),
  };
}

/** The space has 9^22 architectures, so a list holds random ones, each layer's choice uniform. */
function fbnet(family: FbNetFamily): ZooFamily {
  return {
    build: (choices) => buildFbNet(family, choices),
    variant: (i) => {
      const rng = new Rng(`zoo${ZOO_VERSION}/fbnet/${i}`);
      return Array.from({ length: FBNET_LAYERS }, () => rng.int(0, FBNET_BLOCKS - 1)).join("");
    },
  };
}

/** Every family by its name. The ten classic ones, `cells`, `vit` and `bert` have as many variants as there are numbers. */
export const ZOO_FAMILIES: ReadonlyMap<string, ZooFamily> = new Map([
  ...FAMILIES.map((family) => [family, numbered((variant) => buildVariant(family, variant))] as const),
  [CELLS, numbered(buildCells)],
  ["nasbench201", numbered(buildNasBench201, CELL_COUNT)],
  ["fbnet", fbnet("fbnet")],
  ["fbnetimagenet", fbnet("fbnetimagenet")],
  ["vit", numbered(buildVit)],
  ["bert", numbered(buildBert)],
]);

/** A family by its name. Throws RangeError that lists them where there is none. */
export function zooFamily(name: string): ZooFamily {
  const family = ZOO_FAMILIES.get(name);
  if (family === undefined) throw new RangeError(`the zoo has no family ${name}, but ${[...ZOO_FAMILIES.keys()].join(", ")}`);
  return family;
}

/**
 * The model of an id such as `resnet-3`, `nasbench201-1462`, `fbnet-0380076737677777677773`, `vit-7` or `bert-4`.
 *
 * @throws RangeError where the id stands for none
 */
export function zooModel(id: string): ZooModel {
  const [, name, variant] = /^([a-z0-9]+)-([0-9]+)$/.exec(id) ?? [];
  if (name === undefined || variant === undefined) throw new RangeError(`${id} is no id of the zoo, such as resnet-3`);
  return zooFamily(name).build(variant);
}

/** The first models of a family's list by their ids; fewer where the family has fewer. */
export function* zooIds(name: string, count: number, start = 0): Generator<string> {
  const family = zooFamily(name);
  for (let i = start; i < start + count; i++) {
    const variant = family.variant(i);
    if (variant === null) return;
    yield `${name}-${variant}`;
  }
}
