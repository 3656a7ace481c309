"""Regressors on a table: the "normal" baselines.

Reads one JSON object from standard input: "train" (rows), "target", "groups" (one for each row; rows of a group are
never on both sides of a fold), "test" (rows) and "regressors" (names of REGRESSORS). Writes, by name, the predictions
for `test` and the columns that they are made from. Targets are learned as their logarithms, like everywhere else.
"""

import json
import sys

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestRegressor
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


def linear():
    return make_pipeline(StandardScaler(), Ridge(alpha=1e-3))


def perceptron():
    return make_pipeline(StandardScaler(), MLPRegressor(hidden_layer_sizes=(64, 64), learning_rate_init=3e-3, alpha=1e-3, max_iter=250, random_state=SEED))


def support_vectors():
    return make_pipeline(StandardScaler(), SVR(C=10.0, epsilon=0.02))


def random_forest():
    return RandomForestRegressor(n_estimators=80, random_state=SEED)


def xgboost():
    from xgboost import XGBRegressor  # A package of its own, which boosted trees do without.

    return XGBRegressor(n_estimators=200, learning_rate=0.08, max_depth=5, subsample=0.8, n_jobs=1, random_state=SEED)


# Whether columns are chosen, and how the regressor is made.
REGRESSORS = {
    "boosted trees": (False, boosted_trees),
    "linear": (True, linear),
    "MLP": (True, perceptron),
    "SVR": (True, support_vectors),
    "random forest": (True, random_forest),
    "XGBoost": (True, xgboost),
}


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
    selects, make = REGRESSORS[name]
    columns = forward_selection(make, train, target, groups) if selects else list(range(train.shape[1]))
    model = make().fit(train[:, columns], target)
    return {"columns": columns, "predictions": np.exp(model.predict(test[:, columns])).tolist()}


def main():
    table = json.load(sys.stdin)
    train = np.asarray(table["train"], dtype=float)
    target = np.log(np.asarray(table["target"], dtype=float))
    test = np.asarray(table["test"], dtype=float)
    groups = np.asarray(table["groups"])
    json.dump({name: regress(name, train, target, groups, test) for name in table["regressors"]}, sys.stdout)


if __name__ == "__main__":
    main()
