import { type Artifact, readArtifact, writeArtifact } from "../../model/artifact.js";
import { RECORDED_SCHEMAS } from "../../predict/recorded-target.js";

/** An artifact of a recorded machine, of any of its kinds. @throws ArtifactError */
export const readRecorded = (directory: string): Promise<Artifact> =>
  readArtifact(directory, { featureSchemaHash: (kind) => RECORDED_SCHEMAS.get(kind) });

/** Rewrites an artifact's manifest with other entries among its extras; the tensors stay as they are, which is said. */
export async function rewriteExtra(
  directory: string,
  { manifest, params }: Artifact,
  changed: Readonly<Record<string, unknown>>,
  { what, log }: { readonly what: string; readonly log: (message: string) => void },
): Promise<void> {
  const { schema, tensorFile, tensors, ...head } = manifest;
  await writeArtifact(directory, { ...head, extra: { ...manifest.extra, ...changed } }, params);
  log(`${what} written to ${directory}; schema ${schema}, ${tensors.length} tensors and their ${tensorFile.bytes} bytes stay`);
}
