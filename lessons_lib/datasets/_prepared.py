"""A table made ready for a network: three sets, features and target, the test set sealed."""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Hashable, Iterable
from typing import TYPE_CHECKING

import numpy as np

from lessons_lib._ground.values import listed, shortened, whole_number
from lessons_lib.datasets import _columns, _features, _leaks, _sets, _target
from lessons_lib.datasets._arguments import finite_number, refuse_cells
from lessons_lib.datasets._leaks import Leak

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike

FEW_ROWS = 30  # of a set: what is measured on fewer says little


@dataclasses.dataclass(eq=False)
class _Sealed:
    """The rows kept for the one test, and how often they have been looked at."""

    X: np.ndarray
    y: np.ndarray
    times_opened: int = 0


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Prepared:
    """A table in three sets, ready for a network, and what was done to it.

    Made by `prepare`. Its last line in a cell shows what was done, in sentences.

    Attributes
    ----------
    X_train, X_val : ndarray of shape (n_samples, n_features), float32
        The features: measurements with mean 0 and standard deviation 1 over the training set,
        one column of zeros and ones for each word, and one that flags missing cells.
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
        The standard deviation of the target over the training set, in its own unit; 1 for
        classes.
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
    _ignored: tuple[Hashable, ...]
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
        """Return the test set; each opening is counted.

        Returns
        -------
        X_test : ndarray of shape (n_test, n_features), float32
        y_test : ndarray of shape (n_test,)
        """
        self._sealed.times_opened += 1
        if self.times_opened > 1:
            print(
                f"The test set is open for the {_ordinal(self.times_opened)} time. If anything "
                "was chosen by what it said before, its score is no longer that of unseen rows "
                "but flatters, as a validation score does."
            )
        return self._sealed.X.copy(), self._sealed.y.copy()

    def transform(self, rows: pd.DataFrame) -> np.ndarray:
        """Do to other rows what was done to the training set.

        Parameters
        ----------
        rows : DataFrame
            With the columns of the table; the target and those left out may lack.

        Returns
        -------
        X : ndarray of shape (n_samples, n_features), float32
        """
        columns = self._columns_of(rows)
        X = self._to_features(columns)
        _refuse_too_large(rows, X, self._to_features.origins)
        for name, word, row in self._to_features.unseen(columns):
            print(
                f"transform: column {shortened(name)} holds {shortened(word)} in row {row}, which "
                f"the training set does not have: it counts as "
                f"{_stands_for(name, self.feature_names)}."
            )
        return X

    def in_units(self, y: ArrayLike) -> np.ndarray:
        """Turn targets or predictions back: into the target's own unit, or the classes' names.

        Parameters
        ----------
        y : array-like of shape (n_samples,) or (n_samples, 1)
            As `y_train` is.

        Returns
        -------
        ndarray of the same shape
        """
        if self.is_classes:
            return np.asarray(self.class_names, dtype=object)[np.asarray(y)]
        return np.asarray(y, dtype=np.float64) * self.unit + self._mean

    def _columns_of(self, rows: pd.DataFrame) -> dict[Hashable, _columns.Column]:
        _check_table("rows", rows)
        kinds = self._to_features.kinds
        lacking = [name for name in kinds if name not in rows.columns]
        known = {*kinds, *self._ignored}
        others = [name for name in rows.columns if name not in known]
        if lacking or others:
            faults = []
            if lacking:
                faults.append(f"lack {_all(lacking)}")
            if others:
                faults.append(f"have {_all(others)}, which the table did not have")
            raise ValueError(
                f"rows must have the columns of the table that was prepared; they "
                f"{' and '.join(faults)}. Rename, add or leave out columns "
                "(rows.drop(columns=[...]))."
            )
        return {name: _columns.read(rows, name, kind) for name, kind in kinds.items()}

    def __repr__(self) -> str:
        opened = (
            f"The test set has been opened {_times(self.times_opened)}."
            if self.times_opened
            else "The test set is sealed: open_test() opens it, once, at the very end."
        )
        return "\n".join([*self.said, opened])


def prepare(
    table: pd.DataFrame,
    target: Hashable,
    *,
    val_fraction: float = 0.2,
    test_fraction: float = 0.2,
    classes: bool | None = None,
    time: Hashable | bool | None = None,
    drop: Iterable[Hashable] = (),
    rare: float = 0.01,
    seed: int = 0,
) -> Prepared:
    """Make a table ready for a network: training, validation and a sealed test set.

    Everything that is learned from the data, such as means and which words there are, is learned
    from the training set alone, by scikit-learn's transformers.

    Parameters
    ----------
    table : DataFrame of shape (n_samples, n_columns)
        As `read_table` returns it.
    target : hashable
        The column to predict. Words, True and False, or two values are classes; other numbers
        are a measurement. Rows without it are left out.
    val_fraction, test_fraction : float
        Which sets of the rows are for validation and for the test.
    classes : bool or None
        True takes a target of whole numbers for classes, False one of two numbers for a
        measurement.
    time : hashable, False or None
        The column by which the rows are split in order, the latest for the test; it is no
        feature. None takes the column of dates if there is one, False shuffles all the same.
    drop : iterable of hashable
        Columns to leave out.
    rare : float
        Words that stand in a smaller fraction of the training rows, or once, become one feature
        together; 0 gives each its own.
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
        For what cannot be prepared or decided: column, row and value are named.
    """
    _check_table("table", table)
    target = _column_named(table, "target", target)
    drop = _dropped(table, drop, target)
    fractions = _check_fractions(val_fraction, test_fraction)
    rare = finite_number("rare", rare)
    if not 0 <= rare < 1:
        raise ValueError(
            "rare must be a fraction of the training rows from 0 to below 1, for example 0.01; "
            f"received {rare:g}."
        )
    seed = whole_number("seed", seed)
    goal = _target.read(table, target, classes)
    columns = {n: _columns.read(table, n) for n in table.columns if n != target and n not in drop}
    clock = _clock(table, columns, time)
    there = np.flatnonzero(~goal.missing)
    columns = {n: column._replace(cells=column.cells[there]) for n, column in columns.items()}
    labels, table = goal.values[there], table.iloc[there]
    sets, said = _split(table, target, columns, goal, labels, clock, fractions, seed)
    used = {name: column for name, column in columns.items() if name != clock}
    if not used:
        raise ValueError("no column is left to predict from beside the target. Drop fewer.")
    features, said_of_features = _features.fit(used, sets.train, rare)
    if not features.names:
        raise ValueError("no column is left to predict from. " + " ".join(said_of_features))
    X = features(used)
    _refuse_too_large(table, X, features.origins)
    y, mean, unit = _scaled(labels, sets.train, target, bool(goal.class_names))
    X_train, X_val, X_test = (X[rows] for rows in sets)
    y_train, y_val, y_test = (y[rows] for rows in sets)
    leaks = _leaks.find(features.origins, X_train, y_train, X_val, y_val)
    lost = len(goal.values) - len(there)
    lines = [
        *([f"{_rows(lost)} without `{target}` {_were(lost)} left out."] if lost else []),
        *said,
        *goal.said,
        *said_of_features,
        *(_suspicion(leak, target, bool(goal.class_names)) for leak in leaks),
    ]
    return Prepared(
        X_train=X_train,
        y_train=y_train,
        X_val=X_val,
        y_val=y_val,
        train=table.iloc[sets.train],
        val=table.iloc[sets.val],
        target=str(target),
        is_classes=bool(goal.class_names),
        class_names=goal.class_names,
        feature_names=features.names,
        unit=unit,
        leaks=leaks,
        said=tuple(lines),
        _mean=mean,
        _to_features=features,
        _ignored=(target, *drop, *(name for name in columns if name not in features.kinds)),
        _sealed=_Sealed(X_test, y_test),
    )


def _check_table(name: str, table: object) -> None:
    import pandas as pd

    if not isinstance(table, pd.DataFrame):
        cure = f"{name}.frame" if hasattr(table, "frame") else f"pd.DataFrame({name})"
        raise TypeError(
            f"{name} must be a DataFrame; received something of type {type(table).__name__}. "
            f"Give {cure}."
        )
    if table.columns.nlevels > 1:
        raise ValueError(
            f"{name} must have one name a column; received {table.columns.nlevels} levels of "
            f"names. Join them: {name}.columns = ['_'.join(map(str, c)) for c in {name}.columns]."
        )
    names = [str(column) for column in table.columns]
    twice = sorted({column for column in names if names.count(column) > 1})
    if twice:
        raise ValueError(
            f"{name} must have a different name for each column; received {_all(twice)} more than "
            f"once. Give each its own: {name}.columns = [...]."
        )


def _column_named(table: pd.DataFrame, argument: str, name: Hashable) -> Hashable:
    if isinstance(name, Hashable) and name in table.columns:
        return name
    near = difflib.get_close_matches(str(name), [str(c) for c in table.columns], 3, 0.6)
    meant = f"Did you mean {_all(near)}?" if near else f"It has {_all(table.columns[:12])}."
    raise ValueError(
        f"{argument} must be a column of the table; received {shortened(name)}. {meant}"
    )


def _dropped(
    table: pd.DataFrame, drop: Iterable[Hashable], target: Hashable
) -> tuple[Hashable, ...]:
    names = (drop,) if isinstance(drop, str) else tuple(drop)
    names = tuple(_column_named(table, "drop", name) for name in names)
    if target in names:
        raise ValueError(f"drop must not hold the target; received {shortened(list(names))}.")
    return names


def _check_fractions(val_fraction: float, test_fraction: float) -> tuple[float, float]:
    fractions = (
        finite_number("val_fraction", val_fraction),
        finite_number("test_fraction", test_fraction),
    )
    if min(fractions) <= 0 or sum(fractions) >= 1:
        raise ValueError(
            "val_fraction and test_fraction must lie above 0, and leave rows for training: for "
            f"example 0.2 each; received {val_fraction} and {test_fraction}."
        )
    return fractions


def _clock(
    table: pd.DataFrame, columns: dict[Hashable, _columns.Column], time: Hashable | bool | None
) -> Hashable | None:
    """Return the column by which the rows are split in order, if there is one."""
    if time is False:
        return None
    if time is None:
        dates = [name for name, column in columns.items() if column.kind == "dates"]
        if len(dates) > 1:
            raise ValueError(
                f"several columns hold dates: {_all(dates)}. Give time={shortened(dates[0])} to "
                "split the rows in its order, or time=False to shuffle them."
            )
        if not dates:
            return None
        (time,) = dates
    time = _column_named(table, "time", time)
    if time not in columns or columns[time].kind == "words":
        raise ValueError(
            f"time must be a column of dates or numbers beside the target; received "
            f"{shortened(time)}. Read it with pd.to_datetime."
        )
    missing = columns[time].missing
    if missing.any():
        raise ValueError(
            f"column {shortened(time)} holds no date in {_rows(int(missing.sum()))}, the first in "
            f"row {int(np.argmax(missing))}: they have no place in the order. Drop them with "
            f"table.dropna(subset=[{shortened(time)}]), or give time=False to shuffle all rows."
        )
    return time


def _split(
    table: pd.DataFrame,
    target: Hashable,
    columns: dict[Hashable, _columns.Column],
    goal: _target.Target,
    labels: np.ndarray,
    clock: Hashable | None,
    fractions: tuple[float, float],
    seed: int,
) -> tuple[_sets.Sets, list[str]]:
    """Return which rows come into which part, and sentences about it."""
    if clock is not None:
        sets = _sets.in_order(columns[clock].cells, fractions)
        if sets is None:
            raise ValueError(
                f"column {shortened(clock)} holds fewer than three different moments, and each "
                "part needs one of its own. Give time=False to shuffle the rows."
            )
        how = [f"in order of `{clock}`, the latest for the test"]
    else:
        same = _same(columns, labels)
        if len(np.unique(same)) < 3:
            raise ValueError(
                "three sets need three different rows at least, one for each; received "
                f"{_rows(len(table))} of which {len(np.unique(same))} differ."
            )
        kinds = labels if goal.class_names else np.zeros(len(labels), dtype=int)
        sets = _sets.shuffled(same, kinds, fractions, seed)
        how = ["shuffled" + (", each class in the same proportion" if goal.class_names else "")]
    sizes = [len(rows) for rows in sets]
    said = [
        f"{sizes[0]:,} rows for training, {sizes[1]:,} for validation and {sizes[2]:,} for the "
        f"test: {how[0]}."
    ]
    return sets, said


def _same(columns: dict[Hashable, _columns.Column], labels: np.ndarray) -> np.ndarray:
    """Return a number for each row, the same for rows that are equal."""
    import pandas as pd

    codes = [pd.factorize(cells)[0] for cells in (labels, *(c.cells for c in columns.values()))]
    return np.unique(np.column_stack(codes), axis=0, return_inverse=True)[1].reshape(-1)


def _scaled(
    labels: np.ndarray, train: np.ndarray, target: Hashable, is_classes: bool
) -> tuple[np.ndarray, float, float]:
    """Return the target as a network learns it, its mean and its unit."""
    from sklearn.preprocessing import StandardScaler

    if is_classes:
        return labels.astype(np.int64), 0.0, 1.0
    own = labels[train]
    if (own == own[0]).all():
        raise ValueError(
            f"the target {shortened(target)} is {own[0]:g} in all {_rows(len(own))} of the "
            "training set: there is nothing to learn from. Give more rows, or another seed."
        )
    scaler = StandardScaler().fit(own[:, np.newaxis])
    y = scaler.transform(labels[:, np.newaxis])[:, 0].astype(np.float32)
    return y, float(scaler.mean_[0]), float(scaler.scale_[0])


def _refuse_too_large(rows: pd.DataFrame, X: np.ndarray, origins: tuple[Hashable, ...]) -> None:
    refuse_cells(
        rows.iloc[:, :0],
        ~np.isfinite(X),
        lambda cell, where: (
            f"column {shortened(origins[cell[1]])} holds a number that lies too far from the "
            f"others for a network in {where.partition(',')[0]}. Look whether it has their unit."
        ),
    )


def _suspicion(leak: Leak, target: Hashable, is_classes: bool) -> str:
    what = "of the classes right" if is_classes else "of the variance"
    verb = "tells" if is_classes else "explains"
    return (
        f"`{leak.column}` alone {verb} {100 * leak.score:.0f} % {what} on the validation set: "
        f"would you know it before `{target}`? If not, give drop=[{leak.column!r}]."
    )


def _stands_for(name: Hashable, feature_names: tuple[str, ...]) -> str:
    return "rare" if f"{name} rare" in feature_names else "none of its words"


def _all(names: Iterable[Hashable]) -> str:
    return listed([shortened(name) for name in names])


def _rows(count: int) -> str:
    return f"{count:,} row{'s' if count != 1 else ''}"


def _were(count: int) -> str:
    return "were" if count != 1 else "was"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _ordinal(count: int) -> str:
    return {2: "second", 3: "third"}.get(count, f"{count}th")
