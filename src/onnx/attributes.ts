import { ModelError } from "../wire/errors.js";
import type { OnnxAttribute, OnnxGraph, OnnxNode, OnnxTensor } from "./types.js";

/*
 * Typed access to a node's attributes. Every accessor throws ModelError("malformed") with the node, its operator and the
 * attribute's name when the attribute is there but of another kind.
 */

/** True when the node carries the attribute, whatever its kind. */
export function hasAttr(node: OnnxNode, name: string): boolean {
  return node.attributes.has(name);
}

/** An integer attribute, or the fallback where the node leaves it out. */
export function intAttr(node: OnnxNode, name: string, fallback: number): number;
export function intAttr(node: OnnxNode, name: string): number | undefined;
export function intAttr(node: OnnxNode, name: string, fallback?: number): number | undefined {
  const attribute = node.attributes.get(name);
  if (attribute === undefined) return fallback;
  return attribute.kind === "int" ? attribute.value : wrongKind(node, name, "int", attribute);
}

/** A float32 attribute (as the equal double), or the fallback. */
export function floatAttr(node: OnnxNode, name: string, fallback: number): number;
export function floatAttr(node: OnnxNode, name: string): number | undefined;
export function floatAttr(node: OnnxNode, name: string, fallback?: number): number | undefined {
  const attribute = node.attributes.get(name);
  if (attribute === undefined) return fallback;
  return attribute.kind === "float" ? attribute.value : wrongKind(node, name, "float", attribute);
}

/** A string attribute, or the fallback. */
export function stringAttr(node: OnnxNode, name: string, fallback: string): string;
export function stringAttr(node: OnnxNode, name: string): string | undefined;
export function stringAttr(node: OnnxNode, name: string, fallback?: string): string | undefined {
  const attribute = node.attributes.get(name);
  if (attribute === undefined) return fallback;
  return attribute.kind === "string" ? attribute.value : wrongKind(node, name, "string", attribute);
}

/** A list of integers, possibly empty; undefined where the node leaves it out. */
export function intsAttr(node: OnnxNode, name: string): readonly number[] | undefined {
  const attribute = node.attributes.get(name);
  if (attribute === undefined) return undefined;
  return attribute.kind === "ints" ? attribute.value : wrongKind(node, name, "ints", attribute);
}

/** A list of floats, possibly empty; undefined where the node leaves it out. */
export function floatsAttr(node: OnnxNode, name: string): readonly number[] | undefined {
  const attribute = node.attributes.get(name);
  if (attribute === undefined) return undefined;
  return attribute.kind === "floats" ? attribute.value : wrongKind(node, name, "floats", attribute);
}

/** A list of strings, possibly empty; undefined where the node leaves it out. */
export function stringsAttr(node: OnnxNode, name: string): readonly string[] | undefined {
  const attribute = node.attributes.get(name);
  if (attribute === undefined) return undefined;
  return attribute.kind === "strings" ? attribute.value : wrongKind(node, name, "strings", attribute);
}

/** A tensor attribute; its `values` are null when it was too large to keep. */
export function tensorAttr(node: OnnxNode, name: string): OnnxTensor | undefined {
  const attribute = node.attributes.get(name);
  if (attribute === undefined) return undefined;
  return attribute.kind === "tensor" ? attribute.value : wrongKind(node, name, "tensor", attribute);
}

/** A subgraph: a branch of If, the body of Loop or Scan. */
export function graphAttr(node: OnnxNode, name: string): OnnxGraph | undefined {
  const attribute = node.attributes.get(name);
  if (attribute === undefined) return undefined;
  return attribute.kind === "graph" ? attribute.value : wrongKind(node, name, "graph", attribute);
}

const DESCRIPTION: Readonly<Record<OnnxAttribute["kind"], string>> = {
  int: "an integer",
  float: "a float",
  string: "a string",
  ints: "a list of integers",
  floats: "a list of floats",
  strings: "a list of strings",
  tensor: "a tensor",
  graph: "a graph",
  other: "a reference or another type",
};

function wrongKind(node: OnnxNode, name: string, wanted: OnnxAttribute["kind"], found: OnnxAttribute): never {
  const label = node.name === "" ? node.opType : `${node.opType} "${node.name}"`;
  throw new ModelError(
    "malformed",
    `attribute "${name}" of ${label} must be ${DESCRIPTION[wanted]}, not ${DESCRIPTION[found.kind]}`,
    { node: node.name, opType: node.opType, field: name },
  );
}
