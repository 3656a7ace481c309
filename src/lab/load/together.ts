import type { GeneratorTotals } from "./generator.js";
import type { Reporter } from "./state.js";

/** Several generators as one: their mean share of a core, and all their traffic. Null where there is none. */
export function together(generators: readonly Reporter[]): Reporter | null {
  if (generators.length === 0) return null;
  return {
    report: async () => {
      const totals = await Promise.all(generators.map((generator) => generator.report()));
      const sum = (field: keyof GeneratorTotals) => totals.reduce((all, each) => all + each[field], 0);
      const { length } = totals;
      return { atNs: sum("atNs") / length, cpuNs: sum("cpuNs") / length, trafficBytes: sum("trafficBytes") };
    },
  };
}
