"""A table made ready for a network: three sets, features and target, the test set sealed."""

from __future__ import annotations

import dataclasses
from collections.abc import Hashable, Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from lessons_lib._ground.values import shortened, whole_number
from lessons_lib.datasets import _columns, _features, _leaks, _sets, _target
from lessons_lib.datasets._arguments import finite_number, place_of
from lessons_lib.datasets._leaks import Leak
from lessons_lib.datasets._table_arguments import (
    all_of,
    check_table,
    column_named,
    columns_dropped,
)

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike


@dataclasses.dataclass(eq=False)
class _Sealed:
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
    _sealed: _Sealed

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
        _refuse_too_far(X, self._to_features.origins, rows, columns, np.arange(len(rows)))
        for line in self._to_features.strange(columns):
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
        return "\n".join([*self.said, now])


def prepare(
    table: pd.DataFrame,
    target: Hashable,
    *,
    val_fraction: float = 0.2,
    test_fraction: float = 0.2,
    classes: bool | None = None,
    time: Hashable | None = None,
    drop: Iterable[Hashable] = (),
    rare: float = 0.01,
    seed: int = 0,
) -> Prepared:
    """Make a table ready for a network: a training, a validation and a sealed test set.

    Everything that is learned from data, such as means and which words there are, is learned
    from the training set alone, by scikit-learn's transformers. Rows that are equal come into
    one set, and each class is split in the same proportions.

    Parameters
    ----------
    table : DataFrame of shape (n_samples, n_columns)
    target : hashable
        The column to predict. Words, True and False, or two values are classes; other numbers
        are a measurement. Rows without it are left out.
    val_fraction, test_fraction : float
        Which fraction of the rows is for validation, and for the test.
    classes : bool or None
        True takes numbers of the target for classes, False two numbers for a measurement.
    time : hashable, False or None
        The column by which the rows are split in order, the latest for the test; it is no
        feature. None takes the column of dates if there is one; False shuffles all the same.
    drop : iterable of hashable
        Columns to leave out.
    rare : float
        Words that stand in a smaller fraction of the training rows, or once, share one feature;
        with 0 each has its own.
    seed : int
        The same seed gives the same sets.

    Returns
    -------
    Prepared

    Raises
    ------
    TypeError
        For a table that is no DataFrame.
    ValueError
        For what cannot be prepared, or not without being asked: column, row and value are named.
    """
    check_table("table", table)
    target = column_named(table, "target", target)
    fractions = _fractions(val_fraction, test_fraction)
    rare, seed = _rare(rare), whole_number("seed", seed)
    in_use = {"target": target} | ({} if time in (None, False) else {"time": time})
    drop = columns_dropped(table, drop, in_use)
    goal = _target.read(table, target, classes)
    columns = {
        name: _columns.read(
            table, name, otherwise=f", or leave the column out with drop=[{shortened(name)}]"
        )
        for name in table.columns
        if name != target and name not in drop
    }
    clock = _sets.clock(table, columns, time)
    rows = np.flatnonzero(~goal.missing)  # of the table, that have a target
    labels, known = goal.values[rows], table.iloc[rows]
    columns = {name: c._replace(cells=c.cells[rows]) for name, c in columns.items()}
    if clock is None:
        sets, said = _sets.shuffled(columns, labels, fractions, seed)
    else:
        sets, said = _sets.in_order(known, clock, columns.pop(clock), fractions)
    said += _sets.cautions(sets, labels, goal.class_names)
    features, of_features = _features.fit(columns, sets.train, rare)
    if features is None:
        why = " ".join([*of_features, "Give a table with other columns."])
        raise ValueError(f"no column is left from which the target could be predicted. {why}")
    X = features(columns)
    _refuse_too_far(X, features.origins, table, columns, rows)
    y, mean, unit = labels, 0.0, 1.0
    if not goal.class_names:
        y, mean, unit = _target.standardised(labels, sets.train, target)
    leaks = _leaks.find(features.origins, X[sets.train], y[sets.train], X[sets.val], y[sets.val])
    val = {name: column._replace(cells=column.cells[sets.val]) for name, column in columns.items()}
    return Prepared(
        X_train=X[sets.train],
        y_train=y[sets.train],
        X_val=X[sets.val],
        y_val=y[sets.val],
        train=known.iloc[sets.train],
        val=known.iloc[sets.val],
        target=str(target),
        is_classes=bool(goal.class_names),
        class_names=goal.class_names,
        feature_names=features.names,
        unit=unit,
        leaks=leaks,
        said=(
            *_of_rows_left_out(len(table) - len(rows), target),
            *said,
            goal.said if goal.class_names else _target.in_words(goal, target, mean, unit),
            *of_features,
            *_of_counters(columns),
            *(f"In the validation set, {line}" for line in features.strange(val)),
            *(leak.in_words(target, bool(goal.class_names)) for leak in leaks),
        ),
        _mean=mean,
        _to_features=features,
        _ignored=tuple(name for name in table.columns if name not in features.kinds),
        _sealed=_Sealed(X[sets.test], y[sets.test]),
    )


def _fractions(val_fraction: float, test_fraction: float) -> tuple[float, float]:
    fractions = (
        finite_number("val_fraction", val_fraction),
        finite_number("test_fraction", test_fraction),
    )
    if min(fractions) <= 0 or sum(fractions) >= 1:
        raise ValueError(
            "val_fraction and test_fraction must lie above 0 and leave rows for training, as 0.2 "
            f"and 0.2 do; received {val_fraction} and {test_fraction}."
        )
    return fractions


def _rare(rare: float) -> float:
    rare = finite_number("rare", rare)
    if not 0 <= rare < 1:
        raise ValueError(
            "rare must be a fraction of the training rows, from 0 to below 1, for example 0.01; "
            f"received {rare:g}."
        )
    return rare


def _refuse_too_far(
    X: np.ndarray,
    origins: tuple[Hashable, ...],
    table: pd.DataFrame,
    columns: Mapping[Hashable, _columns.Column],
    rows: np.ndarray,
) -> None:
    """Raise where a number is too large for float32, or to be scaled with the others."""
    far = ~np.isfinite(X).all(axis=0)
    if far.any():
        name = origins[np.argmax(far)]
        row = rows[np.nanargmax(np.abs(columns[name].cells))]
        raise ValueError(
            f"column {shortened(name)} holds {shortened(table[name].iloc[row])} in "
            f"{place_of(table[name], (row,))}, which is too far from its other numbers for a "
            "network. Look whether it has their unit."
        )


def _of_rows_left_out(count: int, target: Hashable) -> list[str]:
    if not count:
        return []
    return [f"{count:,} row{'s have' if count > 1 else ' has'} no `{target}`, and no place here."]


def _of_counters(columns: Mapping[Hashable, _columns.Column]) -> list[str]:
    return [
        f"`{name}` goes up by 1 from row to row: if it only counts the rows, give drop=[{name!r}]."
        for name, column in columns.items()
        if column.counts_rows
    ]


def _ordinal(count: int) -> str:
    return {2: "second", 3: "third"}.get(count, f"{count}th")
