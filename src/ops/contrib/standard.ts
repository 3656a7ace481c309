import type { OnnxNode } from "../../onnx/types.js";
import { checkedAdd, checkedMul } from "../../shapes/dims.js";
import type { Operator, OperatorKind, ValueFact } from "../operator.js";
import type { Work } from "../work.js";

export type Tensors = readonly (ValueFact | null)[];

/** An operator of ai.onnx in one opset, whose rules an operator of another domain follows on operands of its own. */
export interface Standard {
  readonly kind: OperatorKind;
  parseAttributes(node: OnnxNode): unknown;
  /** Facts of the outputs, had the operator these inputs. */
  inferShapes(node: OnnxNode, attributes: unknown, inputs: Tensors): readonly ValueFact[];
  /** Its work without the bytes, which are those of the operator that follows it. */
  work(node: OnnxNode, attributes: unknown, inputs: Tensors, outputs: Tensors): Required<Work>;
}

/**
 * The operator of this type, as it is in an opset. The version of another domain says nothing of ai.onnx's, so the
 * opset whose rules hold is named here.
 * @throws Error where the list has no such operator: a mistake in the registry, not in a model.
 */
export function standard(operators: readonly Operator[], type: string, opset: number): Standard {
  const operator = operators.find((candidate) => candidate.type === type);
  if (operator === undefined) throw new Error(`there is no operator ${type} to follow`);
  return {
    kind: operator.kind,
    parseAttributes: (node) => operator.parseAttributes(node, opset),
    inferShapes: (node, attributes, inputs) => operator.inferShapes({ node, opset, attributes, inputs }),
    work(node, attributes, inputs, outputs) {
      const { macs, flops } = operator.cost({ node, opset, attributes, inputs, outputs });
      return { macs, otherFlops: checkedAdd(flops, -checkedMul(2, macs)) };
    },
  };
}
