/** Row-major strides, in elements. */
export function stridesOf(shape: readonly number[]): readonly number[] {
  const strides = new Array<number>(shape.length).fill(1);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis] ?? 1;
  }
  return strides;
}

/**
 * The elements of a small tensor of this shape, in row-major order: each is computed from its index, one coordinate per
 * axis (the array is reused from call to call). The caller bounds the number of elements.
 */
export function fillByIndex<T>(shape: readonly number[], elementAt: (index: readonly number[]) => T): T[] {
  const count = shape.reduce((product, dim) => product * dim, 1);
  const index = new Array<number>(shape.length).fill(0);
  const elements: T[] = [];
  for (let at = 0; at < count; at++) {
    elements.push(elementAt(index));
    advance(index, shape);
  }
  return elements;
}

/** The next index in row-major order. */
function advance(index: number[], shape: readonly number[]): void {
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const next = (index[axis] ?? 0) + 1;
    if (next < (shape[axis] ?? 0)) {
      index[axis] = next;
      return;
    }
    index[axis] = 0;
  }
}

/**
 * Elements of a tensor stretched to a shape that it broadcasts to. The caller bounds the number of elements of `to`.
 */
export function broadcastElements<T>(elements: readonly T[], from: readonly number[], to: readonly number[]): T[] {
  const strides = stridesOf(from);
  const lead = to.length - from.length;
  return fillByIndex(to, (index) => {
    let offset = 0;
    for (const [axis, stride] of strides.entries()) {
      if (from[axis] !== 1) offset += (index[axis + lead] ?? 0) * stride;
    }
    return elements[offset] as T;
  });
}
