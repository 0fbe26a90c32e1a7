"""Which rows of a table train, which validate and which are kept for the one test."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Sets(NamedTuple):
    """Row numbers of the three sets, each as an array of int."""

    train: np.ndarray
    val: np.ndarray
    test: np.ndarray


def shuffled(
    same: np.ndarray, labels: np.ndarray, fractions: tuple[float, float], seed: int
) -> Sets:
    """Deal out the rows of each class by chance, equal rows together.

    Parameters
    ----------
    same : ndarray of shape (n_samples,), int
        Rows with the same number are equal, and come into one set.
    labels : ndarray of shape (n_samples,), int
        Each row's class; zeros where there are none.
    fractions : tuple of float
        Of the validation set and of the test set.
    seed : int

    Returns
    -------
    Sets
        A class with fewer than three different rows lacks in the test set, or in both others
        than the training set.
    """
    rng = np.random.default_rng(seed)
    dealt = [[], [], []]
    for label in np.unique(labels):
        rows = np.flatnonzero(labels == label)
        _, group, sizes = np.unique(same[rows], return_inverse=True, return_counts=True)
        members = np.split(rows[np.argsort(group, kind="stable")], np.cumsum(sizes)[:-1])
        order = rng.permutation(len(sizes))
        order = order[np.argsort(-sizes[order], kind="stable")]  # large groups first
        for place, part in zip(order, _dealt_out(sizes[order], fractions), strict=True):
            dealt[part].append(members[place])
    return Sets(*(rng.permutation(np.concatenate([[], *part]).astype(int)) for part in dealt))


def _dealt_out(sizes: np.ndarray, fractions: tuple[float, float]) -> list[int]:
    """Say for each group which set it comes into: the one that lacks most rows."""
    lacks = [sizes.sum() * fraction for fraction in (1 - sum(fractions), *fractions)]
    empty, sets = [0, 1, 2], []
    for left, size in zip(range(len(sizes), 0, -1), sizes.tolist(), strict=True):
        must = empty and (len(empty) == 3 or left <= len(empty))
        part = empty[0] if must else max(range(3), key=lacks.__getitem__)
        lacks[part] -= size
        empty = [other for other in empty if other != part]
        sets.append(part)
    return sets


def in_order(moments: np.ndarray, fractions: tuple[float, float]) -> Sets | None:
    """Split in order of time: the latest rows are the test set, those before validate.

    Parameters
    ----------
    moments : ndarray of shape (n_samples,)
        Rows of one moment come into one set.
    fractions : tuple of float
        Of the validation set and of the test set.

    Returns
    -------
    Sets or None
        Each in order of time; None where there are fewer than three moments.
    """
    order = np.argsort(moments, kind="stable")
    starts = np.flatnonzero(np.diff(moments[order]) != np.zeros(1, np.diff(moments[:2]).dtype)) + 1
    if len(starts) < 2:
        return None
    n_val, n_test = (len(order) * fraction for fraction in fractions)
    first = int(np.argmin(np.abs(starts[:-1] - (len(order) - n_val - n_test))))
    later = starts[first + 1 :]
    second = int(np.argmin(np.abs(later - (len(order) - n_test))))
    return Sets(*np.split(order, [starts[first], later[second]]))
