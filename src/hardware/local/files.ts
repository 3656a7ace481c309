import { readFile } from "node:fs/promises";

/** A file of the system as text, or why it cannot be read. */
export async function readSystemFile(path: string): Promise<{ text: string } | { reason: string }> {
  try {
    return { text: await readFile(path, "utf8") };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unreadable";
    return { reason: `${path} cannot be read (${code})` };
  }
}
