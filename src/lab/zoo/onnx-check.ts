import type { EngineModel } from "../engines/engine.js";
import { LineProcess } from "../engines/line-process.js";
import { inputShapes } from "../engines/model-shapes.js";
import { findPython, pythonScript } from "../engines/python.js";

const TIMEOUT_MS = 300_000;

interface CheckedOutput {
  readonly name: string;
  readonly shape: readonly number[];
  readonly finite: boolean;
}

/** Holds models against ONNX's own checker and shape inference, and runs each once in ONNX Runtime. */
export class OnnxCheck {
  private constructor(private readonly process: LineProcess) {}

  /** Throws Error that says how to get one where there is no Python for it. */
  static start(): OnnxCheck {
    return new OnnxCheck(new LineProcess(findPython(), [pythonScript("zoo_checker.py")], { timeoutMs: TIMEOUT_MS }));
  }

  /**
   * What came out of one run. Throws RequestRefused with the words of the checker or the engine where one of them refuses
   * the model, or a shape that came out is not the one that was declared and inferred; ProcessLost where Python died.
   */
  async check(model: EngineModel): Promise<readonly CheckedOutput[]> {
    const answer = await this.process.request("check", { inputs: inputShapes(model) }, model.onnx);
    return answer["outputs"] as readonly CheckedOutput[];
  }

  /** Never throws. */
  close(): Promise<void> {
    return this.process.close();
  }
}
