import type { ZooModel } from "../zoo/index.js";
import { convolutionSweep, FAMILIES, operatorSweep, patternSweep, Rng, zooModel } from "../zoo/index.js";
import { readExport } from "./exports.js";
import { shuffled } from "./order.js";
import type { Plan } from "./plan.js";

/** The models of a plan by id; network variants are built when they are first asked for. */
export class Catalog {
  readonly sweepIds: readonly string[];
  readonly idleIds: readonly string[];
  private readonly builders = new Map<string, () => ZooModel>();
  private readonly built = new Map<string, ZooModel>();

  constructor(plan: Plan) {
    const { convolutions, operators, patterns = 0 } = plan.sweep;
    const items = [...convolutionSweep(convolutions, plan.seed), ...operatorSweep(operators, plan.seed), ...patternSweep(patterns, plan.seed)];
    for (const item of items) this.builders.set(item.id, () => item);
    this.sweepIds = items.map(({ id }) => id);
    const { families = FAMILIES, files = [], firstVariant = 0, variantsPerFamily } = plan.idle;
    for (const name of files) this.builders.set(name, () => readExport(name));
    const variants = families.flatMap((family) =>
      Array.from({ length: variantsPerFamily }, (_, i) => {
        const id = `${family}-${firstVariant + i}`;
        this.builders.set(id, () => zooModel(id));
        return id;
      }),
    );
    this.idleIds = [...variants, ...files];
  }

  /** Throws RangeError for an id that is not in the plan. */
  get(id: string): ZooModel {
    const known = this.built.get(id);
    if (known !== undefined) return known;
    const build = this.builders.get(id);
    if (build === undefined) throw new RangeError(`no model ${id} in this plan`);
    const model = build();
    this.built.set(id, model);
    return model;
  }

  /** The ids of one part in the order of one round. */
  roundOrder(part: "sweep" | "idle", round: number, seed: string): readonly string[] {
    return shuffled(part === "sweep" ? this.sweepIds : this.idleIds, new Rng(`${seed}/${part}/${round}`));
  }
}
