import { readOnnx } from "../../onnx/reader.js";
import type { EngineModel } from "../engines/engine.js";

/**
 * A model for engines out of an ONNX file: its bytes, and the inputs that a caller feeds, sized.
 *
 * @param dims sizes of open dimensions by their names
 * @throws RangeError that names the input where a dimension stays open, ModelError where the file cannot be read
 */
export function readModel(name: string, onnx: Uint8Array, dims: ReadonlyMap<string, number> = new Map()): EngineModel {
  const { graph } = readOnnx(onnx);
  const initializers = new Set(graph.initializers.map((tensor) => tensor.name));
  const inputs = graph.inputs
    .filter((input) => !initializers.has(input.name))
    .map((input) => ({
      name: input.name,
      shape: (input.shape ?? []).map((dim) => {
        const size = typeof dim === "string" ? dims.get(dim) : dim;
        if (typeof size === "number") return size;
        throw new RangeError(`${name}: input ${input.name} has an open dimension${typeof dim === "string" ? `, ${dim}` : ""}`);
      }),
    }));
  return { onnx, inputs };
}
