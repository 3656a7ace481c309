/** Side in pixels of the cells that one point is kept of, at first. */
const FIRST_CELL = 1;
const GROWTH = 1.25;

/** A point where it will be drawn. */
export type Pixel = readonly [x: number, y: number];

/**
 * At most `limit` points over all lists: of the points of a list that fall into one cell of a grid the first is kept, and
 * the cells grow until few enough are left. Lone points survive, crowds become thinner; the same points give the same
 * result.
 */
export function thinned(lists: readonly (readonly Pixel[])[], limit: number): (readonly Pixel[])[] {
  let kept = lists;
  // A list never loses its last point, so that there is an end whatever the limit.
  const most = Math.max(limit, lists.length);
  for (let cell = FIRST_CELL; kept.reduce((sum, points) => sum + points.length, 0) > most; cell *= GROWTH) {
    kept = kept.map((points) => onePerCell(points, cell));
  }
  return [...kept];
}

function onePerCell(points: readonly Pixel[], cell: number): Pixel[] {
  const taken = new Set<string>();
  return points.filter(([x, y]) => {
    const key = `${Math.floor(x / cell)},${Math.floor(y / cell)}`;
    if (taken.has(key)) return false;
    taken.add(key);
    return true;
  });
}
