import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { lookupOperator } from "../../src/ops/index.js";

/** Names of all schemas of com.microsoft in ONNX Runtime 1.32, `onnxruntime_pybind11_state.get_all_operator_schema()`. */
const schemas = JSON.parse(
  readFileSync(join(import.meta.dirname, "onnxruntime", "contrib-schemas.json"), "utf8"),
) as readonly string[];

/** Those that are read as unknown operators, by the reason. */
const UNKNOWN: Readonly<Record<string, readonly string[]>> = {
  "of training, or of experiments before ai.onnx had their like": [
    "AttnLSTM", "BitmaskBiasDropout", "BitmaskDropout", "IsAllFinite", "MaxpoolWithMask", "MulInteger", "MurmurHash3",
    "ReduceSumInteger", "SampleOp", "SparseToDenseMatMul", "Tokenizer", "TorchEmbedding", "UnfoldTensor", "WordConvEmbedding",
  ],
  "what a device was given compiled: nobody can tell what is in it": ["EPContext", "Snpe"],
  "search, speech and n-grams whose sizes depend on the data": [
    "BifurcationDetector", "DynamicTimeWarping", "NGramHashMapping", "NGramRepeatBlock", "VarlenNGramHashMapping",
  ],
  "of GPUs, one network each, new in 1.32": [
    "BranchwiseRMSNorm", "CausalConvWithState", "ConvStateReplay", "DynamicSparseAttention", "EngramGate", "GatedAdd",
    "GatedDeltaNet", "GatedDeltaNetStateReplay", "GatedRMSNorm", "GatherPacked", "HyperConnectionLowRankMix",
    "HyperConnectionPostMix", "HyperConnectionPreMix", "LinearAttention", "LinearAttentionGate", "MRotaryEmbedding",
    "Mamba2Verify", "MatMulBlockQuantizedFp4Weight", "MatMulBlockQuantizedFp8Weight", "MatMulNBitsMlp", "MatMulNBitsQLoRA",
    "MatMulNBitsQkv", "MatMulPacked", "MoEGroupRouter", "MoEPacked", "PackedSparseAttentionIndexer",
    "PackedSparseAttentionIndexerMerge", "PagedAttention", "RMSNormRotary", "RouterGateUpProj", "ScaledSiLU",
    "SparseAttentionIndexer", "SparsePagedAttention", "SpeculativePrefixCommit", "SwiGLU", "VarlenCausalConvWithState",
  ],
  "rarely written": [
    "DecoderAttention", "DequantizeBFP", "Irfft", "MatMulFpQ4", "QuantizeBFP", "Rfft",
  ],
};

describe("the operators of ONNX Runtime's own domain", () => {
  it("are known, but for those that are listed", () => {
    const unknown = schemas.filter((name) => lookupOperator("com.microsoft", name, 1) === undefined);
    expect(unknown).toEqual(Object.values(UNKNOWN).flat().sort());
    expect(schemas).toHaveLength(150);
  });
});
