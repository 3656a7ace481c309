/** Classical machine learning: what scikit-learn's and its kin's converters write. */
export const ML = "ai.onnx.ml";
