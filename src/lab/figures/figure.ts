/** What a figure shows; rendered by render.ts. Every figure of the project goes through these types. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Axis {
  /** With its unit: "latency, ms". */
  readonly label: string;
  readonly scale: "linear" | "log";
  /** Values that the axis has to reach, whatever the points are. It always reaches all points; lines are cut off at its ends. */
  readonly include?: readonly number[];
}

/**
 * Points, or a line through them in their order. Series of one name have one colour and one entry in the legend, over all
 * panels of a figure. A reference is what others are compared with: dark and dashed.
 */
export interface Series {
  readonly name: string;
  readonly mark: "points" | "line" | "reference";
  readonly points: readonly Point[];
}

export interface XyPanel {
  readonly kind: "xy";
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
}

/** Horizontal bars, each stacked of the same parts. */
export interface BarsPanel {
  readonly kind: "bars";
  readonly title: string;
  readonly xLabel: string;
  /** Names of the parts, in the order in which they are stacked. */
  readonly parts: readonly string[];
  readonly bars: readonly { readonly name: string; readonly values: readonly number[] }[];
}

export type Panel = XyPanel | BarsPanel;

export interface Figure {
  /** Read out to who cannot see the figure. */
  readonly title: string;
  readonly panels: readonly Panel[];
  /** Panels beside each other; as many as there are, up to three, by default. */
  readonly columns?: number;
}
