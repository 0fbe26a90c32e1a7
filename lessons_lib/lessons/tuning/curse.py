"""The best of many: what it scores on the rows that chose it, and what it is worth on others."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np


class Winners(NamedTuple):
    """The winners of many searches, after each number of models tried.

    Attributes
    ----------
    validation : ndarray of shape (n_searches, n_models)
        Accuracy of the best so far on the rows that chose it, after 1, 2, ... models.
    test : ndarray of shape (n_searches, n_models)
        Accuracy of the same model on all other rows.
    rows : int
        How many rows chose.
    """

    validation: np.ndarray
    test: np.ndarray
    rows: int

    @property
    def gap(self) -> np.ndarray:
        """Mean of validation minus test, after 1, 2, ... models tried, shape (n_models,)."""
        return np.mean(self.validation - self.test, axis=0)


def right_answers(outputs: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Say which model is right about which row; an output that is no number is wrong.

    Parameters
    ----------
    outputs : ndarray of shape (n_models, n_rows) or (n_models, n_rows, 1)
        Above 0 where the model says the class with the target +1.
    y : ndarray of shape (n_rows,)
        Targets, −1 or +1.

    Returns
    -------
    ndarray of bool, shape (n_models, n_rows)
    """
    said = np.reshape(outputs, (len(outputs), -1))
    return ((said > 0) == (np.ravel(y) > 0)) & np.isfinite(said)


def coins(n_coins: int, y: np.ndarray, seed: int = 0) -> np.ndarray:
    """Let coins guess targets of −1 and +1, and say which is right about which row.

    Parameters
    ----------
    n_coins : int
    y : ndarray of shape (n_rows,)
    seed : int

    Returns
    -------
    ndarray of bool, shape (n_coins, n_rows)
    """
    rng = np.random.default_rng(seed)
    return right_answers(rng.choice([-1.0, 1.0], size=(n_coins, len(y))), y)


def search_again_and_again(
    right: np.ndarray, rows: int, searches: int = 200, seed: int = 0
) -> Winners:
    """Search many times among the same models, each time by other validation rows.

    A search draws its validation rows, tries the models in an order of its own and keeps the
    one that is right most often; of equals it keeps the one it has. Nothing is trained:
    which model is right about which row is looked up.

    Parameters
    ----------
    right : ndarray of bool, shape (n_models, n_rows)
        Whether a model is right about a row.
    rows : int
        How many of the rows are for validation; all others are for the test.
    searches : int
    seed : int

    Returns
    -------
    Winners
    """
    n_models, n_rows = np.shape(right)
    if not 0 < rows < n_rows:
        raise ValueError(
            f"rows must be from 1 to {n_rows - 1}, so that some of the {n_rows} are left for the "
            f"test; received {rows}."
        )
    rng = np.random.default_rng(seed)
    chosen = np.zeros((searches, n_rows), dtype=np.float32)
    order = np.empty((searches, n_models), dtype=int)
    for search in range(searches):
        chosen[search, rng.choice(n_rows, rows, replace=False)] = 1
        order[search] = rng.permutation(n_models)
    hits = np.asarray(right, dtype=np.float32)
    inside = np.take_along_axis(chosen @ hits.T, order, axis=1)  # whole numbers, so exact
    outside = hits.sum(axis=1)[order] - inside
    before = np.maximum.accumulate(inside, axis=1)[:, :-1]
    better = np.column_stack([np.ones(searches, dtype=bool), inside[:, 1:] > before])
    winner = np.maximum.accumulate(np.where(better, np.arange(n_models), 0), axis=1)
    validation = np.take_along_axis(inside, winner, axis=1) / rows
    test = np.take_along_axis(outside, winner, axis=1) / (n_rows - rows)
    return Winners(validation, test, rows)


def ridge(X: np.ndarray, y: np.ndarray, penalty: float) -> Callable[[np.ndarray], np.ndarray]:
    """Fit a linear unit with an L2 penalty in one step, and return its predictions as a function.

    It minimises the sum of squared errors plus ``penalty`` times the sum of squared weights
    (ridge regression, Hoerl and Kennard, 1970); the bias is free.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
    y : ndarray of shape (n_samples,)
    penalty : float
        Above 0.

    Returns
    -------
    callable
        Takes inputs of shape (n, n_features) and returns predictions of shape (n,).
    """
    centre, mean = X.mean(axis=0), y.mean()
    Z = X - centre
    weights = np.linalg.solve(Z.T @ Z + penalty * np.eye(Z.shape[1]), Z.T @ (y - mean))
    return lambda inputs: mean + (inputs - centre) @ weights
