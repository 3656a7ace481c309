"""Regressors on a table: the "normal" baselines.

Reads one JSON object from standard input: "train" (rows), "target", "groups" (one for each row; rows of a group are
never on both sides of a fold), "test" (rows) and "regressors" ("boosted trees" or names of NORMAL). Writes, by name, the predictions
for `test` and the columns that they are made from. Targets are learned as their logarithms, like everywhere else.
"""

import json
import sys
import warnings

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestRegressor
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import Ridge
from sklearn.model_selection import GroupKFold
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVR

FOLDS = 3
# A column that lowers the error by less than this share of it is not worth its place.
WORTH = 0.005
SEED = 1


def boosted_trees():
    return HistGradientBoostingRegressor(
        max_iter=400, learning_rate=0.06, max_leaf_nodes=15, min_samples_leaf=5, l2_regularization=1.0, random_state=SEED
    )


def linear(_effort):
    return make_pipeline(StandardScaler(), Ridge(alpha=1e-3))


def perceptron(effort):
    layers = MLPRegressor(hidden_layer_sizes=(64, 64), learning_rate_init=3e-3, alpha=1e-3, max_iter=round(250 * effort), random_state=SEED)
    return make_pipeline(StandardScaler(), layers)


def support_vectors(_effort):
    return make_pipeline(StandardScaler(), SVR(C=10.0, epsilon=0.02))


def random_forest(effort):
    return RandomForestRegressor(n_estimators=round(80 * effort), random_state=SEED)


def xgboost(effort):
    from xgboost import XGBRegressor  # A package of its own, which boosted trees do without.

    return XGBRegressor(n_estimators=round(200 * effort), learning_rate=0.08, max_depth=5, subsample=0.8, n_jobs=1, random_state=SEED)


# Those that choose their columns; each is made with all its effort or with some of it, while columns are chosen.
NORMAL = {
    "linear": linear,
    "MLP": perceptron,
    "SVR": support_vectors,
    "random forest": random_forest,
    "XGBoost": xgboost,
}
CHOOSING = 0.2


def held_out_error(make, rows, target, groups):
    """Mean absolute error of logarithms, each group predicted by what the others taught."""
    folds = GroupKFold(min(FOLDS, len(np.unique(groups)))).split(rows, target, groups)
    errors = [np.abs(make().fit(rows[known], target[known]).predict(rows[held]) - target[held]) for known, held in folds]
    return float(np.mean(np.concatenate(errors)))


def forward_selection(make, rows, target, groups):
    """Adds the column that lowers the held-out error most, again and again, while one does."""
    chosen = []
    least = np.inf
    left = [column for column in range(rows.shape[1]) if np.ptp(rows[:, column]) > 0]
    while left:
        error, column = min((held_out_error(make, rows[:, [*chosen, column]], target, groups), column) for column in left)
        if error > least * (1 - WORTH):
            break
        least = error
        chosen.append(column)
        left.remove(column)
    return chosen


def regress(name, train, target, groups, test):
    if name == "boosted trees":
        columns, model = list(range(train.shape[1])), boosted_trees()
    else:
        make = NORMAL[name]
        columns, model = forward_selection(lambda: make(CHOOSING), train, target, groups), make(1)
    model.fit(train[:, columns], target)
    return {"columns": columns, "predictions": np.exp(model.predict(test[:, columns])).tolist()}


def main():
    # Columns are chosen by networks that were ended early, on purpose.
    warnings.simplefilter("ignore", ConvergenceWarning)
    table = json.load(sys.stdin)
    train = np.asarray(table["train"], dtype=float)
    target = np.log(np.asarray(table["target"], dtype=float))
    test = np.asarray(table["test"], dtype=float)
    groups = np.asarray(table["groups"])
    json.dump({name: regress(name, train, target, groups, test) for name in table["regressors"]}, sys.stdout)


if __name__ == "__main__":
    main()
