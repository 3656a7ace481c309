export type { Axis, BarsPanel, Figure, Panel, Point, Series, XyPanel } from "./figure.js";
export { renderFigure } from "./render.js";
