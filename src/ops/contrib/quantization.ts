/** FLOPs of quantizing and dequantizing an element, as in `../quantize.ts`. */
export const QUANTIZE = 4;
export const DEQUANTIZE = 2;
/** Two comparisons find the range first. */
export const DYNAMIC_QUANTIZE = 6;
