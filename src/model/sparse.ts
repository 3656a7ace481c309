import type { CsrMatrix } from "../graph/types.js";

/**
 * A sparse matrix [rowCount, columnCount] in compressed rows: row i holds values[k] at columns[k] for k in
 * rowOffsets[i] .. rowOffsets[i + 1].
 */
export interface SparseMatrix {
  readonly rowCount: number;
  readonly columnCount: number;
  readonly rowOffsets: Uint32Array;
  readonly columns: Uint32Array;
  readonly values: Float32Array;
}

/**
 * D^-1/2 (A + A^T + I) D^-1/2 with D the row sums: the propagation matrix of Kipf and Welling, "Semi-supervised
 * classification with graph convolutional networks" (ICLR 2017), eq. 2, for the undirected form of a directed graph.
 */
export function normalizedAdjacency(adjacency: CsrMatrix): SparseMatrix {
  const { size, rowOffsets, columns } = adjacency;
  const degrees = new Uint32Array(size).fill(1);
  for (let row = 0; row < size; row++) {
    for (let k = at(rowOffsets, row); k < at(rowOffsets, row + 1); k++) {
      bump(degrees, row);
      bump(degrees, at(columns, k));
    }
  }
  const offsets = prefixSums(degrees);
  const cursor = offsets.slice(0, size);
  const neighbours = new Uint32Array(at(offsets, size));
  const values = new Float32Array(neighbours.length);
  const put = (row: number, column: number): void => {
    const slot = at(cursor, row);
    neighbours[slot] = column;
    values[slot] = 1 / Math.sqrt(at(degrees, row) * at(degrees, column));
    cursor[row] = slot + 1;
  };
  for (let row = 0; row < size; row++) {
    put(row, row);
    for (let k = at(rowOffsets, row); k < at(rowOffsets, row + 1); k++) {
      put(row, at(columns, k));
      put(at(columns, k), row);
    }
  }
  return { rowCount: size, columnCount: size, rowOffsets: offsets, columns: neighbours, values };
}

/**
 * Several graphs as one without edges between them: their matrices along the diagonal of a larger one, so that a batch
 * is one product.
 */
export function blockDiagonal(blocks: readonly SparseMatrix[]): SparseMatrix {
  const rowCount = sum(blocks.map((block) => block.rowCount));
  const columnCount = sum(blocks.map((block) => block.columnCount));
  const entries = sum(blocks.map((block) => block.values.length));
  const rowOffsets = new Uint32Array(rowCount + 1);
  const columns = new Uint32Array(entries);
  const values = new Float32Array(entries);
  let [row, column, entry] = [0, 0, 0];
  for (const block of blocks) {
    for (let i = 0; i < block.rowCount; i++) rowOffsets[row + i] = entry + at(block.rowOffsets, i);
    for (let k = 0; k < block.columns.length; k++) columns[entry + k] = column + at(block.columns, k);
    values.set(block.values, entry);
    row += block.rowCount;
    column += block.columnCount;
    entry += block.values.length;
  }
  rowOffsets[rowCount] = entry;
  return { rowCount, columnCount, rowOffsets, columns, values };
}

/**
 * The matrix [segments, rows] that reduces rows to segments when multiplied from the left: row i belongs to segment
 * `segmentOf[i]`, with weight 1 ("sum") or 1 / the segment's number of rows ("mean"; an empty segment gives 0).
 *
 * @throws RangeError for a segment outside 0 .. segmentCount.
 */
export function segmentMatrix(
  segmentOf: ArrayLike<number>,
  segmentCount: number,
  reduction: "sum" | "mean",
): SparseMatrix {
  const counts = new Uint32Array(segmentCount);
  for (let row = 0; row < segmentOf.length; row++) {
    const segment = segmentOf[row] ?? -1;
    if (!(Number.isInteger(segment) && segment >= 0 && segment < segmentCount)) {
      throw new RangeError(`Row ${row} belongs to segment ${segment} of ${segmentCount}.`);
    }
    bump(counts, segment);
  }
  const rowOffsets = prefixSums(counts);
  const cursor = rowOffsets.slice(0, segmentCount);
  const columns = new Uint32Array(segmentOf.length);
  const values = new Float32Array(segmentOf.length);
  for (let row = 0; row < segmentOf.length; row++) {
    const segment = segmentOf[row] ?? 0;
    const slot = at(cursor, segment);
    columns[slot] = row;
    values[slot] = reduction === "sum" ? 1 : 1 / at(counts, segment);
    cursor[segment] = slot + 1;
  }
  return { rowCount: segmentCount, columnCount: segmentOf.length, rowOffsets, columns, values };
}

/** Segment numbers of consecutive runs: sizes [2, 1] give [0, 0, 1]. */
export function segmentsOfSizes(sizes: readonly number[]): Uint32Array {
  const segmentOf = new Uint32Array(sum(sizes));
  let start = 0;
  for (const [segment, size] of sizes.entries()) {
    segmentOf.fill(segment, start, start + size);
    start += size;
  }
  return segmentOf;
}

const transposes = new WeakMap<SparseMatrix, SparseMatrix>();

/** The transposed matrix, computed once per matrix. */
export function transposed(matrix: SparseMatrix): SparseMatrix {
  const known = transposes.get(matrix);
  if (known !== undefined) return known;
  const counts = new Uint32Array(matrix.columnCount);
  for (const column of matrix.columns) bump(counts, column);
  const rowOffsets = prefixSums(counts);
  const cursor = rowOffsets.slice(0, matrix.columnCount);
  const columns = new Uint32Array(matrix.columns.length);
  const values = new Float32Array(matrix.values.length);
  for (let row = 0; row < matrix.rowCount; row++) {
    for (let k = at(matrix.rowOffsets, row); k < at(matrix.rowOffsets, row + 1); k++) {
      const column = at(matrix.columns, k);
      const slot = at(cursor, column);
      columns[slot] = row;
      values[slot] = matrix.values[k] ?? 0;
      cursor[column] = slot + 1;
    }
  }
  const result: SparseMatrix = {
    rowCount: matrix.columnCount,
    columnCount: matrix.rowCount,
    rowOffsets,
    columns,
    values,
  };
  transposes.set(matrix, result);
  transposes.set(result, matrix);
  return result;
}

/**
 * Sparse times dense, both row-major: [rowCount, columnCount] x [columnCount, width] -> [rowCount, width].
 *
 * @throws RangeError when `dense` does not hold columnCount rows of `width`.
 */
export function sparseTimesDense(matrix: SparseMatrix, dense: Float32Array, width: number): Float32Array {
  const { rowCount, columnCount, rowOffsets, columns, values } = matrix;
  if (dense.length !== columnCount * width) {
    throw new RangeError(`A dense matrix of ${dense.length} elements is not [${columnCount}, ${width}].`);
  }
  const product = new Float32Array(rowCount * width);
  for (let row = 0; row < rowCount; row++) {
    const target = row * width;
    const end = at(rowOffsets, row + 1);
    for (let k = at(rowOffsets, row); k < end; k++) {
      const weight = values[k] ?? 0;
      const source = at(columns, k) * width;
      for (let j = 0; j < width; j++) {
        product[target + j] = (product[target + j] ?? 0) + weight * (dense[source + j] ?? 0);
      }
    }
  }
  return product;
}

// The indices are in range by construction, so the fallback never applies; it costs nothing once compiled.
function at(array: Uint32Array, index: number): number {
  return array[index] ?? 0;
}

function bump(counts: Uint32Array, index: number): void {
  counts[index] = at(counts, index) + 1;
}

function prefixSums(counts: Uint32Array): Uint32Array {
  const sums = new Uint32Array(counts.length + 1);
  for (let i = 0; i < counts.length; i++) sums[i + 1] = at(sums, i) + at(counts, i);
  return sums;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
