"""A red-wine table made of published statistics, for when the original cannot be had.

No row of it is a real wine. Each column has the original's range, quantiles and rounding; the
columns correlate as the original's do; the quality scores have the original's counts; and as in
the original 240 of the 1,599 rows repeat another row exactly.

The method is a Gaussian copula fitted to given correlations (M. C. Cario and B. L. Nelson, 1997,
"Modeling and generating random vectors with arbitrary marginal distributions and correlation
matrix"): correlated normal columns set the order of the values in each column, the quantiles
set the values. Statistics of: P. Cortez et al. (2009), UCI Machine Learning Repository,
data set 186, CC BY 4.0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

PROBABILITIES = [0, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.98, 0.99, 0.995, 1]
# Column: decimals it is given with, and its quantiles at PROBABILITIES.
# fmt: off
COLUMNS = {
    "fixed acidity": (1, [4.6, 5.2, 6.1, 6.5, 7.1, 7.9, 9.2, 10.7, 11.8, 12.7, 13.3, 14, 15.9]),
    "volatile acidity": (
        2, [0.12, 0.19, 0.27, 0.31, 0.39, 0.52, 0.64, 0.745, 0.84, 0.96, 1.02, 1.09, 1.58]),
    "citric acid": (2, [0, 0, 0, 0.01, 0.09, 0.26, 0.42, 0.522, 0.6, 0.68, 0.7, 0.74, 1]),
    "residual sugar": (1, [0.9, 1.4, 1.59, 1.7, 1.9, 2.2, 2.6, 3.6, 5.1, 6.6, 8.31, 11.02, 15.5]),
    "chlorides": (
        3, [0.012, 0.043, 0.054, 0.06, 0.07, 0.079, 0.09, 0.109, 0.1261, 0.226, 0.3602, 0.414,
            0.611]),
    "free sulfur dioxide": (0, [1, 3, 4, 5, 7, 14, 21, 31, 35, 42, 50, 53, 72]),
    "total sulfur dioxide": (0, [6, 8, 11, 14, 22, 38, 62, 93.2, 112.1, 135, 145, 151, 289]),
    "density": (
        5, [0.99007, 0.99182, 0.9936, 0.99456, 0.9956, 0.99675, 0.99784, 0.99914, 1, 1.0008,
            1.00151, 1.0026, 1.00369]),
    "pH": (2, [2.74, 2.93, 3.06, 3.12, 3.21, 3.31, 3.4, 3.51, 3.57, 3.66, 3.7, 3.74, 4.01]),
    "sulphates": (
        2, [0.33, 0.42, 0.47, 0.5, 0.55, 0.62, 0.73, 0.85, 0.93, 1.13, 1.26, 1.362, 2]),
    "alcohol": (1, [8.4, 9, 9.2, 9.3, 9.5, 10.2, 11.1, 12, 12.5, 12.9, 13.4, 13.6, 14.9]),
}
# Pearson correlations of the columns in that order and of quality, below the diagonal.
CORRELATIONS = [
    [-0.256],
    [0.672, -0.552],
    [0.115, 0.002, 0.144],
    [0.094, 0.061, 0.204, 0.056],
    [-0.154, -0.011, -0.061, 0.187, 0.006],
    [-0.113, 0.076, 0.036, 0.203, 0.047, 0.668],
    [0.668, 0.022, 0.365, 0.355, 0.201, -0.022, 0.071],
    [-0.683, 0.235, -0.542, -0.086, -0.265, 0.070, -0.066, -0.342],
    [0.183, -0.261, 0.313, 0.006, 0.371, 0.052, 0.043, 0.149, -0.197],
    [-0.062, -0.202, 0.110, 0.042, -0.221, -0.069, -0.206, -0.496, 0.206, 0.094],
    [0.124, -0.391, 0.226, 0.014, -0.129, -0.051, -0.185, -0.175, -0.058, 0.251, 0.476],
]
# fmt: on
# Quality score: how many different wines have it, and how many rows repeat one of them.
QUALITY_COUNTS = {3: (10, 0), 4: (53, 0), 5: (577, 104), 6: (535, 103), 7: (167, 32), 8: (17, 1)}
MOST_FREE = 0.86  # free sulfur dioxide is at most 86 % of the total
ROUNDS = 3  # of correcting the copula's correlations; more would follow the sample's noise
SEED = 143  # of the seeds 0 to 299, the one whose sample comes nearest the statistics above


def wine_stand_in() -> pd.DataFrame:
    """Generate the table; always the same one.

    Returns
    -------
    DataFrame of shape (1599, 12)
        Columns as published, eleven of floats and ``quality`` of whole numbers.
    """
    import pandas as pd

    rng = np.random.default_rng(SEED)
    values = _distinct_rows(rng)
    quality = values[:, -1]
    repeats = [
        rng.choice(np.flatnonzero(quality == score), size=n_repeats, replace=False)
        for score, (_, n_repeats) in QUALITY_COUNTS.items()
    ]
    values = np.vstack([values, values[np.concatenate(repeats)]])
    frame = pd.DataFrame(rng.permutation(values), columns=[*COLUMNS, "quality"])
    return frame.astype({"quality": "int64"})


def _distinct_rows(rng: np.random.Generator) -> np.ndarray:
    """Rows of shape (1359, 12) with the table's quantiles and correlations."""
    in_order = _sorted_columns()
    target = _correlation_matrix()
    normal = _uncorrelated(rng, in_order.shape)
    copula = target.copy()
    for _ in range(ROUNDS):
        scores = normal @ np.linalg.cholesky(copula).T
        values = np.empty_like(in_order)
        np.put_along_axis(values, scores.argsort(axis=0), in_order, axis=0)
        _limit_free_sulfur_dioxide(values)
        # Skew and steps weaken correlations on the way from the normal scores to the values:
        # ask the scores for as much more as the values lacked.
        copula += target - np.corrcoef(values, rowvar=False)
        np.fill_diagonal(copula, 1)
    return values


def _sorted_columns() -> np.ndarray:
    """Return the values of each column in rising order, shape (1359, 12)."""
    quality = np.repeat(list(QUALITY_COUNTS), [distinct for distinct, _ in QUALITY_COUNTS.values()])
    place = np.linspace(0, 1, len(quality))
    columns = [
        np.interp(place, PROBABILITIES, quantiles).round(decimals)
        for decimals, quantiles in COLUMNS.values()
    ]
    return np.column_stack([*columns, quality])


def _correlation_matrix() -> np.ndarray:
    size = len(CORRELATIONS) + 1
    matrix = np.eye(size)
    for row, values in enumerate(CORRELATIONS, start=1):
        matrix[row, :row] = matrix[:row, row] = values
    return matrix


def _uncorrelated(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """Draw standard normal columns whose sample correlations are exactly 0."""
    normal = rng.standard_normal(shape)
    normal -= normal.mean(axis=0)
    factor = np.linalg.cholesky(np.cov(normal, rowvar=False))
    return np.linalg.solve(factor, normal.T).T


def _limit_free_sulfur_dioxide(values: np.ndarray) -> None:
    free, total = (list(COLUMNS).index(f"{name} sulfur dioxide") for name in ("free", "total"))
    values[:, free] = np.minimum(values[:, free], np.floor(MOST_FREE * values[:, total]))
