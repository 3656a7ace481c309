import { MersenneTwister } from "./mersenne-twister.js";

/**
 * The search space of NAS-Bench-201 (Dong and Yang, ICLR 2020, arXiv:2001.00326): a cell of four nodes whose six edges
 * hold one of five operations each, 5^6 = 15,625 cells. Names and their order are those of the authors' code
 * (github.com/D-X-Y/AutoDL-Projects, lib/models/cell_operations.py, NAS_BENCH_201).
 */
export const CELL_OPERATIONS = ["none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3"] as const;
export type CellOperation = (typeof CELL_OPERATIONS)[number];

/** Source and target node of each edge, in the order in which an architecture string names them. */
export const CELL_EDGES = [
  [0, 1],
  [0, 2],
  [1, 2],
  [0, 3],
  [1, 3],
  [2, 3],
] as const;

/** The operations of one cell, an edge each, in the order of CELL_EDGES. */
export type Cell = readonly CellOperation[];

export const CELL_COUNT = CELL_OPERATIONS.length ** CELL_EDGES.length;
/** The benchmark's index is a shuffle of the enumerated cells with this seed (exps/NAS-Bench-201/main.py). */
const ORDER_SEED = 88;

let order: Uint32Array | null = null;

/** Number of the cell of an index, its edges being the digits of a number to the base of five, first edge first. */
function enumeration(): Uint32Array {
  order ??= new MersenneTwister(ORDER_SEED).shuffledRange(CELL_COUNT);
  return order;
}

function isOperation(name: string): name is CellOperation {
  return CELL_OPERATIONS.some((operation) => operation === name);
}

/** The cell of a benchmark index. Throws RangeError for what is none (0..15624). */
export function cellOfIndex(index: number): Cell {
  const number = enumeration()[index];
  if (number === undefined) throw new RangeError(`NAS-Bench-201 has the indices 0..${CELL_COUNT - 1}, not ${index}`);
  const digits = number.toString(CELL_OPERATIONS.length).padStart(CELL_EDGES.length, "0");
  return Array.from(digits, (digit) => CELL_OPERATIONS[Number(digit)] ?? "none");
}

/** The benchmark index of a cell. */
export function indexOfCell(cell: Cell): number {
  const number = cell.reduce((value, operation) => value * CELL_OPERATIONS.length + CELL_OPERATIONS.indexOf(operation), 0);
  return enumeration().indexOf(number);
}

/** The benchmark's architecture string: `|op~0|+|op~0|op~1|+|op~0|op~1|op~2|`. */
export function formatCell(cell: Cell): string {
  const edges = CELL_EDGES.map(([source, target], edge) => ({ target, text: `${cell[edge] ?? "none"}~${source}` }));
  return [1, 2, 3]
    .map((node) => `|${edges.flatMap(({ target, text }) => (target === node ? [text] : [])).join("|")}|`)
    .join("+");
}

/** Reads an architecture string. Throws RangeError where it is none of this space. */
export function parseCell(architecture: string): Cell {
  const cell = architecture.split(/[|+]+/).flatMap((edge) => {
    const [name = ""] = edge.split("~");
    return isOperation(name) ? [name] : [];
  });
  if (cell.length !== CELL_EDGES.length || formatCell(cell) !== architecture) {
    throw new RangeError(`${architecture} is no architecture of NAS-Bench-201, such as ${formatCell(cellOfIndex(0))}`);
  }
  return cell;
}
