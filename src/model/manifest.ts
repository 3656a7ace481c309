import Type, { type Static } from "typebox";
import Value from "typebox/value";

/** Version of the artifact's layout: the fields below and the encoding of the tensor file. */
export const ARTIFACT_SCHEMA = 1;

const JsonObject = Type.Record(Type.String(), Type.Unknown());

const TensorEntry = Type.Object({
  name: Type.String({ minLength: 1 }),
  shape: Type.Array(Type.Integer({ minimum: 0 }), { maxItems: 8 }),
  /** Bytes from the start of the tensor file. */
  offset: Type.Integer({ minimum: 0, multipleOf: 4 }),
});

const ManifestSchema = Type.Object({
  schema: Type.Literal(ARTIFACT_SCHEMA),
  /** The predictor's name, the folder above the version. */
  name: Type.String({ minLength: 1 }),
  version: Type.String({ minLength: 1 }),
  /** Which code interprets the tensors. */
  kind: Type.String({ minLength: 1 }),
  /** Device, engine, precision and cores it predicts for. */
  target: JsonObject,
  /** Hash of the feature schema that trained it; features of any other schema would be nonsense to it. */
  featureSchemaHash: Type.String({ minLength: 1 }),
  /** Program and version that wrote it. */
  createdBy: Type.String(),
  /** What it was trained on. */
  data: JsonObject,
  /** How rows were divided into training and test. */
  split: Type.String(),
  seed: Type.Integer(),
  /** Accuracy on held-out data. */
  metrics: Type.Unknown(),
  /** The machine that the training data was measured on. */
  machine: Type.String(),
  tensorFile: Type.Object({
    bytes: Type.Integer({ minimum: 0 }),
    sha256: Type.String({ pattern: "^[0-9a-f]{64}$" }),
  }),
  tensors: Type.Array(TensorEntry),
  /** Whatever else this kind of predictor needs. */
  extra: JsonObject,
});

/** What an artifact says of itself; the content of its manifest.json. */
export type Manifest = Static<typeof ManifestSchema>;
/** The part of the manifest that its author states; the rest follows from the tensors. */
export type ManifestHead = Omit<Manifest, "schema" | "tensorFile" | "tensors">;

export type ArtifactErrorCode =
  | "missing" // a file is not there
  | "malformed" // the manifest is not JSON, or not of this form
  | "schema-mismatch" // trained with other features, or written in another layout
  | "corrupt"; // the tensors are not those that the manifest describes

/** Why an artifact cannot be used. */
export class ArtifactError extends Error {
  override readonly name = "ArtifactError";
  constructor(
    readonly code: ArtifactErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Parses and checks a manifest's text. @throws ArtifactError "malformed" or "schema-mismatch". */
export function parseManifest(text: string, path: string): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ArtifactError("malformed", `${path} is not JSON.`, { cause });
  }
  if (Value.Check(ManifestSchema, value)) return value;
  if (Value.Check(Type.Object({ schema: Type.Number() }), value) && value.schema !== ARTIFACT_SCHEMA) {
    throw new ArtifactError(
      "schema-mismatch",
      `${path} has layout version ${value.schema}; this program reads version ${ARTIFACT_SCHEMA}.`,
    );
  }
  const [first] = Value.Errors(ManifestSchema, value);
  throw new ArtifactError("malformed", `${path}: ${first?.instancePath ?? ""} ${first?.message ?? "is not valid"}.`);
}
