import { readFileSync } from "node:fs";
import type { Operator } from "../../src/ops/operator.js";
import type { Reasons } from "./gaps.js";

/** An operator of the standard, as python/standard_operators.py wrote it. */
export interface StandardOperator {
  /** "" is ai.onnx. */
  readonly domain: string;
  readonly type: string;
  /** Versions of the domain in which it changed. */
  readonly since: readonly number[];
  readonly deprecated?: readonly number[];
  readonly experimental?: readonly number[];
}

export function readStandardOperators(path: string): readonly StandardOperator[] {
  return (JSON.parse(readFileSync(path, "utf8")) as { readonly operators: readonly StandardOperator[] }).operators;
}

/**
 * Where the registry and the standard differ: `domain:Type` for an operator of one of the standard's domains that only one
 * of the two has, `domain:Type@version` for a version that only one of them lists.
 */
export function differences(standard: readonly StandardOperator[], registry: readonly Operator[]): readonly string[] {
  const domains = new Set(standard.map(({ domain }) => domain));
  const theirs = versionsByName(standard);
  const ours = versionsByName(registry.filter(({ domain }) => domains.has(domain)));
  const names = [...new Set([...theirs.keys(), ...ours.keys()])].sort();
  return names.flatMap((name) => {
    const stated = theirs.get(name);
    const known = ours.get(name);
    if (stated === undefined || known === undefined) return [name];
    const either = [...new Set([...stated, ...known])].sort((a, b) => a - b);
    return either.filter((version) => stated.has(version) !== known.has(version)).map((version) => `${name}@${version}`);
  });
}

function versionsByName(
  operators: readonly Pick<StandardOperator, "domain" | "type" | "since">[],
): ReadonlyMap<string, ReadonlySet<number>> {
  return new Map(operators.map(({ domain, type, since }) => [`${domain}:${type}`, new Set(since)]));
}

/** Differences without a reason, and reasons without a difference. */
export function unexplained(found: readonly string[], reasons: Reasons): readonly string[] {
  return [
    ...found.filter((name) => !reasons.has(name)).map((name) => `${name}: differs from the standard without a reason`),
    ...[...reasons.keys()].filter((name) => !found.includes(name)).map((name) => `${name}: a reason without a difference`),
  ];
}
