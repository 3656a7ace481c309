/** Time of one thread over some work. Wall time = CPU time + run delay + what the hypervisor took. */
export interface Interval {
  readonly wallNs: number;
  readonly cpuNs: number;
  /** Time spent runnable but waiting for the core; null where the kernel does not tell. */
  readonly runDelayNs: number | null;
}

/** One fixed piece of work: products of small matrices, and one pass over memory that no cache holds. */
export interface ProbeReading {
  readonly compute: Interval;
  readonly memory: Interval & { readonly trafficBytes: number };
}

/** A kernel that the engine ran, by its own profiler. */
export interface Kernel {
  readonly op: string;
  /** "" is ai.onnx; null: the kernel was not found in the optimised model. */
  readonly domain: string | null;
  /** Name of the (last fused) node of the model that it belongs to, or of the graph input that it reorders; null: the engine names none. */
  readonly key: string | null;
  /** Keys of the activations that it reads. */
  readonly inputs: readonly string[];
  /** Of a product, where the engine names no nodes but tells what it computes. */
  readonly macs?: number;
  /** µs over the runs; a profiler may count in whole µs, so the mean resolves more than the median. */
  readonly medianUs: number;
  readonly meanUs: number;
}

/** A model for an engine: weights are declared, not carried; the engine makes them up. */
export interface EngineModel {
  readonly onnx: Uint8Array;
  readonly inputs: readonly { readonly name: string; readonly shape: readonly number[] }[];
}

/** How long a pass lasts: until `runs` and `minMs` are reached, or else `minRuns` runs and `maxMs`. */
export interface PassOptions {
  readonly warmup: number;
  readonly runs: number;
  readonly minRuns: number;
  readonly minMs: number;
  readonly maxMs: number;
}

export interface ProfileOptions {
  readonly warmup: number;
  readonly runs: number;
  readonly minRuns: number;
  readonly maxMs: number;
}

/** Wall time of each run, and the clocks over all of them. */
export interface PassReport extends Interval {
  /** When the first timed run began, by the monotonic clock of the engine's machine. */
  readonly beginNs: number;
  readonly runsNs: readonly number[];
  /** Resident memory of the engine's process before the model was loaded; null where the system does not tell. */
  readonly beforeLoadBytes: number | null;
  /** The most that was resident from then to the end of the pass. */
  readonly peakBytes: number | null;
}

/** How a model came into the engine's own format. */
export interface Conversion {
  readonly converter: string;
  readonly version: string;
  /** Of the conversion itself, also where its result came out of the cache. */
  readonly convertMs: number;
  readonly cached: boolean;
}

export interface LoadReport {
  /** The engine's own time to create its session. */
  readonly sessionMs: number;
  /** With reading the model and making up the weights. */
  readonly totalMs: number;
  /** Null for an engine that reads ONNX. */
  readonly conversion: Conversion | null;
}

export const PRECISIONS = ["float32"] as const;
export type Precision = (typeof PRECISIONS)[number];

export interface EngineDescription {
  readonly engine: string;
  readonly engineVersion: string;
  readonly threads: number;
  readonly precision: Precision;
  /** The first of its cores. */
  readonly core: number;
  /** The cores that its threads are pinned to. */
  readonly cores: readonly number[];
  /** Process id of the process that runs the models. */
  readonly pid: number;
  /** Versions of what it runs on. */
  readonly runtime: Readonly<Record<string, string>>;
}

/**
 * An inference engine pinned to its cores, in a process of its own. Loaded models wait in numbered slots. Every call
 * throws EngineFailure where the engine refuses (its message verbatim; the engine lives on) and ProcessLost where
 * the process is gone.
 */
export interface Engine {
  readonly description: EngineDescription;
  /** Converts the model where the engine does not read ONNX. Throws ConversionFailure where that does not work. */
  load(slot: number, model: EngineModel): Promise<LoadReport>;
  unload(slot: number): Promise<void>;
  pass(slot: number, options: PassOptions): Promise<PassReport>;
  /** In a session of its own, in the order of execution; null for an engine whose profiler is not read. */
  profile(model: EngineModel, options: ProfileOptions): Promise<readonly Kernel[] | null>;
  probe(): Promise<ProbeReading>;
  close(): Promise<void>;
}

/** The engine said no, in its own words. */
export class EngineFailure extends Error {
  override readonly name: string = "EngineFailure";
}

/** The model could not be brought into the engine's format; the converter's own words. */
export class ConversionFailure extends EngineFailure {
  override readonly name = "ConversionFailure";
}
