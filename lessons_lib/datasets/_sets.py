"""Which rows of a table train, which validate and which are kept for the one test."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lessons_lib._ground.cells import place_of
from lessons_lib._ground.values import listed, shortened
from lessons_lib.datasets._table_arguments import all_of, column_named

if TYPE_CHECKING:
    import pandas as pd

    from lessons_lib.datasets._columns import Column

FEW_ROWS = 30  # what is measured on fewer says little


class Sets(NamedTuple):
    """Row numbers of the three sets, each as an array of int."""

    train: np.ndarray
    val: np.ndarray
    test: np.ndarray


def clock(
    table: pd.DataFrame, columns: Mapping[Hashable, Column], time: Hashable | None
) -> Hashable | None:
    """Return the column by which the rows are split in order, if there is one.

    Parameters
    ----------
    table : DataFrame
    columns : dict of Column
        Its columns beside the target.
    time : hashable, False or None
        As `prepare` receives it.
    """
    if time is False:
        return None
    if time is None and table.index.dtype.kind == "M":
        raise ValueError(
            "the index of the table holds dates. Give table.reset_index() to split the rows in "
            "their order, the latest for the test, or time=False to shuffle them."
        )
    dates = [name for name, column in columns.items() if column.kind == "dates"]
    if time is None and len(dates) > 1:
        raise ValueError(
            f"the columns {all_of(dates)} hold dates. Give time={shortened(dates[0])} to split "
            "the rows in its order, the latest for the test, or time=False to shuffle them."
        )
    if time is None and not dates:
        return None
    time = dates[0] if time is None else column_named(table, "time", time)
    if time not in columns or columns[time].kind == "words":
        raise ValueError(
            "time must name a column of dates or numbers beside the target; received "
            f"{shortened(time)}. pd.to_datetime makes dates of texts."
        )
    missing = columns[time].missing
    if missing.any():
        first = place_of(table[time], (int(np.argmax(missing)),))
        raise ValueError(
            f"column {shortened(time)} says the order of the rows, and {missing.sum()} hold no "
            f"moment, the first of them {first}. Drop them with "
            f"table.dropna(subset=[{shortened(time)}]), or give time=False to shuffle all rows."
        )
    return time


def shuffled(
    columns: Mapping[Hashable, Column],
    labels: np.ndarray,
    fractions: tuple[float, float],
    seed: int,
) -> tuple[Sets, list[str]]:
    """Deal out the rows by chance, equal rows into one set.

    Parameters
    ----------
    columns : dict of Column
        By which rows are compared, beside their labels.
    labels : ndarray of shape (n_samples,)
        Whole numbers are classes, of which each is dealt out by itself.
    fractions : tuple of float
        Of the validation set and of the test set.
    seed : int

    Returns
    -------
    sets : Sets
    said : list of str
        How it was done, in sentences.
    """
    is_classes = labels.dtype.kind == "i"
    same = _same(columns, labels)
    different = len(np.unique(same))
    if different < 3:
        raise ValueError(
            "three sets need three different rows at least, one for each; received "
            f"{different} among {len(labels)}. Give more rows."
        )
    classes = labels if is_classes else np.zeros(len(labels), dtype=int)
    sets = _dealt_out(same, classes, fractions, np.random.default_rng(seed))
    said = [
        _sizes(sets)
        + " The rows were shuffled"
        + (", and each class split in these proportions." if is_classes else ".")
    ]
    twice = len(labels) - different
    if twice:
        said.append(
            f"{twice:,} row{'s repeat' if twice > 1 else ' repeats'} an earlier one; equal rows "
            "are in the same set."
        )
    return sets, said


def in_order(
    table: pd.DataFrame, name: Hashable, column: Column, fractions: tuple[float, float]
) -> tuple[Sets, list[str]]:
    """Split in order of time: the latest rows are for the test, those before it validate.

    Parameters
    ----------
    table : DataFrame
    name : hashable
        The column that says when; rows of one moment come into one set.
    column : Column
        The same column, read.
    fractions : tuple of float
        Of the validation set and of the test set.

    Returns
    -------
    sets : Sets
        Each in order of time.
    said : list of str
        How it was done, in sentences.
    """
    order = np.argsort(column.cells, kind="stable")
    ordered = column.cells[order]
    starts = np.flatnonzero(ordered[1:] != ordered[:-1]) + 1
    if len(starts) < 2:
        raise ValueError(
            f"column {shortened(name)} holds {len(starts) + 1} moment(s), and each of the three "
            "sets needs one at least. Give time=False to shuffle the rows."
        )
    n_val, n_test = (len(order) * fraction for fraction in fractions)
    val = starts[:-1][np.argmin(np.abs(starts[:-1] - (len(order) - n_val - n_test)))]
    later = starts[starts > val]
    test = later[np.argmin(np.abs(later - (len(order) - n_test)))]
    sets = Sets(*np.split(order, [val, test]))
    first_val, first_test = (_moment(table[name].iloc[order[row]]) for row in (val, test))
    return sets, [
        f"{_sizes(sets)} They are in order of `{name}`: validation from {first_val} on, the test "
        f"from {first_test} on. `{name}` itself is no feature."
    ]


def cautions(sets: Sets, labels: np.ndarray, class_names: tuple[str, ...], why: str) -> list[str]:
    """Return sentences about sets that are small, and about classes that one of them lacks.

    Parameters
    ----------
    sets : Sets
    labels : ndarray of shape (n_samples,)
    class_names : tuple of str
        Empty for a measurement.
    why : str
        Ends the sentence about classes that are lacking.

    Raises
    ------
    ValueError
        Where the training set holds one class only.
    """
    said = []
    small = [
        f"{len(rows)} row{'s' if len(rows) > 1 else ''} for {what}"
        for what, rows in (("validation", sets.val), ("the test", sets.test))
        if len(rows) < FEW_ROWS
    ]
    if small:
        said.append(
            f"Only {listed(small)}: what is measured on so few changes much from seed to seed."
        )
    if not class_names:
        return said
    if len(np.unique(labels[sets.train])) < 2:
        raise ValueError(
            f"the training set holds class {class_names[labels[sets.train][0]]!r} alone, and a "
            "network cannot learn from it what the others look like. Give more rows, or "
            "time=False to shuffle them."
        )
    lacking = {}  # sets that have no row of them: classes
    for number, name in enumerate(class_names):
        which = [
            what
            for what, rows in zip(("training", "validation", "test"), sets, strict=True)
            if not (labels[rows] == number).any()
        ]
        if which:
            lacking.setdefault(tuple(which), []).append(name)
    return said + [
        f"No row of class {all_of(names, 5)} is in the {listed(which)} "
        f"set{'s' if len(which) > 1 else ''}{why}."
        for which, names in lacking.items()
    ]


def _dealt_out(
    same: np.ndarray, classes: np.ndarray, fractions: tuple[float, float], rng: np.random.Generator
) -> Sets:
    """Deal out the rows of each class, those with the same number in `same` together."""
    dealt = [[], [], []]
    for label in np.unique(classes):
        rows = np.flatnonzero(classes == label)
        _, group, sizes = np.unique(same[rows], return_inverse=True, return_counts=True)
        members = np.split(rows[np.argsort(group, kind="stable")], np.cumsum(sizes)[:-1])
        order = rng.permutation(len(sizes))
        order = order[np.argsort(-sizes[order], kind="stable")]  # large groups first
        for place, which in zip(order, _sets_of(sizes[order], fractions), strict=True):
            dealt[which].append(members[place])
    return Sets(*(rng.permutation(np.concatenate([[], *rows]).astype(int)) for rows in dealt))


def _sets_of(sizes: np.ndarray, fractions: tuple[float, float]) -> list[int]:
    """Say for each group of rows which set it comes into: the one that lacks most."""
    lacks = [sizes.sum() * fraction for fraction in (1 - sum(fractions), *fractions)]
    empty, chosen = [0, 1, 2], []
    for left, size in zip(range(len(sizes), 0, -1), sizes.tolist(), strict=True):
        # The first to training; and the last ones to sets that else would stay empty.
        must = len(empty) == 3 or left <= len(empty)
        which = empty[0] if must else max(range(3), key=lacks.__getitem__)
        lacks[which] -= size
        empty = [other for other in empty if other != which]
        chosen.append(which)
    return chosen


def _same(columns: Mapping[Hashable, Column], labels: np.ndarray) -> np.ndarray:
    """Return for each row the first one that equals it."""
    import pandas as pd

    codes = [pd.factorize(labels)[0], *(pd.factorize(c.cells)[0] for c in columns.values())]
    _, first, group = np.unique(
        np.column_stack(codes), axis=0, return_index=True, return_inverse=True
    )
    return first[group.reshape(-1)]


def _sizes(sets: Sets) -> str:
    train, val, test = (f"{len(rows):,}" for rows in sets)
    return f"{train} rows for training, {val} for validation, {test} for the test."


def _moment(value: object) -> str:
    """Return a moment as text, without the hour where it says midnight."""
    return str(value).removesuffix(" 00:00:00")
