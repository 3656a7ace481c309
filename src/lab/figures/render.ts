import { drawBars } from "./bars-panel.js";
import type { Figure, Panel } from "./figure.js";
import { BACKGROUND, CHARACTER_WIDTH, colourOf, FONT, FONT_SIZE, INK, WIDTH } from "./style.js";
import { element, escapeXml, px, textElement } from "./svg.js";
import { type Area, drawXy } from "./xy-panel.js";

const MARGIN = { top: 26, right: 14, bottom: 42, left: 54 };
const SHAPE = 0.72;
const [MIN_HEIGHT, MAX_HEIGHT] = [190, 320];
const BAR_LANE = 24;
const LEGEND_LINE = 18;
const LEGEND_GAP = 16;
const SWATCH = 18;
/** Points over all panels: some 14 bytes each. */
const MAX_POINTS = 2800;

interface Entry {
  readonly name: string;
  readonly mark: "area" | "points" | "line" | "reference";
}

/**
 * A figure as the text of an SVG file: a legend above panels on a white ground. The same figure gives the same bytes. Throws
 * RangeError for values that no axis can show (see scaleOf, drawBars) and for a figure without panels.
 */
export function renderFigure(figure: Figure): string {
  const { title, panels } = figure;
  if (panels.length === 0) throw new RangeError(`"${title}" has no panels`);
  const entries = legendEntries(panels);
  const colours = new Map(entries.filter(({ mark }) => mark !== "reference").map(({ name }, i) => [name, colourOf(i)]));
  const colour = (name: string): string => colours.get(name) ?? INK;
  const legend = drawLegend(entries, colour);
  const columns = Math.max(1, Math.min(figure.columns ?? 3, panels.length));
  const cell = WIDTH / columns;
  let top = legend.height;
  const drawn: string[] = [];
  for (let first = 0; first < panels.length; first += columns) {
    const row = panels.slice(first, first + columns);
    const height = Math.max(...row.map((panel) => plotHeight(panel, cell)));
    for (const [i, panel] of row.entries()) {
      const left = leftMargin(panel);
      const area = { x: i * cell + left, y: top + MARGIN.top, width: cell - left - MARGIN.right, height };
      drawn.push(drawPanel(panel, area, colour, { points: Math.floor(MAX_POINTS / panels.length), id: `plot${first + i}` }));
    }
    top += MARGIN.top + height + MARGIN.bottom;
  }
  const size = { width: px(WIDTH), height: px(top) };
  const root = {
    xmlns: "http://www.w3.org/2000/svg",
    ...size,
    viewBox: `0 0 ${size.width} ${size.height}`,
    role: "img",
    "font-family": FONT,
    "font-size": String(FONT_SIZE),
    fill: INK,
  };
  const ground = element("rect", { ...size, fill: BACKGROUND });
  return `${element("svg", root, ["", `<title>${escapeXml(title)}</title>`, ground, legend.text, ...drawn, ""].join("\n"))}\n`;
}

function drawPanel(panel: Panel, area: Area, colour: (name: string) => string, options: { points: number; id: string }): string {
  const heading = textElement(panel.title, { x: area.x, y: area.y - 9, "font-weight": "bold" });
  const body = panel.kind === "xy" ? drawXy(panel, area, { colour, ...options }) : drawBars(panel, area, colour);
  return `${heading}\n${body}`;
}

function plotHeight(panel: Panel, cell: number): number {
  if (panel.kind === "bars") return panel.bars.length * BAR_LANE;
  return Math.min(MAX_HEIGHT, Math.max(MIN_HEIGHT, SHAPE * (cell - MARGIN.left - MARGIN.right)));
}

function leftMargin(panel: Panel): number {
  if (panel.kind === "xy") return MARGIN.left;
  return 12 + CHARACTER_WIDTH * Math.max(...panel.bars.map(({ name }) => name.length));
}

/** Each name once, in the order of appearance. */
function legendEntries(panels: readonly Panel[]): Entry[] {
  const entries = new Map<string, Entry>();
  for (const panel of panels) {
    const found: readonly Entry[] =
      panel.kind === "xy" ? panel.series : panel.parts.map((name) => ({ name, mark: "area" as const }));
    for (const { name, mark } of found) if (!entries.has(name)) entries.set(name, { name, mark });
  }
  return [...entries.values()];
}

function drawLegend(entries: readonly Entry[], colour: (name: string) => string): { text: string; height: number } {
  let x = LEGEND_GAP;
  let y = LEGEND_LINE;
  const drawn = entries.map(({ name, mark }) => {
    const width = SWATCH + 6 + CHARACTER_WIDTH * name.length;
    if (x + width > WIDTH && x > LEGEND_GAP) {
      x = LEGEND_GAP;
      y += LEGEND_LINE;
    }
    const text = drawSwatch(mark, x, y - 4, colour(name)) + textElement(name, { x: x + SWATCH + 4, y });
    x += width + LEGEND_GAP;
    return text;
  });
  return { text: drawn.join("\n"), height: y + 4 };
}

function drawSwatch(mark: Entry["mark"], x: number, y: number, stroke: string): string {
  if (mark === "area") return element("rect", { x: x + 4, y: y - 5, width: 11, height: 11, fill: stroke });
  if (mark === "points") return element("circle", { cx: x + SWATCH / 2, cy: y, r: 4, fill: stroke });
  const dashes: Readonly<Record<string, string>> = mark === "reference" ? { "stroke-dasharray": "6 4" } : {};
  return element("path", { d: `M${px(x)} ${px(y)}h${px(SWATCH)}`, stroke, "stroke-width": 1.8, ...dashes });
}
