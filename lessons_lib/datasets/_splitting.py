"""Rows set aside for validation."""

from __future__ import annotations

import numbers
from typing import TYPE_CHECKING

import numpy as np

from lessons_lib._ground.cells import is_missing, place_of
from lessons_lib._ground.values import shortened, whole_number
from lessons_lib.datasets._arguments import finite_number, rows_of

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from lessons_lib.datasets._arguments import Rows

MOST_CLASSES = 20  # whole numbers of more values are taken for measurements


def train_val_split(
    X: ArrayLike,
    y: ArrayLike,
    val_fraction: float = 0.3,
    seed: int = 0,
    stratify: bool = False,
) -> tuple[Rows, Rows, Rows, Rows]:
    """Shuffle the rows and set a fraction of them aside for validation.

    Do not shuffle a time series like this: its validation rows must lie after its training rows.
    Where a class stands in one of the sets alone, a printed line says so: a network cannot learn
    what it has not seen, and nothing is measured on what was not set aside.

    Parameters
    ----------
    X : ndarray or DataFrame of shape (n_samples, ...)
    y : ndarray or Series of shape (n_samples, ...)
    val_fraction : float
        Between 0 and 1; rounded to whole rows, with one row at least in each set.
    seed : int
        The same seed gives the same split.
    stratify : bool
        Split each class of `y` in this proportion, so that every class stands in both sets. The
        rounding is then done class by class.

    Returns
    -------
    X_train, X_val, y_train, y_val
        Of the same types as `X` and `y`, in scikit-learn's order.
    """
    X, y = rows_of("X", X), _with_labels_of_one_kind(rows_of("y", y), y)
    val_fraction = _check_split(X, y, val_fraction, stratify)
    rng = np.random.default_rng(whole_number("seed", seed))
    groups = _stratified(y) if stratify else [np.arange(len(y))]
    train, val = [], []
    for rows in groups:
        rows = rng.permutation(rows)
        n_val = int(np.clip(np.rint(len(rows) * val_fraction), 1, len(rows) - 1))
        val.append(rows[:n_val])
        train.append(rows[n_val:])
    train, val = (rng.permutation(np.concatenate(part)) for part in (train, val))
    if not stratify:
        _tell_of_classes_left_out(y, train, val)
    return _take(X, train), _take(X, val), _take(y, train), _take(y, val)


def _check_split(X: Rows, y: Rows, val_fraction: float, stratify: bool) -> float:
    """Return `val_fraction` as a float, or explain why there is no such split."""
    if X.ndim == 0 or y.ndim == 0 or len(X) != len(y):
        raise ValueError(
            "X and y must have the same number of rows; received shapes "
            f"{tuple(X.shape)} and {tuple(y.shape)}."
        )
    if len(X) < 2:
        raise ValueError(f"a split needs 2 rows at least, one for each set; received {len(X)}.")
    fraction = finite_number("val_fraction", val_fraction)
    if not 0 < fraction < 1:
        raise ValueError(
            "val_fraction must lie between 0 and 1, for example 0.3 for 30 %; "
            f"received {val_fraction}."
        )
    if not isinstance(stratify, bool | np.bool_):  # scikit-learn takes the labels
        raise TypeError(
            "stratify must be True or False; received something of type "
            f"{type(stratify).__name__}. The classes are those of y: write stratify=True."
        )
    return fraction


def _with_labels_of_one_kind(y: Rows, given: ArrayLike) -> Rows:
    """Return `y`; raise where it holds text here and numbers there.

    ``np.asarray([1, "a"])`` has made text of both, so what was given is looked at.
    """
    made = np.asarray(y)
    if made.dtype.kind not in "OSU" or made.size != len(made):
        return y
    values = made if hasattr(given, "dtype") else np.asarray(given, dtype=object)
    first = {}  # kind of label: where it is first met
    for row, value in enumerate(values.ravel()):
        if not is_missing(value):
            kinds = (kind for kind in (str, numbers.Number | np.bool_) if isinstance(value, kind))
            first.setdefault(next(kinds, type(value)), (row, value))
    if len(first) > 1:
        met = [f"{shortened(v)} in {place_of(y, (row,))}" for row, v in list(first.values())[:2]]
        raise TypeError(
            f"the labels in y must be of one kind, all numbers or all text; received "
            f"{' and '.join(met)}. Write each class in one way, for example y = [str(label) for "
            "label in y]."
        )
    return values if made is y and any(map(is_missing, values.ravel())) else y


def _class_rows(y: Rows) -> tuple[list, list[np.ndarray]]:
    """Return the classes in `y` in their order, and the row numbers of each as a list of arrays.

    Rows whose label is missing are the last class.
    """
    y = y if np.ma.is_masked(y) else np.asarray(y)  # its `tolist` has None under the mask
    y = y[:, 0] if y.shape[1:] == (1,) else y
    missing = np.array([is_missing(value) for value in y.tolist()])
    try:
        classes, place = np.unique(y[~missing], return_inverse=True)
    except (TypeError, ValueError):  # NumPy cannot sort them
        plain = (str, bytes, numbers.Real)
        row = next((k for k, label in enumerate(y) if not isinstance(label, plain)), 0)
        raise TypeError(
            "stratify needs labels that are numbers or text; received something of type "
            f"{type(y[row]).__name__} in row {row}: {shortened(y[row])}. Name the class of each "
            "row in y."
        ) from None
    rows = np.flatnonzero(~missing)
    groups = [rows[place == k] for k in range(len(classes))]
    if missing.any():
        return [*classes.tolist(), None], [*groups, np.flatnonzero(missing)]
    return classes.tolist(), groups


def _stratified(y: Rows) -> list[np.ndarray]:
    """Return the rows of each class, every one of which can be split."""
    if y.ndim != 1 and y.shape[1:] != (1,):
        raise ValueError(
            "stratify needs class labels of shape (n_samples,); received shape "
            f"{tuple(y.shape)}. For one-hot labels give y.argmax(axis=1)."
        )
    classes, groups = _class_rows(y)
    alone = [(k, rows) for k, rows in zip(classes, groups, strict=True) if len(rows) < 2]
    if alone:
        label, rows = alone[0]
        several = f"of {len(alone)} classes, such as" if len(alone) > 1 else "of class"
        raise ValueError(
            f"stratify needs two rows of each class, one for each set; received a single row "
            f"{several} {shortened(label)} in {place_of(y, rows)}. Join rare classes, or leave "
            "stratify=False (it is meant for labels, not for measurements)."
        )
    return groups


def _tell_of_classes_left_out(y: Rows, train: np.ndarray, val: np.ndarray) -> None:
    """Print a line where labels, and not measurements, stand in one set alone."""
    labels = y if np.ma.is_masked(y) else np.asarray(y)
    if labels.ndim == 2 and labels.shape[1] > 1 and labels.dtype.kind in "biuf":
        one_hot = np.isin(labels, (0, 1)).all() and (labels.sum(axis=1) == 1).all()
        labels = labels.argmax(axis=1) if one_hot else labels
    if labels.ndim > 1 and labels.shape[1:] != (1,):
        return
    if labels.dtype.kind == "f" and not (labels == np.round(labels)).all():
        return
    try:
        classes, groups = _class_rows(labels)
    except TypeError:  # boxes of objects in a picture, for example, are no classes
        return
    if len(classes) > min(MOST_CLASSES, len(labels) / 2):
        return
    for name, rows in (("training", train), ("validation", val)):
        absent = [
            shortened(c)
            for c, own in zip(classes, groups, strict=True)
            if not np.isin(own, rows).any()
        ]
        if absent:
            n = len(rows)
            where = f"among the {n} {name} rows" if n > 1 else f"in the {name} set of one row"
            print(
                f"train_val_split: no row of class {', '.join(absent)} is {where}. If y holds "
                "classes, give stratify=True, or another seed."
            )


def _take(values: Rows, rows: np.ndarray) -> Rows:
    return values.iloc[rows] if hasattr(values, "iloc") else values[rows]
