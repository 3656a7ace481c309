/** What a manifest cannot tell: what a predictor is for, and what is known to be wrong with it. */
export interface CardText {
  readonly what: string;
  readonly intendedUse: string;
  readonly limits: readonly string[];
  /** Page of figures under docs/, and the command that writes it. */
  readonly evidence: { readonly page: string; readonly command: string };
}

const PUBLISHED_LIMITS = [
  "Measured idle. What a load does is carried over from a machine that was measured under load: the answer says `transferred`, and its interval is wider.",
  "What the phones' or boards' other software did while others measured them is not known, nor can the measurements be repeated here.",
] as const;

const PHONES: Omit<CardText, "what"> = {
  intendedUse:
    "Choosing between networks, engines, precisions and cores for one of these phones before anything is deployed; image networks of one input, batch 1.",
  limits: [
    ...PUBLISHED_LIMITS,
    "Families that never trained are off by two to three times as much as members of known ones; most have a higher out-of-distribution score and a wider interval, not all.",
    "What PyTorch Mobile runs was asked of PyTorch on a computer, not of a phone; batch norms that it leaves unfolded in floats are not seen in a file.",
    "A frequency below the one measured at is answered by the inverse law with an interval that reaches down to no effect; it was not learned.",
    "Seventy-five convolutional networks trained it: no transformers, no recurrent networks, no detection heads.",
  ],
  evidence: { page: "accuracy-phones.md", command: "npm run evaluate:phones -- --published FOLDER" },
};

const NAS: Omit<CardText, "what"> = {
  intendedUse: "Ranking architectures of this one search space on these devices in a search.",
  limits: [
    ...PUBLISHED_LIMITS,
    "Nothing outside the search space was seen.",
    "The tables state no engine or cores that could be checked; the kernels are those of an assumed lowering.",
  ],
  evidence: { page: "accuracy-nas.md", command: "npm run evaluate:nas -- --published FOLDER" },
};

const NO_CLOCK = "One thread, float32. No frequency control and no hardware counters were at hand, so those fields of a state have no effect.";
const RANDOM_VALUES = "Random weights and inputs: operators whose time depends on values are as fast as such values make them.";
const NO_PROFILE =
  "No profile of the engine trained it: a layer's share is what explains the latencies of whole models best, and was not compared with measured shares.";
const PROFILED_BY_KIND =
  "Profiles of the networks that train, layer by layer, train it too (docs/decisions/0024-profiles-from-outside.md); they do not tell layers of one kind and as many FLOPs apart.";

const PROFILED_BY_NAME =
  "Profiles of the networks that train, operator by operator, train it too (docs/decisions/0024-profiles-from-outside.md).";
/** Another engine's dataset of the same kind of machine, whose slowdowns train these predictors too. */
const SLOWDOWNS = "datasets/epyc-genoa-onnxruntime";

/** Of ONNX Runtime on a server, whose profiler names every kernel. */
function recordedOnnxRuntime(ownLimits: readonly string[], evidence: CardText["evidence"]): CardText {
  return {
    what: "Latency of a network on one core of a server with ONNX Runtime, idle and under load: a sum over the engine's kernels, each by factors that models of one operator and profiled networks taught together, times a slowdown by the machine's state.",
    intendedUse: "Choosing between networks for such a server before they are deployed, and what load leaves of their speed; batch and shapes are the file's.",
    limits: [
      "One virtual machine, which shares its host; another EPYC differs by a few percent at least, another processor by any factor. `tempograph calibrate` makes a target of it.",
      NO_CLOCK,
      RANDOM_VALUES,
      "A loop whose number of iterations the file does not tell is not predicted and lowers the coverage.",
      ...ownLimits,
    ],
    evidence,
  };
}

/** Of the engines that were recorded on one server without a profiler. */
function recordedEngine(engine: string, name: string, ownLimits: readonly string[], profile: string = NO_PROFILE): CardText {
  return {
    what: `Latency of a network on one core of a server with ${engine}, idle and under load: a sum over kernels, each by factors that models of one operator and networks taught together, times a slowdown by the machine's state.`,
    intendedUse: `Choosing between networks and engines for such a server before they are deployed; batch and shapes are the file's.`,
    limits: [
      "One virtual machine, which shares its host; another processor differs by any factor. `tempograph calibrate` makes a target of it.",
      NO_CLOCK,
      "What a load costs is learned from ONNX Runtime's rows on the same kind of machine as well, in more states than were measured with this engine.",
      profile,
      "Which algorithm it takes for a convolution is known of the build that was measured: another version or instruction set may choose otherwise (docs/decisions/0029-which-algorithm.md).",
      RANDOM_VALUES,
      ...ownLimits,
    ],
    evidence: {
      page: `accuracy-epyc-genoa-${name}.md`,
      command: `npm run evaluate -- --data datasets/epyc-genoa-${name} --slowdowns ${SLOWDOWNS} --parts data,random,loaded,families,three,cells,baselines,ablations,curves,memory --out docs/accuracy-epyc-genoa-${name}.md`,
    },
  };
}

export const CARD_TEXTS: ReadonlyMap<string, CardText> = new Map<string, CardText>([
  ["epyc-avx512-onnxruntime", recordedOnnxRuntime([], { page: "accuracy.md", command: "npm run evaluate" })],
  [
    "epyc-genoa-onnxruntime",
    recordedOnnxRuntime(["Neighbours on the host slowed whole passes down while it was recorded; its label is the fastest run of six passes (docs/decisions/0008-labels.md)."], {
      page: "accuracy-epyc-genoa-onnxruntime.md",
      command:
        "npm run evaluate -- --data datasets/epyc-genoa-onnxruntime --parts data,random,loaded,families,three,cells,baselines,ablations,curves,shares,memory --out docs/accuracy-epyc-genoa-onnxruntime.md",
    }),
  ],
  ["epyc-genoa-mnn", recordedEngine("MNN", "mnn", [], PROFILED_BY_NAME)],
  [
    "epyc-genoa-ncnn",
    recordedEngine(
      "ncnn",
      "ncnn",
      ["ncnn computes channels that 4 does not divide one by one, several times slower than their neighbours; networks that are made of such channels are predicted worst."],
      PROFILED_BY_KIND,
    ),
  ],
  ["epyc-genoa-mindspore", recordedEngine("MindSpore Lite", "mindspore", [])],
  ["epyc-genoa-tflite", recordedEngine("TensorFlow Lite", "tflite", ["Models were converted by onnx2tf, which turns images to channels last; another converter leaves other transpositions in them."])],
  [
    "phones-cpu",
    {
      what: "Latency on combinations of CPU cores of six phones, TensorFlow Lite and PyTorch Mobile, float32 and int8: factors of kernels times vectors of configurations, over sums by kind of kernel.",
      ...PHONES,
    },
  ],
  [
    "phones-gpu",
    {
      what: "Latency on the GPUs of six phones, TensorFlow Lite and PyTorch Mobile, float32; the model of `phones-cpu` trained on GPU rows alone.",
      ...PHONES,
      limits: [...PHONES.limits, "A GPU does not share the processor's cores: a state of the CPU has no effect and is listed as ignored."],
    },
  ],
  [
    "nasbench201",
    {
      what: "Latency of cells of NAS-Bench-201 on five devices, from the graph of the network as a service gets it, not from its choices.",
      ...NAS,
      limits: [
        ...NAS.limits,
        "On the Pixel 3 TensorFlow Lite's converter drops what reaches no output, which a graph of ONNX does not say: cells that become all but empty are predicted many times too slow, which is what the large mean error is.",
      ],
    },
  ],
  ["fbnet", { what: "Latency of networks of FBNet's search space on five devices, from the graph of the network as a service gets it.", ...NAS }],
]);
