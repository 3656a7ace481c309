/** What the first bytes of a file say that it is. */
export interface Sniffed {
  /** With its article: "a JPEG image". */
  readonly what: string;
  /**
   * False for text, which has no signature: a protobuf could begin with the same bytes, so reading it on decides.
   */
  readonly certain: boolean;
}

/** As many bytes as `sniff` looks at. */
export const SNIFF_BYTES = 64;

/** Signatures as latin1 text at an offset. None of them can begin an ONNX model. */
const SIGNATURES: readonly (readonly [offset: number, signature: string, what: string])[] = [
  [0, "\xff\xd8\xff", "a JPEG image"],
  [0, "\x89PNG\r\n\x1a\n", "a PNG image"],
  [0, "GIF8", "a GIF image"],
  [0, "RIFF", "a RIFF file (WebP, WAV or AVI)"],
  [0, "%PDF", "a PDF document"],
  [0, "\x1f\x8b", "a gzip archive"],
  [0, "BZh91AY&SY", "a bzip2 archive"],
  [0, "\xfd7zXZ\0", "an xz archive"],
  [0, "7z\xbc\xaf\x27\x1c", "a 7-Zip archive"],
  [0, "\x28\xb5\x2f\xfd", "a Zstandard archive"],
  [0, "\x89HDF\r\n\x1a\n", "an HDF5 file (such as a Keras model)"],
  [0, "\x93NUMPY", "a NumPy array"],
  [0, "GGUF", "a GGUF file (weights for llama.cpp)"],
  [0, "\x7fELF", "an ELF executable or library"],
  [0, "MZ\x90\0", "a Windows executable or library"],
  [0, "\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19", "a PyTorch file of the old format"],
];

/** Names inside the first entry of a zip file, which begin at byte 30. */
const ZIP_ENTRIES: readonly (readonly [name: string, what: string])[] = [
  ["data.pkl", "a PyTorch file (a zip archive with a pickle)"],
  ["archive_format", "a PyTorch exported program (a zip archive)"],
  [".npy", "a NumPy archive"],
  ["metadata.json", "a Keras model (a zip archive)"],
  ["[Content_Types].xml", "an Office document"],
];

/** How text begins, without regard to case. */
const TEXTS: readonly (readonly [start: RegExp, what: string])[] = [
  [/^<!doctype html|^<html/i, "an HTML page"],
  [/^<\?xml|^<svg/i, "an XML document"],
  [/^version https:\/\/git-lfs/, "a Git LFS pointer, not the file that it stands for"],
  [/^7767517\s/, "an ncnn network description"],
  [/^[{[]/, "JSON"],
];

const TEXT_MIN_BYTES = 4;
const UTF8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Names the format of a file that is recognisably not ONNX.
 * @param head the first SNIFF_BYTES bytes, or all of a shorter file
 * @returns null when it may be ONNX
 */
export function sniff(head: Uint8Array): Sniffed | null {
  const latin = Buffer.from(head.buffer, head.byteOffset, Math.min(head.byteLength, SNIFF_BYTES)).toString("latin1");
  const what = signature(latin) ?? zip(latin) ?? modelFormat(latin) ?? protobufOfAnotherKind(latin);
  if (what !== null) return { what, certain: true };
  const text = textFormat(head.subarray(0, SNIFF_BYTES));
  return text === null ? null : { what: text, certain: false };
}

function signature(head: string): string | null {
  for (const [offset, bytes, what] of SIGNATURES) if (head.startsWith(bytes, offset)) return what;
  return null;
}

function zip(head: string): string | null {
  if (!head.startsWith("PK\x03\x04")) return null;
  for (const [name, what] of ZIP_ENTRIES) if (head.includes(name, 30)) return what;
  return "a zip archive";
}

function modelFormat(head: string): string | null {
  // A flatbuffer begins with the offset of its root, which is small: the upper half of that word is zero.
  if (head.startsWith("\0\0", 2)) {
    if (head.startsWith("TFL3", 4)) return "a TensorFlow Lite model";
    if (head.startsWith("ORTM", 4)) return "an ONNX Runtime model of the ORT format";
    if (head.startsWith("MSL", 4)) return "a MindSpore Lite model";
  }
  // The header's length as a 64-bit number, then the header, which is JSON.
  if (head.startsWith("\0\0\0\0{", 4)) return "a safetensors file";
  // PROTO and a protocol number; protocols from 4 on begin with a FRAME.
  if (/^\x80(?:[\x02\x03][\]})(cCKXU]|[\x04\x05]\x95)/.test(head)) return "a Python pickle";
  return null;
}

/** Messages whose first bytes look like protobuf, and like no ModelProto. */
function protobufOfAnotherKind(head: string): string | null {
  // Specification version, then a description, which begins with the description of an input, which begins with its name.
  if (/^\x08[\x01-\x20]\x12[\x80-\xff]{0,4}[\0-\x7f]\n[\x80-\xff]{0,4}[\0-\x7f]\n[\0-\x7f][ -~]/.test(head)) return "a Core ML model";
  // Schema version 1, then a meta graph: where ONNX has the producer's name, hundreds of bytes that begin with a message.
  if (/^\x08\x01\x12[\x80-\xff]{1,4}[\0-\x7f]\n/.test(head)) return "a TensorFlow SavedModel";
  // A list of blocks, each beginning with its index and its parent, which the first does not have.
  if (/^\n[\x80-\xff]{0,4}[\0-\x7f]\x08\0\x10\xff/.test(head)) return "a PaddlePaddle program";
  // A list of nodes, each beginning with a string.
  if (/^\n[\x80-\xff]{0,4}[\0-\x7f]\n/.test(head)) {
    return "a protobuf of another kind (a TensorFlow GraphDef, or an ONNX graph without its model)";
  }
  return null;
}

function textFormat(head: Uint8Array): string | null {
  if (head.length < TEXT_MIN_BYTES) return null;
  const text = decodeText(head);
  if (text === null) return null;
  const start = text.trimStart();
  for (const [pattern, what] of TEXTS) if (pattern.test(start)) return what;
  return "plain text";
}

/** The head as text, or null when it holds control characters or is not UTF-8 (the last character may be cut off). */
function decodeText(head: Uint8Array): string | null {
  for (const byte of head) if (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) return null;
  for (let cut = 0; cut < 4; cut += 1) {
    try {
      return UTF8.decode(head.subarray(0, head.length - cut));
    } catch {
      // Perhaps a character that is cut in two: try with a byte less.
    }
  }
  return null;
}
