import type { ValueId } from "../types.js";
import type { Draft } from "./draft.js";
import type { Layout } from "./types.js";

/** Which values an engine keeps in which layout. */
export interface LayoutResult {
  /** The layout that it has beside the plain one. */
  readonly layout: Exclude<Layout, "plain">;
  /** Values that exist in it. */
  readonly values: ReadonlySet<ValueId>;
  /** In which layout a draft reads its input at `index`. */
  readonly wants: (draft: Draft, index: number) => Layout;
}

export const EVERYTHING_PLAIN: LayoutResult = { layout: "own", values: new Set(), wants: () => "plain" };
