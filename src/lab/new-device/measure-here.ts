import os from "node:os";
import { label, type LabelOptions } from "../dataset/label.js";
import { LOCAL_DEVICE } from "../devices/local.js";
import type { PassOptions } from "../engines/engine.js";
import { ENGINES, engineProblem, PythonEngine } from "../engines/index.js";
import { otherCore, pinSelf } from "../measure/pin.js";
import type { ZooModel } from "../zoo/index.js";

const SLOT = 0;
/** Passes of one network lie apart, so that no disturbance hits all of them. */
const ROUNDS = 3;
const PASS: PassOptions = { warmup: 2, runs: 50, minRuns: 5, minMs: 300, maxMs: 1_500 };

/** Of three passes the fastest: noise only adds time. */
const LABEL: LabelOptions = { runs: 0.1, passes: 0, probeExponent: 0 };
/** Share of the time that the engine waits for its core on a machine that is not idle. */
const BUSY = 0.05;

export interface MeasuredHere {
  readonly id: string;
  readonly latencyMs: number;
}

/** Why ONNX Runtime cannot measure on this machine and what to do about it, or null. */
export function localProblem(): Promise<string | null> {
  return engineProblem(LOCAL_DEVICE, "onnxruntime");
}

/**
 * Measures networks with ONNX Runtime on one core of this machine, in three rounds; this process keeps to another core.
 *
 * @throws EngineFailure, ProcessLost with the engine's words
 */
export async function measureHere(models: readonly ZooModel[], remark: (text: string) => void, stop: AbortSignal): Promise<MeasuredHere[]> {
  const core = os.cpus().length - 1;
  const own = otherCore([core]);
  if (own !== null) pinSelf(own);
  const engine = await PythonEngine.start(ENGINES.onnxruntime, { cores: [core] });
  const passes = new Map(models.map(({ id }) => [id, [] as { runsUs: readonly number[] }[]]));
  let ran = 0;
  let waited = 0;
  try {
    for (let round = 1; round <= ROUNDS; round++) {
      remark(`round ${round} of ${ROUNDS}`);
      for (const model of models) {
        if (stop.aborted) return [];
        await engine.load(SLOT, model);
        const { runsNs, cpuNs, runDelayNs } = await engine.pass(SLOT, PASS);
        ran += cpuNs;
        waited += runDelayNs ?? 0;
        await engine.unload(SLOT);
        passes.get(model.id)?.push({ runsUs: runsNs.map((ns) => ns / 1000) });
      }
    }
  } finally {
    await engine.close();
  }
  const waiting = waited / Math.max(1, ran + waited);
  if (waiting > BUSY) remark(`the machine was busy: the engine waited for its core ${(100 * waiting).toFixed(0)} % of the time; measure again when it is idle`);
  return [...passes].map(([id, list]) => ({ id, latencyMs: label(list, undefined, LABEL) / 1000 }));
}
