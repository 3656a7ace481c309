import type { Converter } from "../engines/converter.js";
import { ConversionFailure } from "../engines/engine.js";
import { ProcessLost } from "../engines/line-process.js";
import type { Catalog } from "./catalog.js";

/** How many models of a plan an engine's converter took and refused. */
export interface ConversionTally {
  readonly converted: number;
  readonly refused: number;
}

/**
 * Converts every model of a plan into the cache, so that a run finds them there and measures without a pause. A model
 * that is refused, or whose conversion takes the converter down, is counted: the run makes a row of it.
 *
 * @param workers each gives a converter of its own that is alive; models go to whichever is free
 */
export async function convertModels(
  catalog: Pick<Catalog, "sweepIds" | "idleIds" | "get">,
  workers: readonly (() => Promise<Pick<Converter, "convert">>)[],
  { stop, onModel }: { readonly stop: AbortSignal; readonly onModel: (part: "sweep" | "idle", outcome: "measured" | "failed") => void },
): Promise<ConversionTally> {
  let converted = 0;
  let refused = 0;
  // Shared by all workers: each takes the next model.
  const models = [...catalog.idleIds.map((id) => ["idle", id] as const), ...catalog.sweepIds.map((id) => ["sweep", id] as const)].values();
  let ended = false;
  const work = async (open: () => Promise<Pick<Converter, "convert">>): Promise<void> => {
    for (const [part, id] of models) {
      if (ended || stop.aborted) return;
      const converter = await open();
      try {
        await converter.convert(catalog.get(id));
        converted += 1;
        onModel(part, "measured");
      } catch (error) {
        if (!(error instanceof ConversionFailure || error instanceof ProcessLost)) throw error;
        refused += 1;
        onModel(part, "failed");
      }
    }
  };
  const running = workers.map((open) =>
    work(open).catch((error: unknown) => {
      ended = true;
      throw error;
    }),
  );
  // The others finish what they are at before anything is closed under them.
  await Promise.allSettled(running);
  await Promise.all(running);
  return { converted, refused };
}
