"""What stands in the columns of a table: measurements, words or dates, each read as such."""

from __future__ import annotations

import numbers
from collections.abc import Hashable
from typing import TYPE_CHECKING, NamedTuple, NoReturn

import numpy as np

from lessons_lib._ground.cells import READ_FILE, as_number, is_missing, kind_of, text_of
from lessons_lib._ground.values import shortened
from lessons_lib.datasets._arguments import place_of

if TYPE_CHECKING:
    import pandas as pd

# Texts that are numbers to a reader, and not to Python.
_NUMBERS_AS_TEXT = ("comma", "decimal comma", "points and comma", "separators", "minus")


class Column(NamedTuple):
    """A column as it has been read.

    Attributes
    ----------
    kind : str
        "numbers", "words" or "dates".
    cells : ndarray of shape (n_samples,)
        float64, objects (str) or datetime64; what is missing is NaN or NaT.
    """

    kind: str
    cells: np.ndarray

    @property
    def missing(self) -> np.ndarray:
        """Which cells hold nothing, as an array of bool."""
        return self.cells != self.cells


def read(table: pd.DataFrame, name: Hashable, kind: str = "") -> Column:
    """Read a column of a table.

    Parameters
    ----------
    table : DataFrame
    name : hashable
        The column's.
    kind : str
        What it must hold, where that is known; else it is found out.

    Returns
    -------
    Column

    Raises
    ------
    ValueError
        For cells that can be read in two ways or in none: column, row and value are named.
    """
    cells = _plain(table[name])
    dtype = getattr(cells, "dtype", None)
    if kind != "words" and dtype.kind in "iufmM":
        found = {"m": "durations", "M": "dates"}.get(dtype.kind, "numbers")
    elif str(dtype) == "category" or dtype.kind == "b" or kind == "words":
        found = "words"
    else:
        found = _kind_of_cells(table, name, cells)
    if found == "nothing":
        found = kind or "numbers"
    if kind and found not in (kind, "durations" if kind == "numbers" else kind):
        value, row = _first(cells)
        _refuse(
            table,
            name,
            row,
            f"held {kind} when the table was prepared, and holds {found} now: "
            f"{shortened(value)} in {{place}}. Read it as the table was read",
        )
    return _READERS[found](table, name, cells)


def text_of_cell(value: object) -> str:
    """Return a value of a column of words as its name: 3.0 is "3"."""
    if isinstance(value, str | bytes):
        return text_of(value)
    whole = isinstance(value, float | np.floating) and value == np.round(value)
    return str(int(value)) if whole else str(value)


def _plain(column: pd.Series) -> pd.Series:
    """Return a column of periods as the moments at which they begin, others as they are."""
    return column.dt.to_timestamp() if str(column.dtype).startswith("period") else column


def _first(cells: pd.Series) -> tuple[object, int]:
    row = int(np.argmax(~cells.isna().to_numpy()))
    return cells.iloc[row], row


def _refuse(table: pd.DataFrame, name: Hashable, row: int, fault: str) -> NoReturn:
    """Raise the sentence that names a column and one of its cells."""
    place = place_of(table[name], (row,))
    raise ValueError(
        f"column {shortened(name)} {fault.format(place=place)}, or leave the column out with "
        f"drop=[{shortened(name)}]."
    )


def _kind_of_cells(table: pd.DataFrame, name: Hashable, cells: pd.Series) -> str:
    """Return what the objects of a column are, all of one kind."""
    first = {}  # kind: where it is first met
    for row, value in enumerate(cells):
        first.setdefault(_kind_of_cell(value), (row, value))
    first.pop("nothing", None)
    if "other" in first:
        row, value = first["other"]
        _refuse(
            table,
            name,
            row,
            f"holds {shortened(value)} of type {type(value).__name__} in {{place}}, which is "
            "neither number nor word nor date. Turn it into one of them",
        )
    if len(first) > 1:
        (_, (row, value)), (_, (other_row, other)) = list(first.items())[:2]
        _refuse(
            table,
            name,
            other_row,
            f"holds {shortened(value)} in {place_of(table[name], (row,))} and "
            f"{shortened(other)} in {{place}}: all of its cells must be of one kind. Mend them",
        )
    return next(iter(first), "nothing")


def _kind_of_cell(value: object) -> str:
    if is_missing(value):
        return "nothing"
    if isinstance(value, str | bytes | bool | np.bool_):
        return "words"
    if isinstance(value, numbers.Real):
        return "numbers"
    return {"moment": "dates", "duration": "durations", "number": "numbers"}.get(
        kind_of(value), "other"
    )


def _numbers(table: pd.DataFrame, name: Hashable, cells: pd.Series) -> Column:
    if cells.dtype.kind == "O":
        floats = np.empty(len(cells))
        for row, value in enumerate(cells):
            try:
                floats[row] = as_number(value)
            except OverflowError:
                floats[row] = np.inf
    else:
        floats = cells.to_numpy(dtype=np.float64, na_value=np.nan)
    if np.isinf(floats).any():
        row = int(np.argmax(np.isinf(floats)))
        _refuse(
            table,
            name,
            row,
            f"holds {shortened(cells.iloc[row])} in {{place}}, and a network needs finite "
            "numbers. Put a number there, or None for what is missing",
        )
    return Column("numbers", floats)


def _words(table: pd.DataFrame, name: Hashable, cells: pd.Series) -> Column:
    present = ~cells.isna().to_numpy()
    words = np.full(len(cells), np.nan, dtype=object)
    words[present] = [text_of_cell(value) for value in cells[present]]
    if cells.dtype.kind != "b" and str(cells.dtype) != "category":
        _refuse_texts_to_be_read(table, name, words[present], np.flatnonzero(present))
    return Column("words", words)


def _refuse_texts_to_be_read(
    table: pd.DataFrame, name: Hashable, words: np.ndarray, rows: np.ndarray
) -> None:
    """Raise where most texts are numbers or dates that nobody has read as such yet."""
    kinds = {word: _kind_of_text(word) for word in set(words)}
    counted = [kind for kind in kinds.values() if kind != "missing"]
    dates = sum(kind == "date" for kind in counted)
    numbers_ = sum(kind in ("number", *_NUMBERS_AS_TEXT) for kind in counted)
    if 2 * dates > len(counted):
        row = rows[next(i for i, word in enumerate(words) if kinds[word] == "date")]
        _refuse(
            table,
            name,
            row,
            f"holds dates as text, such as {shortened(table[name].iloc[row])} in {{place}}. Read "
            "them with pd.to_datetime (dayfirst=True, if the day comes first)",
        )
    if 2 * numbers_ > len(counted) and set(kinds.values()) != {"number"}:
        row, word = next((r, w) for r, w in zip(rows, words, strict=True) if kinds[w] != "number")
        cure = READ_FILE.get(kinds[word], "mend this cell, or empty it").format(word)
        _refuse(
            table,
            name,
            row,
            f"holds numbers as text, and {shortened(word)} in {{place}}: "
            f"{cure[0].upper()}{cure[1:]}",
        )


def _kind_of_text(word: str) -> str:
    try:
        float(word)
    except ValueError:
        return kind_of(word)
    return "number"


def _dates(table: pd.DataFrame, name: Hashable, cells: pd.Series) -> Column:
    import pandas as pd

    dates = pd.to_datetime(cells, utc=True).dt.tz_localize(None)
    return Column("dates", dates.to_numpy())


def _durations(table: pd.DataFrame, name: Hashable, cells: pd.Series) -> Column:
    import pandas as pd

    return Column("numbers", (pd.to_timedelta(cells) / pd.Timedelta(days=1)).to_numpy(float))


_READERS = {"numbers": _numbers, "words": _words, "dates": _dates, "durations": _durations}
