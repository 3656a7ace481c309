"""Gradient-boosted trees on a table: the "normal" baseline.

Reads one JSON object {"train": [[...]], "target": [...], "test": [[...]]} from standard input and writes the list of
predictions for `test` to standard output. The target is learned as its logarithm, like everywhere else.
"""

import json
import sys

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor


def main():
    table = json.load(sys.stdin)
    train = np.asarray(table["train"], dtype=float)
    target = np.log(np.asarray(table["target"], dtype=float))
    test = np.asarray(table["test"], dtype=float)
    model = HistGradientBoostingRegressor(
        max_iter=400, learning_rate=0.06, max_leaf_nodes=15, min_samples_leaf=5, l2_regularization=1.0, random_state=1
    )
    model.fit(train, target)
    json.dump(np.exp(model.predict(test)).tolist(), sys.stdout)


if __name__ == "__main__":
    main()
