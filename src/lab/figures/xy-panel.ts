import type { Series, XyPanel } from "./figure.js";
import { type Scale, scaleOf, tickText } from "./scale.js";
import { BACKGROUND, GRID, INK, MUTED } from "./style.js";
import { element, px, textElement } from "./svg.js";
import { type Pixel, thinned } from "./thin.js";

/** The rectangle that values are drawn in, in pixels of the figure. */
export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface DrawOptions {
  readonly colour: (name: string) => string;
  /** Points drawn at most. */
  readonly points: number;
  /** Of this panel, for ids within the file. */
  readonly id: string;
}

const DOT = 4;
const TICK_GAP = 6;

/** Axes, grid and series; the space that labels take around `area` is the caller's. Throws what scaleOf throws. */
export function drawXy(panel: XyPanel, area: Area, { colour, points, id }: DrawOptions): string {
  // Lines are drawn as far as the points reach; a panel of lines alone reaches them.
  const dots = panel.series.filter(({ mark }) => mark === "points");
  const reaching = (dots.length > 0 ? dots : panel.series).flatMap((series) => series.points);
  const x = scaleOf(panel.x, reaching.map((point) => point.x));
  const y = scaleOf(panel.y, reaching.map((point) => point.y));
  const toPixel = (point: { readonly x: number; readonly y: number }): Pixel => [
    area.x + x.at(point.x) * area.width,
    area.y + (1 - y.at(point.y)) * area.height,
  ];
  const few = thinned(
    dots.map((series) => series.points.map(toPixel)),
    points,
  );
  const lines = panel.series.filter(({ mark }) => mark !== "points");
  return [
    xAxis(x, area, panel.x.label),
    yAxis(y, area, panel.y.label),
    ...dots.map(({ name }, i) => drawDots(few[i] ?? [], colour(name))),
    element("clipPath", { id }, element("rect", { ...area })),
    element("g", { "clip-path": `url(#${id})` }, lines.map((series) => drawLine(series, toPixel, colour)).join("")),
    element("rect", { ...area, fill: "none", stroke: MUTED }),
  ].join("\n");
}

/** Lines without length, their ends round: the shortest way to write a dot. */
function drawDots(points: readonly Pixel[], colour: string): string {
  const d = points.map(([x, y]) => `M${px(x)} ${px(y)}h0`).join("");
  return element("path", { d, stroke: colour, "stroke-width": DOT, "stroke-linecap": "round", "stroke-opacity": "0.7", fill: "none" });
}

function drawLine({ name, mark, points }: Series, toPixel: (point: Series["points"][number]) => Pixel, colour: (name: string) => string): string {
  const d = points.map((point, i) => `${i === 0 ? "M" : "L"}${toPixel(point).map(px).join(" ")}`).join("");
  const style: Readonly<Record<string, string>> =
    mark === "reference" ? { stroke: INK, "stroke-dasharray": "6 4" } : { stroke: colour(name) };
  // A pale edge keeps a line apart from the dots under it.
  const edge = element("path", { d, fill: "none", stroke: BACKGROUND, "stroke-width": 4, "stroke-opacity": "0.7" });
  return edge + element("path", { d, fill: "none", "stroke-width": 1.8, ...style });
}

/** Grid lines, tick numbers and the label below an area. */
export function xAxis(scale: Scale, area: Area, label: string): string {
  const bottom = area.y + area.height;
  const ticks = scale.ticks.map((tick) => {
    const at = area.x + scale.at(tick) * area.width;
    return (
      element("path", { d: `M${px(at)} ${px(area.y)}V${px(bottom)}`, stroke: GRID }) +
      textElement(tickText(tick), { x: at, y: bottom + 15, "text-anchor": "middle", fill: MUTED })
    );
  });
  return [...ticks, textElement(label, { x: area.x + area.width / 2, y: bottom + 32, "text-anchor": "middle" })].join("\n");
}

function yAxis(scale: Scale, area: Area, label: string): string {
  const ticks = scale.ticks.map((tick) => {
    const at = area.y + (1 - scale.at(tick)) * area.height;
    return (
      element("path", { d: `M${px(area.x)} ${px(at)}h${px(area.width)}`, stroke: GRID }) +
      textElement(tickText(tick), { x: area.x - TICK_GAP, y: at + 4, "text-anchor": "end", fill: MUTED })
    );
  });
  const [x, y] = [area.x - 40, area.y + area.height / 2];
  const turned = { x, y, "text-anchor": "middle", transform: `rotate(-90 ${px(x)} ${px(y)})` };
  return [...ticks, textElement(label, turned)].join("\n");
}
