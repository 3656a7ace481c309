import { CELL_EDGES, CELL_OPERATIONS } from "../../zoo/nas/nasbench201-space.js";
import type { NasArchitecture } from "./architecture.js";

/**
 * A few counts of an architecture that latency may be linear in, for fitting a device of which little is measured: of
 * NAS-Bench-201 the operations of each kind in the cell, and those among them that reach its output; of FBNet the blocks,
 * their MACs and bytes by kind.
 */
export function quantitiesOf({ space, choices }: NasArchitecture): readonly number[] {
  return space === "nasbench201" ? cellQuantities(choices) : fbnetQuantities(choices);
}

/**
 * One column for each (edge or layer, choice) but the last choice, which is no work: a latency lookup table, whose sum
 * over columns is the latency. For cells also whether the output depends on the input at all.
 */
export function tableColumns({ space, choices }: NasArchitecture): readonly number[] {
  if (space === "fbnet") return choices.flatMap((choice) => Array.from({ length: SKIP }, (_, block) => (block === choice ? 1 : 0)));
  const live = liveEdges(choices);
  const connected = reachesFromInput(live);
  return [
    ...choices.flatMap((choice) => WORKING.map((operation) => (operation === choice ? 1 : 0))),
    connected ? 1 : 0,
  ];
}

const index = (operation: (typeof CELL_OPERATIONS)[number]): number => CELL_OPERATIONS.indexOf(operation);
const NONE = index("none");
const WORKING = [index("skip_connect"), index("nor_conv_1x1"), index("nor_conv_3x3"), index("avg_pool_3x3")];
/** Those that compute something. */
const COMPUTING = WORKING.slice(1);

function cellQuantities(cell: readonly number[]): number[] {
  const live = liveEdges(cell);
  const connected = reachesFromInput(live);
  const count = (operation: number, edges: readonly boolean[] | null): number =>
    cell.filter((chosen, edge) => chosen === operation && (edges?.[edge] ?? true)).length;
  // A converter that folds a cell whose output does not depend on its input leaves nothing of it.
  const left = (value: number): number => (connected ? value : 0);
  return [
    ...WORKING.map((operation) => count(operation, null)),
    ...COMPUTING.map((operation) => left(count(operation, live))),
    left(additions(live)),
  ];
}

/** Edges that are not `none` and whose target reaches the cell's output over such edges: what is left of the dead code. */
export function liveEdges(cell: readonly number[]): readonly boolean[] {
  const needed = new Set([3]);
  const live = Array.from(cell, () => false);
  for (const target of [3, 2, 1]) {
    CELL_EDGES.forEach(([source, to], edge) => {
      if (to !== target || !needed.has(target) || cell[edge] === NONE) return;
      live[edge] = true;
      needed.add(source);
    });
  }
  return live;
}

function reachesFromInput(live: readonly boolean[]): boolean {
  const reached = new Set([0]);
  for (const target of [1, 2, 3]) {
    CELL_EDGES.forEach(([source, to], edge) => {
      if (to === target && live[edge] === true && reached.has(source)) reached.add(target);
    });
  }
  return reached.has(3);
}

function additions(live: readonly boolean[]): number {
  return [1, 2, 3].reduce((sum, node) => sum + Math.max(0, CELL_EDGES.filter(([, to], edge) => to === node && live[edge]).length - 1), 0);
}

/** FBNet's `skip`. */
const SKIP = 8;
/** Kernel, expansion and groups of the blocks 0..7 (see the zoo's fbnet.ts). */
const BLOCKS = [
  [3, 1, 1],
  [3, 1, 2],
  [3, 3, 1],
  [3, 6, 1],
  [5, 1, 1],
  [5, 1, 2],
  [5, 3, 1],
  [5, 6, 1],
] as const;
/** Layers, channels and first stride of each stage on 32x32 images. */
const STAGES = [
  [1, 16, 1],
  [4, 24, 1],
  [4, 32, 2],
  [4, 64, 2],
  [4, 112, 1],
  [4, 184, 2],
  [1, 352, 1],
] as const;

interface Layer {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly inSize: number;
  readonly outSize: number;
}

const LAYERS: readonly Layer[] = (() => {
  let size = 32;
  let channels = 16;
  return STAGES.flatMap(([layers, outChannels, firstStride]) =>
    Array.from({ length: layers }, (_, i) => {
      const outSize = i === 0 ? size / firstStride : size;
      const layer = { inChannels: channels, outChannels, inSize: size, outSize };
      [size, channels] = [outSize, outChannels];
      return layer;
    }),
  );
})();

/** Blocks, grouped blocks, pointwise and depthwise MACs, activations moved, weights, of all layers together. */
function fbnetQuantities(choices: readonly number[]): number[] {
  const totals = [0, 0, 0, 0, 0, 0];
  LAYERS.forEach((layer, i) => blockQuantities(choices[i] ?? SKIP, layer).forEach((value, k) => (totals[k] = (totals[k] ?? 0) + value)));
  return totals;
}

function blockQuantities(choice: number, { inChannels, outChannels, inSize, outSize }: Layer): number[] {
  const block = BLOCKS[choice];
  const inArea = inSize ** 2;
  const outArea = outSize ** 2;
  if (block === undefined) {
    if (inChannels === outChannels && inSize === outSize) return [];
    return [1, 0, inChannels * outChannels * outArea, 0, inChannels * inArea + outChannels * outArea, inChannels * outChannels];
  }
  const [kernel, expansion, groups] = block;
  const wide = inChannels * expansion;
  const weights = (wide * (inChannels + outChannels)) / groups;
  return [
    1,
    groups > 1 ? 1 : 0,
    (wide * (inChannels * inArea + outChannels * outArea)) / groups,
    wide * kernel ** 2 * outArea,
    2 * wide * (inArea + outArea) + outChannels * outArea,
    weights + wide * kernel ** 2,
  ];
}
