import type { Tensor } from "../builder.js";
import { dimOf } from "../builder.js";
import type { Family } from "./net.js";
import { ConvNet } from "./net.js";

/** Blocks per stage (He et al., 2015, table 1; resnet26 is the two-blocks-a-stage bottleneck network). */
const MEMBERS = {
  resnet18: { bottleneck: false, blocks: [2, 2, 2, 2] },
  resnet34: { bottleneck: false, blocks: [3, 4, 6, 3] },
  resnet26: { bottleneck: true, blocks: [2, 2, 2, 2] },
  resnet50: { bottleneck: true, blocks: [3, 4, 6, 3] },
} as const;
const NAMES = ["resnet18", "resnet34", "resnet26", "resnet50"] as const;
const PLANES = [64, 128, 256, 512] as const;
const EXPANSION = 4;

interface Block {
  readonly planes: number;
  readonly out: number;
  readonly stride: number;
  readonly bottleneck: boolean;
}

/** Two 3x3, or 1x1, 3x3, 1x1 convolutions; the shortcut is projected where shape or channels change. */
function residual(net: ConvNet, x: Tensor, { planes, out, stride, bottleneck }: Block): Tensor {
  const { variation } = net;
  let y: Tensor;
  if (bottleneck) {
    y = net.unit(x, { out: variation.channels(planes), kernel: 1 });
    y = net.unit(y, { out: variation.channels(planes), kernel: 3, stride });
    y = net.unit(y, { out, kernel: 1, activation: "none" });
  } else {
    y = net.unit(x, { out: variation.channels(planes), kernel: 3, stride });
    y = net.unit(y, { out, kernel: 3, activation: "none" });
  }
  const projects = stride !== 1 || dimOf(x, 1) !== out;
  const shortcut = projects ? net.unit(x, { out, kernel: 1, stride, activation: "none" }) : x;
  return net.builder.relu(net.builder.add(y, shortcut));
}

/** ResNet with basic and bottleneck blocks, the stride on the 3x3 convolution as in torchvision. */
export const resnet: Family = (variation) => {
  const net = new ConvNet(variation);
  const member = variation.choose("resnet50", NAMES);
  const { bottleneck, blocks } = MEMBERS[member];
  variation.scaleWidth(variation.choose(1, [0.5, 0.75, 1, 1]));

  let x = net.unit(net.input, { out: variation.channels(64), kernel: 7, stride: 2 });
  x = net.builder.maxPool(x, { kernel: 3, stride: 2, pad: 1 });
  PLANES.forEach((planes, stage) => {
    const originalOut = bottleneck ? planes * EXPANSION : planes;
    let out = variation.channels(originalOut);
    for (let i = 0; i < (blocks[stage] ?? 0); i++) {
      if (i > 0 && !variation.traits.tiedResiduals) out = variation.channels(originalOut);
      x = residual(net, x, { planes, out, stride: i === 0 && stage > 0 ? 2 : 1, bottleneck });
    }
    x = net.maybePointwise(x);
  });
  return net.finished(net.classifier(x), member);
};
