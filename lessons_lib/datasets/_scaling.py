"""Scaling that is fitted on the training rows, and done to all others as well."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from lessons_lib._ground.cells import column_of
from lessons_lib._ground.values import shortened
from lessons_lib.datasets._arguments import finite_array, refuse_cells

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

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
