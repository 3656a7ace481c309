/** An operator that runs on integers between DequantizeLinear and QuantizeLinear. */
export interface QuantizedRule {
  readonly op: string;
  readonly becomes: string;
  /** How many of its first operands are activations; what follows are weights and bias. */
  readonly activations: number;
  /** It wants the channels last. */
  readonly channelsLast?: true;
  /** It keeps the channels last where it reads them so. */
  readonly keepsChannelsLast?: true;
}

/** How an engine runs models whose tensors are quantised by pairs of QuantizeLinear and DequantizeLinear. */
export interface QuantizedFusion {
  /** Element type that all activations of an operator on integers have. */
  readonly elements: "uint8";
  readonly operators: readonly QuantizedRule[];
  /** Operators that move elements, whatever these are. */
  readonly movements: readonly string[];
}

/**
 * ONNX Runtime 1.32 on x86, read off what it makes of a MobileNetV2 and a BERT that its own tools quantised
 * (test/corpus/onnxruntime). It turns int8 into uint8 where one DequantizeLinear alone reads it, and runs only operators
 * on integers whose activations are all uint8 then.
 */
export const ONNX_RUNTIME_QUANTIZED: QuantizedFusion = {
  elements: "uint8",
  operators: [
    { op: "Conv", becomes: "QLinearConv", activations: 1, channelsLast: true },
    { op: "MatMul", becomes: "QLinearMatMul", activations: 2 },
    { op: "Gemm", becomes: "QGemm", activations: 1 },
    { op: "Add", becomes: "QLinearAdd", activations: 2 },
    { op: "Softmax", becomes: "QLinearSoftmax", activations: 1 },
    { op: "GlobalAveragePool", becomes: "QLinearGlobalAveragePool", activations: 1, keepsChannelsLast: true },
  ],
  movements: ["Reshape", "Transpose", "Flatten", "Squeeze", "Unsqueeze"],
};
