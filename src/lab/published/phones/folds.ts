import { createRandom } from "../../../model/random.js";
import { SPLIT_SEED } from "../../evaluate/splits.js";
import { familyOf, PHONE_FAMILIES, type PhoneFamily } from "./families.js";

/** Networks of known families are tested in this many turns, each network once. */
export const MEMBER_FOLDS = 4;
/** A family of fewer members is only ever trained on in these turns: without one of them it would be unknown. */
const SMALLEST_FAMILY = 3;
/** Runs on a new phone. */
export const CALIBRATION_NETWORKS = 10;

/**
 * Families left out, several at a time: every family is predicted by a model that saw none of its networks, nor any of the
 * families beside it here. Relatives (grouped convolutions, squeeze-and-excitation, mobile blocks) are in different turns.
 */
export const FAMILY_TURNS: readonly (readonly PhoneFamily[])[] = [
  ["densenet", "mobilenetv2", "resnext"],
  ["diracnet", "mobilenetv3", "seresnet"],
  ["efficientnet-edge", "preresnet", "mobilenet"],
  ["mobile-nas", "hardnet", "resnet"],
  ["regnet", "squeezeresnet"],
];

/** Phones that are left out together: the Mi 8 SE and its sibling have the same chip. */
export const DEVICE_GROUPS: readonly (readonly string[])[] = [
  ["pixel4"],
  ["mi8se", "onefusion"],
  ["a03s"],
  ["iphone7"],
  ["iphonexs"],
];

/** Networks by the turn that tests them; the members of each family spread evenly, by the seed alone. */
export function memberFolds(models: readonly string[], seed = SPLIT_SEED): readonly ReadonlySet<string>[] {
  const folds = Array.from({ length: MEMBER_FOLDS }, () => new Set<string>());
  const random = createRandom(seed);
  let next = 0;
  for (const family of PHONE_FAMILIES) {
    const members = membersOf(models, family);
    const shuffled = random.shuffle(members);
    if (members.length < SMALLEST_FAMILY) continue;
    for (const model of shuffled) folds[next++ % MEMBER_FOLDS]?.add(model);
  }
  return folds;
}

function membersOf(models: readonly string[], family: PhoneFamily): readonly string[] {
  return [...new Set(models)].filter((model) => familyOf(model) === family).sort();
}

/** The networks that run on a new phone, of those that may train; the same for all of its configurations. */
export function calibrationNetworks(models: readonly string[], seed = SPLIT_SEED): ReadonlySet<string> {
  return new Set(createRandom(seed).shuffle([...new Set(models)].sort()).slice(0, CALIBRATION_NETWORKS));
}
