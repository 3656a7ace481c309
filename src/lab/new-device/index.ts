export { EngineFailure } from "../engines/engine.js";
export { UnreadableOutput } from "../engines/android/report.js";
export { ProcessLost } from "../engines/line-process.js";
export { networksOfLog } from "./benchncnn-networks.js";
export { localProblem, measureHere } from "./measure-here.js";
export { writeNetworks } from "./write-networks.js";
export { chooseReferences, graphOfZoo, REFERENCE_NETWORKS } from "./reference-networks.js";
