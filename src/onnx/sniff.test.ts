import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { everything } from "../../test/helper/onnx-everything.js";
import { concat, delimited, int, text } from "../../test/helper/protobuf.js";
import { ModelError } from "../wire/errors.js";
import { OnnxReader, readOnnx } from "./reader.js";
import { sniff } from "./sniff.js";

const latin = (characters: string): Uint8Array => Uint8Array.from(Buffer.from(characters, "latin1"));
const padded = (characters: string): Uint8Array => Uint8Array.from(Buffer.concat([latin(characters), Buffer.alloc(200, 7)]));
const zip = (entry: string): Uint8Array => padded(`PK\x03\x04${"\0".repeat(26)}${entry}`);

/** The beginning of a zip archive as writers make it: local header, name, extra field, stored bytes. */
function archive(name: string, content: string): Uint8Array {
  const header = Buffer.alloc(30);
  header.write("PK\x03\x04", "latin1");
  header.writeUInt16LE(20, 4);
  header.writeUInt32LE(content.length, 18);
  header.writeUInt32LE(content.length, 22);
  header.writeUInt16LE(name.length, 26);
  return Uint8Array.from(Buffer.concat([header, Buffer.from(name), Buffer.from(content)]));
}

/** Model { specificationVersion, description { input { name } output { name } }, neuralNetwork }. */
function coreMl(version: number, padding: number): Uint8Array {
  const feature = (name: string): Uint8Array => concat(text(1, name), delimited(3, delimited(5, int(1, 3))));
  const description = concat(delimited(1, feature("image")), delimited(10, feature("y")), delimited(100, new Uint8Array(padding)));
  return concat(int(1, version), delimited(2, description), delimited(500, new Uint8Array(300)));
}

/** SavedModel { schema version, meta graph { meta info { operators, tags }, graph { nodes } } }. */
function savedModel(): Uint8Array {
  const operators = delimited(1, text(1, "MatMul"));
  const info = concat(delimited(2, operators), text(4, "serve"), text(5, "2.16.1"));
  const graph = delimited(1, concat(text(1, "Placeholder"), text(2, "Placeholder"), delimited(5, new Uint8Array(200))));
  return concat(int(1, 1), delimited(2, delimited(1, info), delimited(2, graph)));
}

/** A safetensors file of one tensor. */
function safetensors(): Uint8Array {
  const header = JSON.stringify({ w: { dtype: "F32", shape: [2], data_offsets: [0, 8] } });
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return concat(length, Buffer.from(header), new Uint8Array(8));
}

/** GGUF: version 3, one tensor, one key. */
function gguf(): Uint8Array {
  const head = Buffer.alloc(24);
  head.write("GGUF", "latin1");
  head.writeUInt32LE(3, 4);
  head.writeBigUInt64LE(1n, 8);
  head.writeBigUInt64LE(1n, 16);
  return concat(head, Buffer.from("general.architecture"), new Uint8Array(50));
}

/** A flatbuffer: offset of the root, identifier, then the root's table. */
function flatbuffer(identifier: string): Uint8Array {
  const head = Buffer.alloc(80);
  head.writeUInt32LE(28, 0);
  head.write(identifier, 4, "latin1");
  return Uint8Array.from(head);
}

/** ProgramDesc { blocks { idx, parent_idx, variables } }. */
function paddle(): Uint8Array {
  return delimited(1, int(1, 0), int(2, -1), delimited(3, text(1, "feed"), delimited(2, int(1, 9))));
}

const FILES: readonly (readonly [what: string, bytes: Uint8Array])[] = [
  ["a JPEG image", padded("\xff\xd8\xff\xe0\0\x10JFIF")],
  ["a PNG image", padded("\x89PNG\r\n\x1a\n")],
  ["a GIF image", padded("GIF89a")],
  ["a RIFF file (WebP, WAV or AVI)", padded("RIFF\x24\0\0\0WEBPVP8 ")],
  ["a PDF document", padded("%PDF-1.7\n")],
  ["a gzip archive", gzipSync(Buffer.alloc(1000))],
  ["a bzip2 archive", padded("BZh91AY&SY")],
  ["an xz archive", padded("\xfd7zXZ\0")],
  ["a 7-Zip archive", padded("7z\xbc\xaf\x27\x1c")],
  ["a Zstandard archive", padded("\x28\xb5\x2f\xfd")],
  ["a zip archive", zip("photo.raw")],
  ["a PyTorch file (a zip archive with a pickle)", zip("archive/data.pkl")],
  ["a NumPy archive", zip("arr_0.npy")],
  ["a Keras model (a zip archive)", zip("metadata.json")],
  ["an Office document", zip("[Content_Types].xml")],
  ["a NumPy array", padded("\x93NUMPY\x01\0")],
  ["a TensorFlow Lite model", padded("\x1c\0\0\0TFL3\x14\0\x20\0")],
  ["an ONNX Runtime model of the ORT format", padded("\x24\0\0\0ORTM")],
  ["a MindSpore Lite model", padded("\x20\0\0\0MSL2")],
  ["an HDF5 file (such as a Keras model)", padded("\x89HDF\r\n\x1a\n")],
  ["a safetensors file", padded('\x50\x02\0\0\0\0\0\0{"__metadata__":{}')],
  ["a Python pickle", padded("\x80\x04\x95\x10\0\0\0\0\0\0\0}")],
  ["a Python pickle", padded("\x80\x02}q\0")],
  ["a PyTorch file of the old format", padded("\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.")],
  ["an HTML page", latin("<!DOCTYPE html><html><head><title>404</title></head></html>")],
  ["an HTML page", latin("\n  <html><body>Please log in</body></html>")],
  ["an XML document", latin('<?xml version="1.0"?><net name="x"/>')],
  ["JSON", latin('{"message": "Not Found"}')],
  ["JSON", latin("[1, 2, 3]")],
  ["a Git LFS pointer, not the file that it stands for", latin("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n")],
  ["an ncnn network description", latin("7767517\n75 83\nInput data 0 1 data\n")],
  ["plain text", latin("This is a text file of some length, with words and a full stop.\n".repeat(10))],
  ["plain text", Buffer.from("Ein Satz mit Umlauten: größer, schöner, weiter; und so fort über die 64 Bytes ü hinaus.")],
  ["plain text", latin("hello")],
  ["a TensorFlow SavedModel", Uint8Array.from([...int(1, 1), ...delimited(2, delimited(1, new Uint8Array(5000)))])],
  [
    "a protobuf of another kind (a TensorFlow GraphDef, or an ONNX graph without its model)",
    delimited(1, text(1, "Placeholder"), text(2, "Placeholder")),
  ],
  ["a PyTorch file (a zip archive with a pickle)", archive("resnet18/data.pkl", "\x80\x02}q\0.")],
  ["a PyTorch exported program (a zip archive)", archive("model/archive_format", "pt2")],
  ["a Keras model (a zip archive)", archive("metadata.json", '{"keras_version": "3.3.3"}')],
  ["a Core ML model", coreMl(1, 0)],
  ["a Core ML model", coreMl(4, 200)],
  ["a Core ML model", coreMl(8, 20_000)],
  ["a TensorFlow SavedModel", savedModel()],
  ["a safetensors file", safetensors()],
  ["a GGUF file (weights for llama.cpp)", gguf()],
  ["a TensorFlow Lite model", flatbuffer("TFL3")],
  ["an ONNX Runtime model of the ORT format", flatbuffer("ORTM")],
  ["a PaddlePaddle program", paddle()],
  ["a gzip archive", gzipSync(everything())],
  ["an ELF executable or library", padded("\x7fELF\x02\x01\x01")],
  ["a Windows executable or library", padded("MZ\x90\0\x03")],
];

function errorOf(bytes: Uint8Array, chunkSize: number): ModelError {
  const reader = new OnnxReader();
  try {
    for (let start = 0; start < bytes.length; start += chunkSize) reader.push(bytes.subarray(start, start + chunkSize));
    reader.end();
  } catch (error) {
    if (error instanceof ModelError) return error;
    throw error;
  }
  throw new Error("this was read as a model");
}

describe("a file of another kind", () => {
  it.each(FILES)("is named: %s", (what, bytes) => {
    for (const chunkSize of [1, 63, 1000]) {
      const error = errorOf(bytes, chunkSize);
      expect(error.code).toBe("not-onnx");
      expect(error.message).toBe(`this is ${what}, not an ONNX model`);
    }
  });

  it("is refused as soon as its first bytes have arrived", () => {
    const reader = new OnnxReader();
    reader.push(padded("\xff\xd8\xff").subarray(0, 63));
    expect(() => reader.push(Uint8Array.of(1))).toThrow(/JPEG/);
    expect(() => reader.push(Uint8Array.of(1))).toThrow(/JPEG/);
    expect(() => reader.end()).toThrow(/JPEG/);
  });

  it("is nothing at all", () => {
    expect(() => readOnnx(new Uint8Array(0))).toThrow(expect.objectContaining({ code: "empty" }) as Error);
    expect(() => new OnnxReader().end()).toThrow(expect.objectContaining({ code: "empty" }) as Error);
  });
});

describe("an ONNX file", () => {
  it("is not mistaken for anything else", () => {
    expect(sniff(everything())).toBeNull();
  });

  it("may name a producer that looks like a signature", () => {
    for (const producer of ["TFL3", "ORTM", "{}", "GIF8"]) {
      const bytes = Uint8Array.from([...int(1, 7), ...text(2, producer), ...delimited(8, int(2, 13)), ...delimited(7, text(2, "g"))]);
      expect(readOnnx(bytes).producerName).toBe(producer);
    }
  });

  it("is read although its first bytes could be text", () => {
    // An unknown field whose tag, length and payload are all printable: "z@xxx...".
    const bytes = Uint8Array.from([...text(15, "x".repeat(64)), ...delimited(7, text(2, "g"))]);
    expect(sniff(bytes)).toEqual({ what: "plain text", certain: false });
    expect(readOnnx(bytes).graph.name).toBe("g");
  });
});
