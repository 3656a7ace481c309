import { buildGraph } from "../../graph/build.js";
import type { Graph } from "../../graph/types.js";
import { readOnnx } from "../../onnx/reader.js";
import type { TrainedTarget } from "../../predict/trained-target.js";
import { FAMILIES, type ZooModel, zooModel } from "../zoo/index.js";
import { candidateOf, informativeNetworks } from "./choose-networks.js";

/** The plain architecture of each family and two variants of it. */
const VARIANTS = [0, 1, 2] as const;

/** Networks to measure on a new device, by their ids in the zoo. */
export const REFERENCE_NETWORKS: readonly string[] = VARIANTS.flatMap((variant) => FAMILIES.map((family) => `${family}-${variant}`));

/** The graph of a network of the zoo as the service would read it. Throws RangeError where an id stands for none. */
export function graphOfZoo(id: string): Graph {
  return buildGraph(readOnnx(zooModel(id).onnx));
}

/** The `count` reference networks that tell most of a device like `target`, the most telling first. */
export function chooseReferences(target: TrainedTarget, count: number): ZooModel[] {
  const candidates = REFERENCE_NETWORKS.map((id) => candidateOf(id, target.classTimes(target.embed(graphOfZoo(id)), {})));
  return informativeNetworks(candidates, count).map((id) => zooModel(id));
}
