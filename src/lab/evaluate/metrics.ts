export { accuracyOf, type Accuracy, type Pair } from "../../predict/accuracy.js";
