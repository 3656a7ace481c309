/** One look for all figures. */
export const WIDTH = 880;
export const FONT = "Helvetica, Arial, 'DejaVu Sans', sans-serif";
export const FONT_SIZE = 11;
/** Of a character on average; legends are laid out by it. */
export const CHARACTER_WIDTH = 6.1;
export const INK = "#222222";
export const MUTED = "#666666";
export const GRID = "#e4e4e4";
export const BACKGROUND = "#ffffff";

/** Okabe and Ito's colours, told apart by the colour-blind, and some more for what comes after them. */
const PALETTE = [
  "#0072b2",
  "#e69f00",
  "#009e73",
  "#cc79a7",
  "#56b4e9",
  "#d55e00",
  "#8c6d31",
  "#7570b3",
  "#b2b200",
  "#999999",
  "#1b1b6f",
  "#5a9e3a",
] as const;

/** Colour of the `index`th name of a figure; they repeat after twelve. */
export function colourOf(index: number): string {
  return PALETTE[index % PALETTE.length] ?? INK;
}
