import { describe, expect, it } from "vitest";
import type { BarsPanel, Figure, XyPanel } from "./figure.js";
import { renderFigure } from "./render.js";

const scatter: XyPanel = {
  kind: "xy",
  title: "Latency against size",
  x: { label: "size, pixels", scale: "log" },
  y: { label: "latency, ms", scale: "linear", include: [0] },
  series: [
    { name: "a & b", mark: "points", points: [{ x: 1, y: 0 }, { x: 100, y: 10 }] },
    { name: "fit", mark: "line", points: [{ x: 1, y: 0 }, { x: 100, y: 9 }] },
    { name: "law", mark: "reference", points: [{ x: 1, y: 1 }, { x: 100, y: 8 }] },
  ],
};
const bars: BarsPanel = {
  kind: "bars",
  title: "Shares",
  xLabel: "share, %",
  parts: ["conv", "rest"],
  bars: [
    { name: "vgg", values: [75, 25] },
    { name: "alexnet", values: [50, 50] },
  ],
};
const figure: Figure = { title: "Sizes < costs", panels: [scatter, bars] };

/** Opening tags less closing ones, in total and never below zero: enough to see that markup nests. */
function depths(svg: string): number[] {
  let depth = 0;
  return [...svg.matchAll(/<(\/?)[a-zA-Z][^>]*?(\/?)>/g)].map(([, closing, single]) => (depth += closing ? -1 : single ? 0 : 1));
}

describe("a rendered figure", () => {
  const svg = renderFigure(figure);

  it("is one well-formed svg element of a fixed width, with its title", () => {
    expect(svg.startsWith('<svg xmlns="http://www.w3.org/2000/svg" width="880"')).toBe(true);
    expect(svg.endsWith("</svg>\n")).toBe(true);
    const all = depths(svg);
    expect(all.at(-1)).toBe(0);
    expect(all.slice(0, -1).every((depth) => depth > 0)).toBe(true);
    expect(svg).toContain("<title>Sizes &lt; costs</title>");
  });

  it("is the same bytes for the same data", () => {
    expect(renderFigure(structuredClone(figure))).toBe(svg);
  });

  it("escapes names and shows each once in the legend", () => {
    expect(svg.match(/>a &amp; b</g)).toHaveLength(1);
    expect(svg).not.toContain("a & b");
    expect(svg.match(/>rest</g)).toHaveLength(1);
  });

  it("draws points where their values are on the axes", () => {
    const dots = /<path d="M([\d.]+) ([\d.]+)h0M([\d.]+) ([\d.]+)h0"/.exec(svg)?.slice(1).map(Number) ?? [];
    const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = dots;
    const frame = /<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)" fill="none"/.exec(svg)?.slice(1).map(Number) ?? [];
    const [left = 0, top = 0, width = 0, height = 0] = frame;
    // A log axis of two decades with 4 % of space at both ends; a linear one that starts at zero.
    expect((x1 - left) / width).toBeCloseTo(0.04 / 1.08, 2);
    expect((x2 - left) / width).toBeCloseTo(1.04 / 1.08, 2);
    expect((top + height - y1) / height).toBeCloseTo(0, 2);
    expect((top + height - y2) / height).toBeCloseTo(1 / 1.04, 2);
  });

  it("stacks the parts of a bar without gaps and in proportion", () => {
    const alone = renderFigure({ title: "bars", panels: [bars] });
    const rects = [...alone.matchAll(/<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="17.3" fill="(#\w+)"\/>/g)];
    expect(rects).toHaveLength(4);
    const [[, x = "", y = "", width = "", colour = ""] = [], [, nextX = "", nextY = "", nextWidth = "", nextColour = ""] = []] = rects;
    expect(Number(x) + Number(width)).toBeCloseTo(Number(nextX), 0);
    expect(y).toBe(nextY);
    expect(Number(width) / Number(nextWidth)).toBeCloseTo(3, 1);
    expect(colour).not.toBe(nextColour);
    expect(rects[2]?.[4]).toBe(colour);
  });

  it("gives a series one colour in all panels", () => {
    const twice = renderFigure({ title: "twice", panels: [scatter, { ...scatter, series: scatter.series.toReversed() }] });
    const colours = [...twice.matchAll(/stroke="(#\w+)" stroke-width="4" stroke-linecap/g)].map(([, colour]) => colour);
    expect(colours).toHaveLength(2);
    expect(new Set(colours).size).toBe(1);
  });

  it("stays small with fifty thousand points", () => {
    const points = Array.from({ length: 50_000 }, (_, i) => ({ x: 1 + ((i * 7919) % 1000), y: (i * 104_729) % 997 }));
    const crowded = renderFigure({ title: "crowd", panels: [{ ...scatter, series: [{ name: "p", mark: "points", points }] }] });
    expect(crowded.length).toBeLessThan(60_000);
    expect(crowded.length).toBeGreaterThan(10_000);
  });

  it("refuses bars that lack a part or have a negative one, and a figure without panels", () => {
    const wrong = (values: number[]): Figure => ({ title: "wrong", panels: [{ ...bars, bars: [{ name: "vgg", values }] }] });
    expect(() => renderFigure(wrong([1]))).toThrow("vgg has 1 of 2 parts");
    expect(() => renderFigure(wrong([1, -2]))).toThrow(RangeError);
    expect(() => renderFigure({ title: "empty", panels: [] })).toThrow(RangeError);
  });
});
