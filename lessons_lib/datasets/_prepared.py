"""A table made ready for a network: three sets, features and target, the test set sealed."""

from __future__ import annotations

import dataclasses
from collections.abc import Hashable
from textwrap import fill
from typing import TYPE_CHECKING

import numpy as np

from lessons_lib._ground.values import shortened
from lessons_lib.datasets import _columns, _features, _said
from lessons_lib.datasets._leaks import Leak
from lessons_lib.datasets._table_arguments import all_of, check_table

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike

WIDTH = 96  # characters in a line of what is said


@dataclasses.dataclass(eq=False)
class Sealed:
    """The rows kept for the one test, and how often they have been looked at."""

    X: np.ndarray
    y: np.ndarray
    times_opened: int = 0


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Prepared:
    """A table in three sets, ready for a network, and what was done to it.

    Made by `prepare`. As a cell's last line it says in sentences what was done.

    Attributes
    ----------
    X_train, X_val : ndarray of shape (n_samples, n_features), float32
        The features: measurements with mean 0 and standard deviation 1 over the training set,
        zeros and ones for each word, and a flag where cells are missing.
    y_train, y_val : ndarray of shape (n_samples,)
        int64 from 0 for classes; float32 for a measurement, with mean 0 and standard deviation 1
        over the training set.
    train, val : DataFrame
        The same rows as the table has them, in the same order, the target included.
    target : str
        The target's column.
    is_classes : bool
        Whether the target names classes.
    class_names : tuple of str
        Class 0 first; empty for a measurement.
    feature_names : tuple of str
        Such as "age", "colour=red", "colour rare" and "age missing".
    unit : float
        The standard deviation of the target over the training set, in the target's own unit; 1
        for classes.
    leaks : tuple of Leak
        Columns that alone nearly tell the target (``column``, ``score``): a suspicion.
    said : tuple of str
        What was done, in sentences.
    """

    X_train: np.ndarray
    y_train: np.ndarray
    X_val: np.ndarray
    y_val: np.ndarray
    train: pd.DataFrame
    val: pd.DataFrame
    target: str
    is_classes: bool
    class_names: tuple[str, ...]
    feature_names: tuple[str, ...]
    unit: float
    leaks: tuple[Leak, ...]
    said: tuple[str, ...]
    _mean: float
    _to_features: _features.Features
    _ignored: tuple[Hashable, ...]  # columns of the table that are no features
    _sealed: Sealed

    @property
    def n_test(self) -> int:
        """How many rows are kept for the test."""
        return len(self._sealed.y)

    @property
    def times_opened(self) -> int:
        """How often the test set has been opened; 0 while it is sealed."""
        return self._sealed.times_opened

    def open_test(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the test set; each opening is counted, and a printed line says if it was open.

        Returns
        -------
        X_test : ndarray of shape (n_test, n_features), float32
        y_test : ndarray of shape (n_test,)
            As `y_train` is.
        """
        self._sealed.times_opened += 1
        if self.times_opened > 1:
            print(
                f"The test set is opened for the {_ordinal(self.times_opened)} time. If anything "
                "was chosen by what it said before, it has become a second validation set, and "
                "its score flatters."
            )
        return self._sealed.X.copy(), self._sealed.y.copy()

    def transform(self, rows: pd.DataFrame) -> np.ndarray:
        """Do to other rows what was done to the training set.

        A printed line says what stands in them that stands in no training row.

        Parameters
        ----------
        rows : DataFrame
            With the columns of the table; those that are no features, as the target, may lack.

        Returns
        -------
        X : ndarray of shape (n_samples, n_features), float32
        """
        check_table("rows", rows)
        kinds = self._to_features.kinds
        self._refuse_other_columns(rows)
        columns = {name: _columns.read(rows, name, kind=kind) for name, kind in kinds.items()}
        X = self._to_features(columns)
        _features.refuse_too_far(X, self._to_features.origins, rows, columns, np.arange(len(rows)))
        for line in _said.of_strangers(self._to_features, columns):
            print(f"transform: {line}")
        return X

    def in_units(self, y: ArrayLike) -> np.ndarray:
        """Turn targets or predictions back: into the target's own unit, or the classes' names.

        Parameters
        ----------
        y : array-like of shape (n_samples,)
            As `y_train` is.

        Returns
        -------
        ndarray of shape (n_samples,)
            Floats, or texts as objects.
        """
        y = np.asarray(y)
        if not self.is_classes:
            return y.astype(np.float64) * self.unit + self._mean
        n_classes = len(self.class_names)
        if y.dtype.kind not in "iu" or not ((y >= 0) & (y < n_classes)).all():
            raise ValueError(
                f"y must hold whole numbers from 0 to {n_classes - 1}, each a class; received "
                f"{shortened(y.tolist())}. Of probabilities, y.argmax(axis=1) is the class."
            )
        return np.array(self.class_names, dtype=object)[y]

    def _refuse_other_columns(self, rows: pd.DataFrame) -> None:
        kinds = self._to_features.kinds
        lacking = [name for name in kinds if name not in rows.columns]
        others = [n for n in rows.columns if n not in kinds and n not in self._ignored]
        faults = [f"lack {all_of(lacking)}"] if lacking else []
        faults += [f"have {all_of(others)} beside them"] if others else []
        if faults:
            raise ValueError(
                f"rows must have the columns of the table that was prepared; these "
                f"{' and '.join(faults)}. rows.rename(columns=...) and rows.drop(columns=...) "
                "mend it."
            )

    def __repr__(self) -> str:
        opened = {
            0: "The test set is sealed: open_test() opens it, once, at the very end.",
            1: "The test set has been opened once.",
        }
        now = opened.get(
            self.times_opened, f"The test set has been opened {self.times_opened} times."
        )
        # Here, because JupyterLab breaks a long line in the middle of a word.
        return "\n".join(fill(line, WIDTH, subsequent_indent="  ") for line in [*self.said, now])


def _ordinal(count: int) -> str:
    return {2: "second", 3: "third"}.get(count, f"{count}th")
