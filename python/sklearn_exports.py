"""Exports scikit-learn's estimators, fitted to noise, with skl2onnx; OUT/sklearn-NAME.onnx and .json.

The batch is left open, as skl2onnx does. Multiply-accumulates come from the sizes of what was fitted, where the
estimator multiplies matrices.

Usage: python sklearn_exports.py --out FOLDER
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn import cluster, decomposition, discriminant_analysis, ensemble, gaussian_process, impute
from sklearn import linear_model, naive_bayes, neighbors, neural_network, pipeline
from sklearn import preprocessing, random_projection, svm, tree
from sklearn.base import BaseEstimator

from corpus_file import is_there, versions, write, write_failure

ROWS, FEATURES, OPSET = 200, 20, 17
# Their probabilities stay a sequence of maps, which is the converter's default.
WITH_ZIPMAP = {"voting", "forest_classifier"}
Macs = Callable[[BaseEstimator], int]


def coefficients(model: BaseEstimator) -> int:
    return int(np.size(model.coef_))


def layers(model: BaseEstimator) -> int:
    return sum(weights.size for weights in model.coefs_)


def components(model: BaseEstimator) -> int:
    return int(model.components_.size)


def support_vectors(model: BaseEstimator) -> int:
    return int(model.support_vectors_.size)


# Regressions and classifications: the estimator, and its multiply-accumulates for one row where it has any.
REGRESSORS: dict[str, tuple[BaseEstimator, Macs | None]] = {
    "linear_regression": (linear_model.LinearRegression(), coefficients),
    "ridge": (linear_model.Ridge(), coefficients),
    "elastic_net": (linear_model.ElasticNet(alpha=0.01), coefficients),
    "svr": (svm.SVR(), support_vectors),
    "mlp_regressor": (neural_network.MLPRegressor(hidden_layer_sizes=(64, 32), max_iter=5), layers),
    "tree_regressor": (tree.DecisionTreeRegressor(max_depth=6), None),
    "forest_regressor": (ensemble.RandomForestRegressor(20, max_depth=6), None),
    "gradient_boosting_regressor": (ensemble.GradientBoostingRegressor(n_estimators=30), None),
    "hist_gradient_boosting_regressor": (ensemble.HistGradientBoostingRegressor(max_iter=20), None),
    "knn_regressor": (neighbors.KNeighborsRegressor(), None),
    "gaussian_process": (gaussian_process.GaussianProcessRegressor(), None),
}
CLASSIFIERS: dict[str, tuple[BaseEstimator, Macs | None]] = {
    "logistic_regression": (linear_model.LogisticRegression(), coefficients),
    "sgd_classifier": (linear_model.SGDClassifier(loss="log_loss"), coefficients),
    "linear_svc": (svm.LinearSVC(), coefficients),
    "svc": (svm.SVC(), support_vectors),
    "mlp_classifier": (neural_network.MLPClassifier(hidden_layer_sizes=(64, 32), max_iter=5), layers),
    "tree_classifier": (tree.DecisionTreeClassifier(max_depth=6), None),
    "forest_classifier": (ensemble.RandomForestClassifier(20, max_depth=6), None),
    "extra_trees_classifier": (ensemble.ExtraTreesClassifier(20, max_depth=6), None),
    "hist_gradient_boosting_classifier": (ensemble.HistGradientBoostingClassifier(max_iter=20), None),
    "ada_boost": (ensemble.AdaBoostClassifier(n_estimators=10), None),
    "bagging": (ensemble.BaggingClassifier(n_estimators=5), None),
    "voting": (ensemble.VotingClassifier([("a", linear_model.LogisticRegression()), ("b", naive_bayes.GaussianNB())], flatten_transform=False), None),
    "knn_classifier": (neighbors.KNeighborsClassifier(), None),
    "gaussian_nb": (naive_bayes.GaussianNB(), None),
    "linear_discriminant": (discriminant_analysis.LinearDiscriminantAnalysis(), coefficients),
    "quadratic_discriminant": (discriminant_analysis.QuadraticDiscriminantAnalysis(), None),
    "scaled_logistic": (pipeline.make_pipeline(preprocessing.StandardScaler(), linear_model.LogisticRegression()), None),
    "reduced_forest": (pipeline.make_pipeline(decomposition.PCA(5), ensemble.RandomForestClassifier(10, max_depth=5)), None),
}
TRANSFORMERS: dict[str, tuple[BaseEstimator, Macs | None]] = {
    "standard_scaler": (preprocessing.StandardScaler(), None),
    "min_max_scaler": (preprocessing.MinMaxScaler(), None),
    "robust_scaler": (preprocessing.RobustScaler(), None),
    "normalizer": (preprocessing.Normalizer(), None),
    "binarizer": (preprocessing.Binarizer(), None),
    "polynomial_features": (preprocessing.PolynomialFeatures(2), None),
    "k_bins": (preprocessing.KBinsDiscretizer(4, encode="ordinal"), None),
    "imputer": (impute.SimpleImputer(), None),
    "pca": (decomposition.PCA(8), components),
    "truncated_svd": (decomposition.TruncatedSVD(8), components),
    "random_projection": (random_projection.GaussianRandomProjection(8), components),
    "k_means": (cluster.KMeans(6, n_init=1), None),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    folder = parser.parse_args().out
    folder.mkdir(parents=True, exist_ok=True)
    warnings.filterwarnings("ignore")
    random = np.random.default_rng(0)
    rows = random.standard_normal((ROWS, FEATURES)).astype(np.float32)
    targets = rows @ random.standard_normal(FEATURES)
    classes = np.digitize(targets, [-2, 2])
    kinds = ((REGRESSORS, targets), (CLASSIFIERS, classes), (TRANSFORMERS, None))
    for name, (estimator, macs, labels) in {
        name: (*entry, labels) for table, labels in kinds for name, entry in table.items()
    }.items():
        key = f"sklearn-{name}"
        if is_there(folder, key):
            continue
        facts: dict[str, object] = {
            "source": "sklearn",
            "network": name,
            "tool": "skl2onnx",
            "versions": versions("scikit-learn", "skl2onnx"),
            "dims": {"input[0]": 1},
        }
        try:
            estimator.fit(rows, labels)
            options = {"zipmap": False} if hasattr(estimator, "predict_proba") and name not in WITH_ZIPMAP else {}
            model = to_onnx(
                estimator,
                initial_types=[("input", FloatTensorType([None, FEATURES]))],
                target_opset=OPSET,
                options={id(estimator): options} if options else None,
            )
            count = macs(estimator) if macs else None
            write(folder, key, model, {**facts, "macs": count, "macsSource": count and "sizes of what was fitted"})
        except Exception as error:  # one estimator must not stop the others
            write_failure(folder, key, facts, error)


if __name__ == "__main__":
    main()
