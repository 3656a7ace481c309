import { CELL_OPERATIONS, indexOfCell, parseCell } from "../../zoo/nas/nasbench201-space.js";

export const NAS_SPACES = ["nasbench201", "fbnet"] as const;
export type NasSpace = (typeof NAS_SPACES)[number];

/** One architecture of a search space. */
export interface NasArchitecture {
  readonly space: NasSpace;
  /** As the table writes it. */
  readonly text: string;
  /** Id in the zoo, which builds its graph. */
  readonly zooId: string;
  /** Index of the operation on each of a cell's six edges, or of the block of each of FBNet's 22 layers. */
  readonly choices: readonly number[];
}

const FBNET = /^[0-8]( [0-8]){21}$/;

/** @throws RangeError for what is no architecture of the space */
export function parseArchitecture(text: string, space: NasSpace): NasArchitecture {
  if (space === "nasbench201") {
    const cell = parseCell(text);
    return {
      space,
      text,
      zooId: `nasbench201-${indexOfCell(cell)}`,
      choices: cell.map((operation) => CELL_OPERATIONS.indexOf(operation)),
    };
  }
  if (!FBNET.test(text)) throw new RangeError(`${JSON.stringify(text)} is not 22 digits from 0 to 8 with spaces between`);
  const choices = text.split(" ").map(Number);
  return { space, text, zooId: `fbnet-${choices.join("")}`, choices };
}
