"""Columns that alone tell the target: perhaps nobody would know them before it."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import NamedTuple

import numpy as np

SUSPICIOUS = 0.95  # of the classes right, each counting the same, or of the variance
FEWEST_ROWS = 20  # fewer, or less than two of a class, can all be right by chance


class Leak(NamedTuple):
    """A column under suspicion.

    Attributes
    ----------
    column : str
    score : float
        On the validation set, of a small decision tree that sees this column alone: the mean
        over the classes of how many are right, or for a measurement R², the fraction of its
        variance that is explained. 1 is perfect.
    """

    column: str
    score: float

    def in_words(self, target: Hashable, is_classes: bool) -> str:
        """Return the suspicion as a sentence."""
        percent = f"{100 * self.score:.0f} %"
        told = (
            f"predicts {percent} of the validation rows, each class counting the same"
            if is_classes
            else f"explains {percent} of the variance in the validation set"
        )
        return (
            f"`{self.column}` alone {told}: would you know it before `{target}`? If not, leave it "
            f"out with drop=[{self.column!r}]."
        )


def find(
    origins: Sequence[Hashable],
    X_train: np.ndarray,
    y_train: np.ndarray,
    X_val: np.ndarray,
    y_val: np.ndarray,
) -> tuple[Leak, ...]:
    """Return the columns that alone nearly tell the target, the most telling first.

    Parameters
    ----------
    origins : sequence of shape (n_features,)
        The column that each feature comes from.
    X_train, X_val : ndarray of shape (n_samples, n_features)
    y_train, y_val : ndarray of shape (n_samples,)
        Classes as int, or a measurement as float.
    """
    from sklearn.metrics import r2_score, recall_score
    from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

    is_classes = y_train.dtype.kind == "i"
    different = len(np.unique(y_val))
    if len(y_val) < FEWEST_ROWS or different < 2 or (is_classes and 2 * different > len(y_val)):
        return ()
    leaks = []
    for name in dict.fromkeys(origins):
        own = np.flatnonzero([origin == name for origin in origins])
        if is_classes:
            tree = DecisionTreeClassifier(max_depth=6, class_weight="balanced", random_state=0)
            told = tree.fit(X_train[:, own], y_train).predict(X_val[:, own])
            met = np.unique(y_val)
            score = recall_score(y_val, told, labels=met, average="macro", zero_division=0)
        else:
            tree = DecisionTreeRegressor(max_depth=6, min_samples_leaf=3, random_state=0)
            told = tree.fit(X_train[:, own], y_train).predict(X_val[:, own])
            score = r2_score(y_val, told)
        if score >= SUSPICIOUS:
            leaks.append(Leak(str(name), float(score)))
    return tuple(sorted(leaks, key=lambda leak: -leak.score))
