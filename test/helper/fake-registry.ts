import type { HardwareState } from "../../src/features/state.js";
import type { Graph } from "../../src/graph/types.js";
import type {
  EmbeddedModel,
  Prediction,
  TargetInfo,
  TargetPredictor,
  TargetRegistry,
} from "../../src/predict/types.js";

interface FakeEmbedding extends EmbeddedModel {
  readonly graph: Graph;
}

/**
 * A FAKE predictor: one millisecond for each GFLOP, doubled by a full utilization. It learns nothing and measures
 * nothing; it stands where a test is about HTTP or storage and not about latency.
 */
export class FakePredictor implements TargetPredictor {
  embedCalls = 0;

  constructor(readonly info: TargetInfo) {}

  embed(graph: Graph): FakeEmbedding {
    this.embedCalls++;
    return { modelId: graph.modelId, target: this.info.target, graph };
  }

  predict(model: EmbeddedModel, state: HardwareState): Prediction {
    const { graph } = model as FakeEmbedding;
    const known = graph.nodes.filter((node) => node.cost !== null);
    const latencyMs = (known.length / 100 + graph.totals.flops / 1e9) * (1 + (state.utilization ?? 0));
    const share = graph.nodes.length === 0 ? 0 : known.length / graph.nodes.length;
    return {
      latencyMs,
      interval: { lowMs: 0.9 * latencyMs, highMs: 1.1 * latencyMs, coverage: 0.9 },
      layers: known.map((node) => ({
        name: node.name,
        opType: node.opType,
        latencyMs: latencyMs / known.length,
        flops: node.cost?.flops ?? 0,
        bytes: (node.cost?.bytesRead ?? 0) + (node.cost?.bytesWritten ?? 0),
      })),
      coverage: { nodes: share, flops: share, unsupportedOps: [...graph.unsupported.keys()] },
      outOfDistribution: { flag: false, score: 0, reasons: [] },
      state: { used: state, imputed: state.utilization === undefined ? ["utilization"] : [], ignored: [], stateEffect: "none" },
      memory: { peakActivationBytes: graph.totals.peakActivationBytes, weightBytes: graph.totals.weightBytes },
      modelId: graph.modelId,
      target: this.info.target,
      predictor: this.info.predictor,
    };
  }
}

function fakeInfo(target: string): TargetInfo {
  const [device = "", engine = "", precision = "", cores = ""] = target.split(".");
  return {
    target,
    device,
    engine,
    precision,
    cores,
    machine: "none: a fake for tests",
    predictor: "fake",
    version: "0",
    data: "none",
    metrics: [{ split: "none", within5Percent: 0, within10Percent: 0, mapePercent: 0, rmspePercent: 0, rows: 0 }],
  };
}

export const FAKE_TARGET = "fake.engine.float32.1core";
export const OTHER_FAKE_TARGET = "fake.engine.float32.2cores";

/** A registry of two fake predictors. */
export function fakeRegistry(): TargetRegistry & { readonly predictors: ReadonlyMap<string, FakePredictor> } {
  const predictors = new Map(
    [FAKE_TARGET, OTHER_FAKE_TARGET].map((target) => [target, new FakePredictor(fakeInfo(target))] as const),
  );
  return {
    predictors,
    defaultTarget: FAKE_TARGET,
    list: () => [...predictors.values()].map((predictor) => predictor.info),
    get: (target) => predictors.get(target),
  };
}
