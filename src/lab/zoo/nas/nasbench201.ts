import type { Tensor } from "../builder.js";
import { dimOf, ModelBuilder } from "../builder.js";
import type { ZooModel } from "../model.js";
import type { CellOperation } from "./nasbench201-space.js";
import { CELL_EDGES, cellOfIndex, formatCell } from "./nasbench201-space.js";

/** The CIFAR-10 skeleton: three stages of five cells at these widths, 32x32 images, ten classes. */
const WIDTHS = [16, 32, 64] as const;
const CELLS_PER_STAGE = 5;
const INPUT = [1, 3, 32, 32] as const;
const CLASSES = 10;
const NODES = 4;

/** Relu, convolution and a batch norm that is folded into the convolution's bias. */
function reluConv(b: ModelBuilder, x: Tensor, out: number, kernel: number, stride = 1): Tensor {
  return b.conv(b.relu(x), { out, kernel, stride });
}

/** What an edge makes of its source. `none` is a multiplication by zero there, and `skip_connect` nothing. */
function edge(b: ModelBuilder, operation: CellOperation, x: Tensor): Tensor {
  switch (operation) {
    case "none":
      return b.withConstant("Mul", x, [], [0]);
    case "skip_connect":
      return x;
    case "nor_conv_1x1":
      return reluConv(b, x, dimOf(x, 1), 1);
    case "nor_conv_3x3":
      return reluConv(b, x, dimOf(x, 1), 3);
    case "avg_pool_3x3":
      return b.avgPool(x, { kernel: 3, pad: 1 });
  }
}

/** Each node is the sum of its edges; the last is the cell's output. Nodes that lead nowhere are computed all the same. */
function cellOutput(b: ModelBuilder, x: Tensor, operations: readonly CellOperation[]): Tensor {
  const nodes = [x];
  for (let node = 1; node < NODES; node++) {
    const incoming = CELL_EDGES.flatMap(([source, target], i) =>
      target === node ? [edge(b, operations[i] ?? "none", nodes[source] ?? x)] : [],
    );
    nodes.push(incoming.reduce((sum, term) => b.add(sum, term)));
  }
  return nodes.at(-1) ?? x;
}

/** Between stages: two 3x3 convolutions, the first of stride 2, beside an average pooling and a 1x1 convolution. */
function reduction(b: ModelBuilder, x: Tensor, out: number): Tensor {
  const y = reluConv(b, reluConv(b, x, out, 3, 2), out, 3);
  const shortcut = b.conv(b.avgPool(x, { kernel: 2, stride: 2 }), { out, kernel: 1, bias: false });
  return b.add(shortcut, y);
}

/**
 * An architecture of NAS-Bench-201 by its index in the benchmark, on the CIFAR-10 skeleton. Source: the authors' code
 * (github.com/D-X-Y/AutoDL-Projects, lib/models: cell_infers/tiny_network.py, cell_infers/cells.py, cell_operations.py),
 * of which HW-NAS-Bench and HELP measured copies.
 *
 * Written as an exporter writes that PyTorch module in evaluation, of its two outputs only the logits: batch norms that
 * follow a convolution are folded into it, the last one, which follows a sum, is a node. The authors count a MAC as one
 * FLOP and the classifier's bias as ten more, so their FLOPs are `macs` + 10.
 *
 * @throws RangeError where the index is not in 0..15624
 */
export function buildNasBench201(index: number): ZooModel {
  const cell = cellOfIndex(index);
  const b = new ModelBuilder(INPUT);
  let x = b.conv(b.input, { out: WIDTHS[0], kernel: 3 });
  for (const width of WIDTHS) {
    if (width !== WIDTHS[0]) x = reduction(b, x, width);
    for (let i = 0; i < CELLS_PER_STAGE; i++) x = cellOutput(b, x, cell);
  }
  x = b.flatten(b.globalAvgPool(b.relu(b.batchNorm(x))));
  const architecture = formatCell(cell);
  return b.finish(b.gemm(x, CLASSES), {
    id: `nasbench201-${index}`,
    family: "nasbench201",
    note: architecture,
    info: { member: architecture, inputSize: INPUT[2], classes: CLASSES },
  });
}
