/** Lists of numbers, one behind the other: list i is items[offsets[i] .. offsets[i + 1]). */
export interface Lists {
  readonly offsets: Uint32Array;
  readonly items: Uint32Array;
}
