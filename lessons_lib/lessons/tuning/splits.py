"""What a score depends on beside the model: the cut, its size, twins among the rows, and time."""

from collections.abc import Callable, Sequence

import numpy as np

Score = Callable[[np.ndarray, np.ndarray, np.ndarray, np.ndarray], float]


def linear_accuracy(
    X_train: np.ndarray, y_train: np.ndarray, X_val: np.ndarray, y_val: np.ndarray
) -> float:
    """Return the accuracy of a linear classifier on the validation set.

    The inputs are standardised with the training set's mean and spread; the weights are those of
    ridge regression on targets −1 and +1, with strength 1.

    Parameters
    ----------
    X_train, X_val : ndarray of shape (n_samples, n_features)
    y_train, y_val : ndarray of shape (n_samples,)
        Classes, 0 or 1.
    """
    mean, spread = X_train.mean(axis=0), X_train.std(axis=0)
    spread[spread == 0] = 1.0
    A, B = ((X - mean) / spread for X in (X_train, X_val))
    centre = np.mean(2.0 * y_train - 1)
    ridge = A.T @ A + np.eye(A.shape[1])
    w = np.linalg.solve(ridge, A.T @ (2.0 * y_train - 1 - centre))
    return float(np.mean((B @ w + centre > 0) == (y_val == 1)))


def split_scores(
    X: np.ndarray, y: np.ndarray, n_seeds: int, folds: Sequence[int], score: Score = linear_accuracy
) -> dict[int, np.ndarray]:
    """Return the scores of one split, and the means of K-fold, for one seed of the split each.

    Parameters
    ----------
    X, y : ndarray of shape (n_samples, n_features) and (n_samples,)
    n_seeds : int
        Seeds 1 to `n_seeds` shuffle the rows.
    folds : sequence of int
        Numbers of folds.
    score : callable
        ``score(X_train, y_train, X_val, y_val)`` trains and returns the score.

    Returns
    -------
    dict of int to ndarray of shape (n_seeds,)
        At 1 the scores of a single 70/30 split, at each K the mean over its K folds.
    """
    scores = {k: np.empty(n_seeds) for k in (1, *folds)}
    for seed in range(1, n_seeds + 1):
        order = np.random.default_rng(seed).permutation(len(X))
        val, train = np.split(order, [round(0.3 * len(X))])
        scores[1][seed - 1] = score(X[train], y[train], X[val], y[val])
        for k in folds:
            parts = np.array_split(order, k)
            kept = [np.concatenate(parts[:i] + parts[i + 1 :]) for i in range(k)]
            pairs = zip(kept, parts, strict=True)
            scores[k][seed - 1] = np.mean([score(X[a], y[a], X[b], y[b]) for a, b in pairs])
    return scores


def standard_error(accuracy: float, n: int) -> float:
    """Return how far an accuracy measured on `n` samples lies from the true one, typically.

    √(p (1 − p) / n), the standard deviation of a share of `n` independent draws (the binomial
    distribution); Mitchell (1997), Machine Learning, chapter 5. It is too small where `n` p or
    `n` (1 − p) is below about 5.
    """
    return float(np.sqrt(accuracy * (1 - accuracy) / n))


def has_twin(train: np.ndarray, val: np.ndarray) -> np.ndarray:
    """Return which rows of `val` stand in `train` as well, as bool of shape (len(val),)."""
    known = {row.tobytes() for row in np.ascontiguousarray(train)}
    return np.array([row.tobytes() in known for row in np.ascontiguousarray(val)])


def lake_levels(n_days: int = 730, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return the days 0, 1, ... and the level of a lake on each, in metres: made up.

    A yearly wave of half a metre around 3 m, and weather, of which each day keeps 97 % of the day
    before.

    Returns
    -------
    days, level : ndarray of shape (n_days,)
    """
    rng = np.random.default_rng(seed)
    days, weather = np.arange(n_days), np.zeros(n_days)
    for day in range(1, n_days):
        weather[day] = 0.97 * weather[day - 1] + 0.06 * rng.standard_normal()
    return days, 3 + 0.5 * np.sin(2 * np.pi * days / 365) + weather


def validation_days(n_days: int, split: str, fraction: float = 0.2, seed: int = 0) -> np.ndarray:
    """Return which days are set aside: scattered ones, or the last; bool of shape (n_days,)."""
    n_val, aside = round(fraction * n_days), np.zeros(n_days, dtype=bool)
    order = np.arange(n_days)
    if split == "shuffled":
        order = np.random.default_rng(seed).permutation(n_days)
    aside[order[-n_val:]] = True
    return aside


def nearest_days(
    days_train: np.ndarray, level_train: np.ndarray, days: np.ndarray, k: int = 3
) -> np.ndarray:
    """Return the mean level of the `k` nearest training days, for each of `days`."""
    distances = np.abs(days[:, None] - days_train[None])
    nearest = np.argsort(distances, axis=1, kind="stable")[:, :k]
    return level_train[nearest].mean(axis=1)
