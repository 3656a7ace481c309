import type { BarsPanel } from "./figure.js";
import { scaleOf } from "./scale.js";
import { MUTED } from "./style.js";
import { element, textElement } from "./svg.js";
import { type Area, xAxis } from "./xy-panel.js";

/** Share of a bar's lane that it fills. */
const FILL = 0.72;

/**
 * Horizontal stacked bars from zero, the first on top. Throws RangeError for a negative value or one that is not finite,
 * and for a bar that has not one value for each part.
 */
export function drawBars(panel: BarsPanel, area: Area, colour: (name: string) => string): string {
  for (const { name, values } of panel.bars) {
    if (values.length !== panel.parts.length) throw new RangeError(`${name} has ${values.length} of ${panel.parts.length} parts`);
    const wrong = values.find((value) => !(value >= 0));
    if (wrong !== undefined) throw new RangeError(`${name} has a part of ${wrong}`);
  }
  const totals = panel.bars.map(({ values }) => values.reduce((sum, value) => sum + value, 0));
  const x = scaleOf({ label: panel.xLabel, scale: "linear", include: [0] }, totals);
  const lane = area.height / Math.max(1, panel.bars.length);
  const bars = panel.bars.map(({ name, values }, row) => {
    const top = area.y + (row + (1 - FILL) / 2) * lane;
    let sum = 0;
    const parts = values.map((value, part) => {
      const from = area.x + x.at(sum) * area.width;
      sum += value;
      const width = area.x + x.at(sum) * area.width - from;
      return width > 0 ? element("rect", { x: from, y: top, width, height: lane * FILL, fill: colour(panel.parts[part] ?? "") }) : "";
    });
    return [textElement(name, { x: area.x - 6, y: top + (lane * FILL) / 2 + 4, "text-anchor": "end" }), ...parts].join("");
  });
  return [xAxis(x, area, panel.xLabel), ...bars, element("rect", { ...area, fill: "none", stroke: MUTED })].join("\n");
}
