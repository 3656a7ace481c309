"""Which node of the model as it was sent does a kernel of the optimised model belong to?"""

import re

ZOO_NAME = re.compile(r"(?<![A-Za-z0-9])n\d+")
LONGEST_CHAIN = 64


class ZooKeys:
    """Keys of an optimised model's nodes: names `n<i>` of the sent model's nodes (and first output tensors).

    A node keeps its key in its first output's name, or else in its own name (`n3_nchwc`, `fused n12`). A reorder
    that leaves the blocked layout belongs to the tensor that it yields, one that enters it to the tensor it reads (an
    internal one is followed to its producer). The inner nodes of an operator that the engine took apart (HardSwish)
    have neither name nor key: they belong to the node that uses what they yield.
    """

    def __init__(self, graph):
        self._producer = {name: node for node in graph.node for name in node.output if name}
        self._inputs = {value.name for value in graph.input}
        self._consumer = {}
        self._by_name = {}
        self._nameless = {}
        for node in graph.node:
            for name in node.input:
                self._consumer.setdefault(name, node)
            if node.name:
                self._by_name[node.name] = node
            else:
                self._nameless.setdefault(node.op_type, []).append(node)

    def nodes_of(self, kernels):
        """The node of each kernel (name, op), both in the order of execution; None for one that cannot be found.

        The profiler calls a node without a name `<op>_<index>`; such nodes correspond in their order.
        """
        nameless = {op: iter(nodes) for op, nodes in self._nameless.items()}
        for name, op in kernels:
            node = self._by_name.get(name)
            if node is None and re.fullmatch(rf"{re.escape(op)}_\d+", name):
                node = next(nameless.get(op, iter(())), None)
            yield node

    def key_of(self, node, depth=0):
        """The key, a graph input's name for work on the input itself, or None when nothing tells."""
        if node.op_type == "ReorderInput":
            return self._key_of_tensor(node.input[0], depth)
        outputs = [name for name in node.output if name]
        if outputs and ZOO_NAME.fullmatch(outputs[0]):
            return outputs[0]
        named = ZOO_NAME.search(node.name)
        if named:
            return named.group()
        for name in outputs:
            named = ZOO_NAME.search(name)
            if named:
                return named.group()
        consumer = next((self._consumer[name] for name in outputs if name in self._consumer), None)
        return self.key_of(consumer, depth + 1) if consumer is not None and depth < LONGEST_CHAIN else None

    def _key_of_tensor(self, name, depth):
        if name in self._inputs or ZOO_NAME.fullmatch(name):
            return name
        producer = self._producer.get(name)
        return self.key_of(producer, depth + 1) if producer is not None and depth < LONGEST_CHAIN else None

    def input_keys(self, node):
        """Keys of the activations that the node reads, in order, without weights."""
        keys = (self._key_of_tensor(name, 0) for name in node.input if name in self._producer or name in self._inputs)
        return [key for key in keys if key is not None]
