import { UsageError } from "./context.js";

/**
 * Loads a part of the lab. The service and the other commands never do: the lab uses what is installed for
 * development only. Throws UsageError where that is not there.
 */
export async function importLab<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND")) throw error;
    throw new UsageError(`measuring needs a checkout with its development packages (npm ci): ${error.message}`);
  }
}
