export const ENGINE_NAMES = ["onnxruntime", "tflite", "mnn", "ncnn", "mindspore"] as const;
export type EngineName = (typeof ENGINE_NAMES)[number];

/** What sets one engine apart from the others; the rest is the same for all (python-engine.ts). */
export interface EngineKind {
  readonly name: EngineName;
  readonly title: string;
  /** Folder of its Python environment under the root of the project. */
  readonly environment: string;
  /** Environment variable that chooses another interpreter. */
  readonly interpreterVariable: string;
  /** What must be importable there for the engine to run. */
  readonly modules: readonly string[];
  /** What must be importable there to convert for it; null for an engine that reads ONNX. */
  readonly converterModules: readonly string[] | null;
}

export function isEngineName(name: string): name is EngineName {
  return ENGINE_NAMES.some((known) => known === name);
}
