/** Row-major matrices side by side: widths [a, b] -> one matrix of width a + b. */
export function concatColumns(parts: readonly { readonly matrix: Float32Array; readonly width: number }[]): Float32Array {
  const width = parts.reduce((sum, part) => sum + part.width, 0);
  const first = parts[0];
  const rows = first === undefined ? 0 : first.matrix.length / first.width;
  const result = new Float32Array(rows * width);
  let offset = 0;
  for (const { matrix, width: partWidth } of parts) {
    for (let row = 0; row < rows; row++) {
      result.set(matrix.subarray(row * partWidth, (row + 1) * partWidth), row * width + offset);
    }
    offset += partWidth;
  }
  return result;
}
