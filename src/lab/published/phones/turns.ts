import { calibrationNetworks, DEVICE_GROUPS, FAMILY_TURNS, memberFolds } from "./folds.js";
import type { PhoneSample } from "./samples.js";
import { tellingNetworks } from "./telling-networks.js";

/** What is left out together, and what may train for it. */
export interface Turn {
  readonly fold: string;
  readonly known: readonly PhoneSample[];
  /** Runs that place a phone that was left out; none where networks are left out. */
  readonly runs: readonly PhoneSample[];
  readonly test: readonly PhoneSample[];
}

export const LEFT_OUT = ["members", "families", "devices", "devices-chosen"] as const;
export type LeftOut = (typeof LEFT_OUT)[number];

/** The turns of a split; fixed by seed and lists alone (see folds.ts). */
export const TURNS: Readonly<Record<LeftOut, (samples: readonly PhoneSample[]) => readonly Turn[]>> = {
  members: memberTurns,
  families: familyTurns,
  devices: (samples) => deviceTurns(samples, (_, models) => calibrationNetworks(models)),
  "devices-chosen": (samples) => deviceTurns(samples, tellingNetworks),
};

/** Names of the networks that place a phone. */
export const placingNetworks = ({ runs }: Turn): readonly string[] => [...new Set(runs.map(({ row }) => row.model))].sort();

/** Other members of known families: every network of a family of three and more is left out once. */
function memberTurns(samples: readonly PhoneSample[]): readonly Turn[] {
  return memberFolds(samples.map(({ row }) => row.model)).map((test, fold) =>
    turnOf(`members ${fold + 1}`, samples, ({ row }) => test.has(row.model)),
  );
}

/** Every family is left out once, all of its members at a time, in the turns of FAMILY_TURNS. */
function familyTurns(samples: readonly PhoneSample[]): readonly Turn[] {
  return FAMILY_TURNS.map((families) => {
    const left: ReadonlySet<string> = new Set(families);
    return turnOf(families.join(", "), samples, ({ family }) => left.has(family));
  });
}

/**
 * Every phone is left out once. Of its runs, those of ten networks place it, which `choose` names; the networks that test are
 * the first turn's of the members, so that neither phone nor network is known.
 */
function deviceTurns(samples: readonly PhoneSample[], choose: (known: readonly PhoneSample[], models: readonly string[]) => ReadonlySet<string>): readonly Turn[] {
  const test = memberFolds(samples.map(({ row }) => row.model))[0] ?? new Set<string>();
  const models = commonModels(samples).filter((model) => !test.has(model));
  return DEVICE_GROUPS.map((group) => {
    const isNew = ({ row }: PhoneSample): boolean => group.includes(row.device);
    const known = samples.filter((sample) => !isNew(sample) && !test.has(sample.row.model));
    const ten = choose(known, models);
    return {
      fold: group.join(" and "),
      known,
      runs: samples.filter((sample) => isNew(sample) && ten.has(sample.row.model)),
      test: samples.filter((sample) => isNew(sample) && test.has(sample.row.model)),
    };
  });
}

function turnOf(fold: string, samples: readonly PhoneSample[], isTest: (sample: PhoneSample) => boolean): Turn {
  return { fold, known: samples.filter((sample) => !isTest(sample)), runs: [], test: samples.filter(isTest) };
}

/** Networks that every engine ran. */
function commonModels(samples: readonly PhoneSample[]): readonly string[] {
  const engines = new Set(samples.map(({ row }) => row.engine));
  return [...new Set(samples.map(({ row }) => row.model))].filter((model) =>
    [...engines].every((engine) => samples.some(({ row }) => row.model === model && row.engine === engine)),
  );
}
