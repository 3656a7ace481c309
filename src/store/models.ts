import { LRUCache } from "lru-cache";
import type { Graph } from "../graph/types.js";
import type { EmbeddedModel, TargetId, TargetPredictor } from "../predict/types.js";
import { digestNames, estimateGraphBytes } from "./graph-size.js";

/** A graph that was sent before, and what each target made of it. */
export interface StoredModel {
  readonly graph: Graph;
  /** modelId and names: models that differ in names alone share an id, but must not answer with each other's names. */
  readonly variant: string;
  readonly embeddings: ReadonlyMap<TargetId, EmbeddedModel>;
}

/** Where models that were sent before are kept. */
export interface ModelStore {
  /** The model with this id; of several that differ in names only, the one sent last. */
  find(modelId: string): Promise<StoredModel | undefined>;
  /** Keeps a graph, or finds that it is kept: `model` is then the one that was, with its embeddings. */
  put(graph: Graph): Promise<{ model: StoredModel; created: boolean }>;
  /** The model prepared for a target, from the store when it has been before. Throws what `predictor.embed` throws. */
  embed(model: StoredModel, predictor: TargetPredictor): EmbeddedModel;
  readonly usage: { readonly models: number; readonly bytes: number };
}

export interface ModelStoreLimits {
  readonly maxModels: number;
  /** Bound on the estimated heap of all graphs and embeddings. */
  readonly maxBytes: number;
}

const DEFAULT_LIMITS: ModelStoreLimits = { maxModels: 2_000, maxBytes: 512 * 2 ** 20 };

const EMBEDDING_BYTES_PER_NODE = 600;

interface MemoryModel extends StoredModel {
  readonly graphBytes: number;
  readonly embeddings: Map<TargetId, EmbeddedModel>;
}

/** Models in this process's memory; the least recently used go first. */
export class MemoryModelStore implements ModelStore {
  readonly #models: LRUCache<string, MemoryModel>;
  readonly #variantOfId: LRUCache<string, string>;

  constructor(limits: Partial<ModelStoreLimits> = {}) {
    const { maxModels, maxBytes } = { ...DEFAULT_LIMITS, ...limits };
    this.#models = new LRUCache({
      max: maxModels,
      maxSize: maxBytes,
      sizeCalculation: ({ graphBytes, graph, embeddings }) =>
        1 + graphBytes + embeddings.size * graph.nodes.length * EMBEDDING_BYTES_PER_NODE,
    });
    this.#variantOfId = new LRUCache({ max: maxModels });
  }

  get usage() {
    return { models: this.#models.size, bytes: this.#models.calculatedSize };
  }

  find(modelId: string): Promise<StoredModel | undefined> {
    return Promise.resolve(this.#get(this.#variantOfId.get(modelId)));
  }

  put(graph: Graph): Promise<{ model: StoredModel; created: boolean }> {
    const variant = `${graph.modelId}.${digestNames(graph)}`;
    const known = this.#models.get(variant);
    const model = known ?? { graph, variant, graphBytes: estimateGraphBytes(graph), embeddings: new Map() };
    if (known === undefined) this.#models.set(variant, model);
    this.#variantOfId.set(graph.modelId, variant);
    return Promise.resolve({ model, created: known === undefined });
  }

  embed(model: StoredModel, predictor: TargetPredictor): EmbeddedModel {
    const { target } = predictor.info;
    const kept = this.#models.get(model.variant);
    const embedded = kept?.embeddings.get(target) ?? predictor.embed(model.graph);
    if (kept !== undefined && !kept.embeddings.has(target)) {
      kept.embeddings.set(target, embedded);
      this.#models.set(model.variant, { ...kept }); // set again, because the size of an entry is taken when it is set
    }
    return embedded;
  }

  #get(variant: string | undefined): MemoryModel | undefined {
    return variant === undefined ? undefined : this.#models.get(variant);
  }
}
