"""What is to be predicted: classes, numbered from 0, or a measurement, standardised."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lessons_lib._ground.values import listed, shortened
from lessons_lib.datasets import _columns
from lessons_lib.datasets._said import of_spellings

if TYPE_CHECKING:
    import pandas as pd

MOST_NAMED = 10  # classes in a sentence
FEW_VALUES = 20  # whole numbers of more values are measurements beyond doubt


class Target(NamedTuple):
    """The target of all rows.

    Attributes
    ----------
    class_names : tuple of str
        Empty for a measurement.
    values : ndarray of shape (n_samples,)
        Each row's class as int64, or its measurement as float64; what is missing is -1 or NaN.
    doubts : list of str
        What in it may be meant in another way, in sentences.
    """

    class_names: tuple[str, ...]
    values: np.ndarray
    doubts: list[str]

    @property
    def missing(self) -> np.ndarray:
        """Which rows have no target, as an array of bool."""
        return self.values < 0 if self.class_names else np.isnan(self.values)

    def in_words(self, name: Hashable, mean: float, unit: float) -> list[str]:
        """Say what it was taken for, and in which unit a network learns a measurement."""
        if not self.class_names:
            one = _rounded(unit)
            scaled = f"(`{name}` − {_rounded(mean)}) / {one}"
            line = f"`{name}` is a measurement: y is {scaled}, so 1 in y is {one}."
            return [line, *self.doubts]
        names = listed(self.class_names, MOST_NAMED)
        return [f"`{name}` names {len(self.class_names)} classes: {names}.", *self.doubts]


def read(table: pd.DataFrame, name: Hashable, classes: bool | None) -> Target:
    """Read the target's column as classes or as a measurement.

    Parameters
    ----------
    table : DataFrame
    name : hashable
        The target's column.
    classes : bool or None
        Which of the two; None decides by what stands there.

    Raises
    ------
    TypeError
        For `classes` that is none of the three.
    ValueError
        For a column that is neither.
    """
    if not (classes is None or isinstance(classes, bool | np.bool_)):
        raise TypeError(f"classes must be True, False or None; received {shortened(classes)}.")
    column = _columns.read(table, name)
    present = column.cells[~column.missing]
    different = np.unique(present)
    _check(f"the target {shortened(name)}", column.kind, different, classes)
    if classes or (classes is None and (column.kind == "words" or len(different) == 2)):
        if len(different) > max(2, len(present) / 2):
            raise ValueError(
                f"the target {shortened(name)} holds {len(different)} different values in "
                f"{len(present)} rows, which are too many to be classes. Choose another column"
                + (", or leave classes=True out." if column.kind == "numbers" else ".")
            )
        return _as_classes(table, name, column, different)
    doubts = [column.note] if column.note else []
    whole = (different == np.round(different)).all()
    if classes is None and whole and len(different) <= min(FEW_VALUES, len(present) / 2):
        doubts.append(
            f"Only {len(different)} whole numbers stand in `{name}`: if they are names of classes, "
            "give classes=True."
        )
    return Target((), column.cells, doubts)


def standardised(
    values: np.ndarray, train: np.ndarray, name: Hashable
) -> tuple[np.ndarray, float, float]:
    """Scale a measurement to mean 0 and standard deviation 1 over the training rows.

    Returns
    -------
    y : ndarray of shape (n_samples,), float32
    mean, unit : float
        Of the training rows: their mean and standard deviation.
    """
    from sklearn.preprocessing import StandardScaler

    own = values[train]
    if (own == own[0]).all():
        raise ValueError(
            f"the target {shortened(name)} is {own[0]:g} in all {len(own)} rows of the training "
            "set: there is nothing to learn. Give more rows, or another seed."
        )
    with np.errstate(over="ignore", invalid="ignore"):
        scaler = StandardScaler().fit(own[:, np.newaxis])
        y = scaler.transform(values[:, np.newaxis])[:, 0].astype(np.float32)
    if not np.isfinite(y).all():
        raise ValueError(
            f"the target {shortened(name)} runs from {values.min():g} to {values.max():g}, which "
            "is too far for a network's numbers. Give it in a larger unit, or as its logarithm."
        )
    return y, float(scaler.mean_[0]), float(scaler.scale_[0])


def _rounded(value: float) -> str:
    """Return four digits of a number: 183,400 where Python writes 1.834e+05."""
    short = f"{value:.4g}"
    return f"{float(short):,.0f}" if 1e4 <= abs(value) < 1e9 else short


def _check(shown: str, kind: str, different: np.ndarray, classes: bool | None) -> None:
    """Raise where there is nothing to predict, or nothing that a network can."""
    if not len(different):
        raise ValueError(f"{shown} is empty in every row. Choose another column.")
    if kind == "dates":
        raise ValueError(
            f"{shown} holds dates, and a network predicts numbers or classes. Make a number of "
            "it, such as days since the first date."
        )
    if len(different) == 1:
        raise ValueError(
            f"{shown} is {shortened(different[0])} in every row: there is nothing to predict. "
            "Choose another column."
        )
    if classes is False and kind == "words":
        raise ValueError(
            f"{shown} holds words, such as {shortened(different[0])}, and classes=False asks for "
            "a measurement. Leave classes=False out, or put numbers there."
        )


def _as_classes(
    table: pd.DataFrame, name: Hashable, column: _columns.Column, different: np.ndarray
) -> Target:
    names = [_columns.text_of_cell(value) for value in different]
    if getattr(table[name].dtype, "ordered", False):
        given = [_columns.text_of_cell(value) for value in table[name].cat.categories]
        names = [word for word in given if word in names]
    number = {word: k for k, word in enumerate(names)}
    values = [number.get(_columns.text_of_cell(value), -1) for value in column.cells]
    values = np.where(column.missing, -1, values).astype(np.int64)
    doubts = [column.note] if column.note else []
    return Target(tuple(names), values, [*doubts, *of_spellings(name, names)])
