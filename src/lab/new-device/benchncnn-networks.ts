import { parseBenchncnn } from "../engines/android/benchncnn.js";

/** benchncnn's networks that the zoo has with the same layers and input; others differ in one of them. */
const IN_THE_ZOO: ReadonlyMap<string, string> = new Map([
  ["mobilenet", "mobilenetv1-0"],
  ["mobilenet_v2", "mobilenetv2-0"],
  ["resnet50", "resnet-0"],
  ["vgg16", "vgg-0"],
]);

/** One line of a log. */
export interface LoggedNetwork {
  /** As benchncnn calls it. */
  readonly name: string;
  /** Its id in the zoo, or null. */
  readonly zoo: string | null;
  /** Of the fastest run: noise only adds time. */
  readonly latencyMs: number;
}

/** The networks of a benchncnn log. Throws UnreadableOutput where it holds none. */
export function networksOfLog(log: string): LoggedNetwork[] {
  return parseBenchncnn(log).map(({ model, minUs, meanUs }) => {
    const name = model ?? "";
    return { name, zoo: IN_THE_ZOO.get(name) ?? null, latencyMs: (minUs ?? meanUs) / 1000 };
  });
}
