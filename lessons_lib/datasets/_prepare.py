"""How a table is made ready for a network: read, split, turned into features, looked over."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import TYPE_CHECKING

import numpy as np

from lessons_lib._ground.values import shortened, whole_number
from lessons_lib.datasets import _columns, _features, _leaks, _said, _sets, _target
from lessons_lib.datasets._arguments import finite_number
from lessons_lib.datasets._prepared import Prepared, Sealed
from lessons_lib.datasets._table_arguments import check_table, column_named, columns_dropped

if TYPE_CHECKING:
    import pandas as pd


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
    drop = columns_dropped(table, drop, {"target": target, "time": time})
    goal = _target.read(table, target, classes)
    columns = {
        name: _columns.read(
            table, name, otherwise=f", or leave the column out with drop=[{shortened(name)}]"
        )
        for name in table.columns
        if name != target and name not in drop
    }
    counters = [name for name, column in columns.items() if column.counts_rows]
    clock = _sets.clock(table, columns, time)
    rows = np.flatnonzero(~goal.missing)  # of the table, that have a target
    labels, known = goal.values[rows], table.iloc[rows]
    columns = {name: column.of(rows) for name, column in columns.items()}
    if clock is None:
        compared = {name: c for name, c in columns.items() if name not in counters}
        sets, said = _sets.shuffled(compared, labels, fractions, seed)
        why = ", for too few of its rows differ"
    else:
        sets, said = _sets.in_order(known, clock, columns.pop(clock), fractions)
        why = " in this order; time=False shuffles the rows"
    said += _sets.cautions(sets, labels, goal.class_names, why)
    features = _features.fit(columns, sets.train, rare)
    X = features(columns)
    _features.refuse_too_far(X, features.origins, table, columns, rows)
    y, mean, unit = labels, 0.0, 1.0
    if not goal.class_names:
        y, mean, unit = _target.standardised(labels, sets.train, target)
    leaks = _leaks.find(features.origins, X[sets.train], y[sets.train], X[sets.val], y[sets.val])
    own, val = ({n: c.of(rows) for n, c in columns.items()} for rows in (sets.train, sets.val))
    said = [
        *_said.of_rows_without_target(len(table) - len(rows), target),
        *said,
        *goal.in_words(target, mean, unit),
        *_said.of_features(features, len(sets.train)),
        *_said.of_doubts(own),
        *_said.of_counters(name for name in counters if name != clock),
        *(f"In the validation set, {line}" for line in _said.of_strangers(features, val)),
        *(leak.in_words(target, bool(goal.class_names)) for leak in leaks),
    ]
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
        said=tuple(said),
        _mean=mean,
        _to_features=features,
        _ignored=tuple(name for name in table.columns if name not in features.kinds),
        _sealed=Sealed(X[sets.test], y[sets.test]),
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
