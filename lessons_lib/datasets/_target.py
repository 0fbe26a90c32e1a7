"""What is to be predicted: classes, numbered from 0, or a measurement, standardised."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lessons_lib._ground.values import listed, shortened
from lessons_lib.datasets import _columns

if TYPE_CHECKING:
    import pandas as pd

MOST_CLASSES = 20  # whole numbers of more values are measurements beyond doubt


class Target(NamedTuple):
    """The target of all rows.

    Attributes
    ----------
    class_names : tuple of str
        Empty for a measurement.
    values : ndarray of shape (n_samples,)
        Each row's class, or its measurement; what is missing is -1 or NaN.
    said : list of str
        What it was taken for.
    """

    class_names: tuple[str, ...]
    values: np.ndarray
    said: list[str]

    @property
    def missing(self) -> np.ndarray:
        """Which rows have no target, as an array of bool."""
        return self.values < 0 if self.class_names else np.isnan(self.values)


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
    ValueError
        For a column that is neither.
    """
    column = _columns.read(table, name)
    shown = f"the target {shortened(name)}"
    present = column.cells[~column.missing]
    if not len(present):
        raise ValueError(f"{shown} holds no value in any row. Choose another column.")
    if column.kind == "dates":
        raise ValueError(
            f"{shown} holds dates, and a network predicts numbers or classes. Make a number of it "
            "first, such as days since the first date."
        )
    different = np.unique(present)
    if len(different) == 1:
        raise ValueError(
            f"{shown} holds {shortened(different[0])} in every row: there is nothing to predict. "
            "Choose another column."
        )
    whole = column.kind == "numbers" and (different == np.round(different)).all()
    if classes is False and column.kind == "words":
        raise ValueError(
            f"{shown} holds words, such as {shortened(present[0])}, and classes=False asks for a "
            "measurement. Leave classes out, or put numbers there."
        )
    few = len(different) <= min(MOST_CLASSES, len(present) / 2)
    if classes is None:
        classes = column.kind == "words" or len(different) == 2
        said = _doubt(name, different) if not classes and whole and few else []
    else:
        said = []
    if not classes:
        return Target((), column.cells, said)
    if len(different) > len(present) / 2 and len(different) > 2:
        raise ValueError(
            f"{shown} holds {len(different)} different values in {len(present)} rows, which are "
            "too many to be classes. Choose another column"
            + (", or leave classes=True out." if column.kind == "numbers" else ".")
        )
    return _as_classes(table, name, column, different)


def _doubt(name: Hashable, different: np.ndarray) -> list[str]:
    few = listed([f"{value:g}" for value in different])
    return [
        f"`{name}` holds only {few}, and is taken for a measurement: between 3 and 4 there could "
        "be 3.5. If they are names of classes, give classes=True."
    ]


def _as_classes(
    table: pd.DataFrame, name: Hashable, column: _columns.Column, different: np.ndarray
) -> Target:
    words = np.full(len(column.cells), "", dtype=object)
    words[~column.missing] = [_columns.text_of_cell(v) for v in column.cells[~column.missing]]
    order = [_columns.text_of_cell(value) for value in different]
    if getattr(table[name].dtype, "ordered", False):
        given = map(_columns.text_of_cell, table[name].cat.categories)
        order = [word for word in given if word in order]
    number = {word: k for k, word in enumerate(order)}
    values = np.array([number.get(word, -1) for word in words])
    return Target(tuple(order), values, [])
