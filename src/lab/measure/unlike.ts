/** Beside the rows of a dataset: models of its sweep that the engine's converter made something else of. */
export const UNLIKE_FILE = "unlike.json";

export interface UnlikeModels {
  readonly engine: string;
  readonly engineVersion: string;
  /** Beginnings of the ids that were checked. */
  readonly checked: readonly string[];
  /** How many models both engines computed. */
  readonly compared: number;
  readonly unlike: readonly { readonly id: string; readonly why: string }[];
}
