/** Families of the phones' CNNs, by the start of their names; the longest that fits counts. Fixed before any training. */
const PREFIXES: readonly (readonly [prefix: string, family: PhoneFamily])[] = [
  ["densenet", "densenet"],
  ["diracnet", "diracnet"],
  ["efficientnet_edge", "efficientnet-edge"],
  ["fdmobilenet", "mobilenet"],
  ["mobilenet", "mobilenet"],
  ["mobilenetv2", "mobilenetv2"],
  ["mobilenetv3", "mobilenetv3"],
  ["mnasnet", "mobile-nas"],
  ["proxylessnas", "mobile-nas"],
  ["spnasnet", "mobile-nas"],
  ["hardnet", "hardnet"],
  ["preresnet", "preresnet"],
  ["regnet", "regnet"],
  ["resnet", "resnet"],
  ["resnext", "resnext"],
  ["seresnet", "seresnet"],
  ["sepreresnet", "seresnet"],
  ["squeezeresnet", "squeezeresnet"],
];

export const PHONE_FAMILIES = [
  "densenet",
  "diracnet",
  "efficientnet-edge",
  "mobilenet",
  "mobilenetv2",
  "mobilenetv3",
  "mobile-nas",
  "hardnet",
  "preresnet",
  "regnet",
  "resnet",
  "resnext",
  "seresnet",
  "squeezeresnet",
] as const;

export type PhoneFamily = (typeof PHONE_FAMILIES)[number];

/** @throws RangeError for a network of no family */
export function familyOf(model: string): PhoneFamily {
  const fitting = PREFIXES.filter(([prefix]) => model.startsWith(prefix));
  const longest = fitting.reduce<(typeof PREFIXES)[number] | null>(
    (best, entry) => (best === null || entry[0].length > best[0].length ? entry : best),
    null,
  );
  if (longest === null) throw new RangeError(`The network ${model} is of no family that is listed.`);
  return longest[1];
}
