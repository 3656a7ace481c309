/** What an engine decides by which algorithm it computes a convolution with; of several groups, each of them. One picture. */
export interface ConvolutionShape {
  readonly groups: number;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly stride: number;
  readonly dilation: number;
  /** Of a group. */
  readonly inChannels: number;
  readonly outChannels: number;
  readonly inHeight: number;
  readonly inWidth: number;
  readonly outHeight: number;
  readonly outWidth: number;
}

export interface ConvolutionAlgorithm {
  /**
   * Winograd's algorithm F(m x m, k x k) (Lavin & Gray 2016): the edge m of its output tiles. 0: another algorithm, which
   * multiplies every tap with every channel.
   */
  readonly winogradEdge: number;
  /** Tiles (pixels, where it is not Winograd's) for which the weights are read once; 0 where that is not known. */
  readonly atOnce: number;
  /** Whether the last of these takes as long as a full one. */
  readonly wholeTiles: boolean;
  /** Pixel by pixel, no matrix is made of the input. */
  readonly direct: boolean;
  /**
   * What it costs to make a matrix of the whole input first, each pixel once for each tap that reads it: that of a number of it
   * in copies of a plain number. 0: no such matrix is made.
   */
  readonly unfolding: number;
  /** One number at a time: the engine's vectors do not fit. */
  readonly scalar: boolean;
  /** What it costs to write its output number by number, in plain copies of it. */
  readonly scattering: number;
  /** Of a product of one row, whose weights are read once, as they lie. */
  readonly streamed: boolean;
  /** How many times the work of its output channels its tiles do; 1 where channels fill them. */
  readonly outputFill: number;
  /** How many times as long it takes as with channels that fill the vectors, where it is not a product. */
  readonly vectorWaste: number;
}

/** An engine's choice, on one thread. */
export type AlgorithmRule = (shape: ConvolutionShape) => ConvolutionAlgorithm;

/** A window that slides over each channel. */
export type PoolingShape = Pick<ConvolutionShape, "kernelHeight" | "kernelWidth" | "stride" | "inChannels">;

/** How many times as long an engine's pooling takes as with channels that fill the vectors. */
export type PoolingRule = (shape: PoolingShape) => number;

/** A matrix product of which no more is known. */
export const PRODUCT: ConvolutionAlgorithm = {
  winogradEdge: 0,
  atOnce: 0,
  wholeTiles: false,
  direct: false,
  unfolding: 0,
  scattering: 0,
  streamed: false,
  scalar: false,
  outputFill: 1,
  vectorWaste: 1,
};
/** A depthwise convolution's own kernel. */
export const DEPTHWISE: ConvolutionAlgorithm = { ...PRODUCT, direct: true };

/** How many times as long a row gets that is filled up to whole tiles. */
export const filled = (length: number, tile: number): number => (length > 0 && tile > 0 ? (Math.ceil(length / tile) * tile) / length : 1);

export function isDepthwise({ groups, inChannels, outChannels }: ConvolutionShape): boolean {
  return groups > 1 && inChannels === 1 && outChannels === 1;
}

/** Edges of input tiles whose transforms engines have written out. */
const INPUT_TILES: readonly number[] = [4, 6, 8];
const LEAST_EDGE = 2;
const MOST_EDGE = 8;

/** Square windows at every pixel: what Winograd's algorithm is for. */
export function allowsWinograd({ kernelHeight, kernelWidth, stride, dilation }: ConvolutionShape): boolean {
  return kernelHeight === kernelWidth && kernelWidth > 1 && stride === 1 && dilation === 1;
}

/** Edges of output tiles that MNN and MindSpore Lite consider where `pixels` are computed at once: larger planes, larger tiles. */
export function winogradEdges({ kernelWidth, outHeight, outWidth }: ConvolutionShape, pixels: number): readonly number[] {
  const most = Math.floor(Math.sqrt(Math.ceil((outHeight * outWidth) / pixels)));
  const last = Math.max(LEAST_EDGE, Math.min(MOST_EDGE, most));
  return INPUT_TILES.map((tile) => tile - kernelWidth + 1).filter((edge) => edge >= LEAST_EDGE && edge <= last);
}

/** Tiles of this edge that cover the output. */
export function tilesOf({ outHeight, outWidth }: ConvolutionShape, edge: number): number {
  return Math.ceil(outHeight / edge) * Math.ceil(outWidth / edge);
}
