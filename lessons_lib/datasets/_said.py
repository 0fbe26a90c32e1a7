"""What was done to a table, and what is doubtful in it, in sentences."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from lessons_lib.datasets._columns import quoted
from lessons_lib.datasets._table_arguments import all_of

if TYPE_CHECKING:
    from lessons_lib.datasets._columns import Column
    from lessons_lib.datasets._features import Features

MOST_WORDS = 3  # of a column in a sentence
MOST_LINES = 4  # about one thing in several columns; more become one line


def of_rows_without_target(count: int, target: Hashable) -> list[str]:
    """Say how many rows are left out for want of a target."""
    if not count:
        return []
    have = "rows have" if count > 1 else "row has"
    return [f"{count:,} {have} no `{target}`, and no place here."]


def of_features(features: Features, n_train: int) -> list[str]:
    """Say what becomes of the columns."""
    said = []
    if features.measured:
        said.append(
            "Measurements, scaled to mean 0 and standard deviation 1 over the training set: "
            f"{quoted(features.measured)}."
        )
    dates = [name for name in features.measured if features.kinds[name] == "dates"]
    if dates:
        said.append(f"Dates count in days from the first one in the training set: {quoted(dates)}.")
    if features.words:
        said.append(f"Words, each a feature of 0 and 1: {quoted(features.words)}.")
    said += _of_rare_words(features)
    if features.flagged:
        said.append(
            f"Missing in some training rows: {quoted(features.flagged)}. The median stands there, "
            f"or the most frequent word, and a feature flags it: `{features.flagged[0]} missing`."
        )
    said += [f"Left out: {quoted(names)}, for {why}." for why, names in features.left_out.items()]
    if len(features.names) > n_train:
        said.append(
            f"There are {len(features.names)} features, more than training rows: a network can "
            "learn those by heart."
        )
    return said


def of_doubts(columns: Mapping[Hashable, Column]) -> list[str]:
    """Say what in the columns may be meant in another way than it was taken."""
    said = []
    for name, column in columns.items():
        said += [column.note] if column.note else []
        if column.kind == "words" and not column.names_rows:
            said += of_spellings(name, set(column.cells[~column.missing]))
    return said


def of_counters(names: Iterable[Hashable]) -> list[str]:
    """Say which columns may only count the rows."""
    return [
        f"`{name}` goes up by 1 from row to row: if it only counts the rows, leave it out with "
        f"drop=[{name!r}]."
        for name in names
    ]


def of_spellings(name: Hashable, words: Iterable[str]) -> list[str]:
    """Say where words differ by spaces and capitals only."""
    met = {}
    for word in sorted(words):
        met.setdefault(" ".join(word.casefold().split()), []).append(word)
    alike = next((group for group in met.values() if len(group) > 1), None)
    if not alike:
        return []
    words = all_of(alike, MOST_WORDS)
    return [f"`{name}` holds {words} as different words; if they are one, mend the table."]


def of_strangers(features: Features, columns: Mapping[Hashable, Column]) -> list[str]:
    """Say what stands in rows and in no training row."""
    said = []
    for name, words in features.known.items():
        cells = columns[name].cells[~columns[name].missing]
        new = sorted({*cells}.difference(words))
        if new:
            as_what = f"`{name} rare`" if features.rare[name] else "none of the words"
            where = _rows(np.isin(cells.astype(str), new).sum())
            said.append(
                f"`{name}` holds {all_of(new, MOST_WORDS)} in {where}, which no training row does: "
                f"taken for {as_what}."
            )
    for name in features.kinds:
        missing = columns[name].missing.sum()
        if missing and name not in features.flagged:
            said.append(
                f"`{name}` is empty in {_rows(missing)}, and in no training row: filled as if it "
                "were, and not flagged."
            )
    return said


def _of_rare_words(features: Features) -> list[str]:
    joined = {name: words for name, words in features.rare.items() if words}
    which = f"words that fewer than {features.fewest} training rows hold"
    if len(joined) > MOST_LINES:
        return [
            f"In {quoted(joined)}, {which} share a feature, such as `{next(iter(joined))} rare`."
        ]
    return [
        f"`{name} rare` stands for {which}: {all_of(few, MOST_WORDS)}."
        for name, few in joined.items()
    ]


def _rows(count: int) -> str:
    return f"{count:,} row{'s' if count != 1 else ''}"
