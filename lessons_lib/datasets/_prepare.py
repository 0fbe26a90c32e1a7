"""What is done to data before training: scaling fitted on the training rows, and splitting."""

from __future__ import annotations

import dataclasses
import numbers
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from lessons_lib._ground.cells import column_of, is_missing, place_of
from lessons_lib._ground.values import shortened, whole_number
from lessons_lib.datasets._arguments import (
    finite_array,
    finite_number,
    refuse_cells,
    rows_of,
)

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from lessons_lib.datasets._arguments import Rows

MOST_CLASSES = 20  # whole numbers of more values are taken for measurements
SMALLEST_SCALE = 1e-312  # below it, a float64 has fewer than nine digits


@dataclasses.dataclass(frozen=True, eq=False)
class Scaler:
    """A fitted scaling: ``scaler(X)`` is (X - offset) / scale, ``scaler.inverse(Z)`` undoes it.

    Made by `standardize` or `min_max` from the training rows; use the same one on validation and
    test rows. float32 stays float32, everything else becomes float64.

    Attributes
    ----------
    offset : ndarray of shape (n_features,)
        The mean of each training column, or its minimum.
    scale : ndarray of shape (n_features,)
        The standard deviation of each training column, or its range; 1 where the column is
        constant, so that the column becomes 0 and nothing is divided by 0, and the column's size
        where it is constant but for rounding.
    columns : tuple of str or None
        The columns' names, where a DataFrame was given: others are then refused.
    """

    offset: np.ndarray
    scale: np.ndarray
    columns: tuple[str, ...] | None = None

    def __call__(self, X: ArrayLike) -> np.ndarray:
        """Scale rows.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)

        Returns
        -------
        Z : ndarray of shape (n_samples, n_features)
        """
        rows = self._rows("X", X)
        unit, offset, scale = self._in_units()
        return _result("X", X, rows, lambda: (np.ldexp(_wide(rows), -unit) - offset) / scale)

    def inverse(self, Z: ArrayLike) -> np.ndarray:
        """Turn scaled rows back into the original units.

        Parameters
        ----------
        Z : array-like of shape (n_samples, n_features)

        Returns
        -------
        X : ndarray of shape (n_samples, n_features)
        """
        rows = self._rows("Z", Z)
        unit, offset, scale = self._in_units()
        return _result("Z", Z, rows, lambda: np.ldexp(_wide(rows) * scale + offset, unit))

    def _in_units(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Each column's unit as a power of 2, and offset and scale in it.

        Powers of 2 change no digit, and in a unit of the scale's own size no difference
        overflows on the way to a result that does not.
        """
        unit = np.frexp(self.scale)[1]
        return unit, np.ldexp(self.offset, -unit), np.ldexp(self.scale, -unit)

    def _rows(self, name: str, values: ArrayLike) -> np.ndarray:
        given = tuple(getattr(values, "columns", ())) or None
        if self.columns and given and given != self.columns:
            fitted, received = shortened(list(self.columns)), shortened(list(given))
            raise ValueError(
                f"this scaler was fitted on the columns {fitted}; received {received}. Give the "
                "same columns in the same order: X[list(scaler.columns)]."
            )
        array = finite_array(name, values)
        if array.shape[1:] != self.offset.shape:
            columns = "".join(f", {size}" for size in self.offset.shape) or ","
            raise ValueError(
                f"this scaler was fitted on arrays of shape (n_samples{columns}); received shape "
                f"{array.shape}. Give the same columns in the same order"
                + (
                    f", and a single row as {name}[:1]."
                    if array.shape == self.offset.shape
                    else "."
                )
            )
        return array


def standardize(X_train: ArrayLike) -> Scaler:
    """Fit a scaling to mean 0 and standard deviation 1 on the training rows.

    z = (x - mean) / standard deviation, column by column, both over the training rows (divided
    by n, not n - 1).

    Parameters
    ----------
    X_train : array-like of shape (n_samples, n_features) or (n_samples,)

    Returns
    -------
    Scaler
        Call it on any rows: ``scale = standardize(X_train); scale(X_val)``.
    """
    rows = _training_rows(X_train)
    # In a unit of the column's own size, for the squares of large numbers overflow.
    unit = np.frexp(np.abs(_wide(rows)).max(axis=0))[1]
    rows_in_units = np.ldexp(_wide(rows), -unit)
    mean, deviation = rows_in_units.mean(axis=0), rows_in_units.std(axis=0)
    return _fitted(X_train, rows, np.ldexp(mean, unit), np.ldexp(deviation, unit))


def min_max(X_train: ArrayLike) -> Scaler:
    """Fit a scaling to the range 0 to 1 on the training rows.

    z = (x - min) / (max - min), column by column. Validation rows may fall outside 0 to 1: that
    is honest, for their extremes were not known at training.

    Parameters
    ----------
    X_train : array-like of shape (n_samples, n_features) or (n_samples,)

    Returns
    -------
    Scaler
        Call it on any rows: ``scale = min_max(X_train); scale(X_val)``.
    """
    rows = _training_rows(X_train)
    with np.errstate(over="ignore"):  # `_fitted` says so
        return _fitted(X_train, rows, _wide(rows).min(axis=0), np.ptp(_wide(rows), axis=0))


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


def _wide(rows: np.ndarray) -> np.ndarray:
    """As float64: a mean of many float32 values loses digits that the scaled data would show."""
    return rows.astype(np.float64, copy=False)


def _training_rows(X_train: ArrayLike) -> np.ndarray:
    rows = finite_array("X_train", X_train)
    if rows.size == 0:
        raise ValueError(
            "X_train must hold a row and a column at least, with shape (n_samples, n_features); "
            f"received shape {rows.shape}."
        )
    return rows


def _fitted(X_train: ArrayLike, rows: np.ndarray, offset: np.ndarray, scale: np.ndarray) -> Scaler:
    low, high = _wide(rows.min(axis=0)), _wide(rows.max(axis=0))
    # A constant column is found by its extremes: the rounded mean of equal numbers can differ
    # from them in the last digit, and would leave a standard deviation of 1e-17 to divide by.
    # So would sums that should all be 1: a column of rounding is divided by its own size.
    size = np.maximum(np.abs(low), np.abs(high))
    with np.errstate(over="ignore"):
        constant = high - low <= 4 * np.finfo(rows.dtype).eps * size
    unfit = ~constant & ~((scale > SMALLEST_SCALE) & (scale < np.inf))
    if unfit.any():
        place = np.unravel_index(np.argmax(unfit), unfit.shape)
        column = f"{column_of(X_train, place)} of X_train" if place else "X_train"
        fault, unit = ("much", "larger") if size[place] > 1 else ("little", "smaller")
        raise ValueError(
            f"{column} runs from {low[place]:g} to {high[place]:g}, which is too {fault} for "
            f"float64 to divide by. Give it in a {unit} unit."
        )
    return Scaler(
        offset=np.where(constant, rows[0], offset),
        scale=np.where(constant, np.where(low == high, 1.0, size), scale),
        columns=tuple(getattr(X_train, "columns", ())) or None,
    )


def _result(
    name: str, values: ArrayLike, rows: np.ndarray, compute: Callable[[], np.ndarray]
) -> np.ndarray:
    """Compute in float64, return in the type of `rows`, and say which of them leads too far."""
    with np.errstate(over="ignore"):
        result = compute().astype(rows.dtype)
    refuse_cells(
        values,
        ~np.isfinite(result),
        lambda cell, where: (
            f"{name} holds {rows[cell]:g} in {where}, which this scaler turns into a number that "
            f"{rows.dtype} cannot hold. Look whether it has the unit of the training rows."
        ),
    )
    return result


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
