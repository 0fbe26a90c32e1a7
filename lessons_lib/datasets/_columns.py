"""What stands in the columns of a table: measurements, words or dates, each read as such."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lessons_lib._ground.cells import READ_FILE, as_number, is_missing, kind_of, place_of, text_of
from lessons_lib._ground.values import listed, one_line, shortened

if TYPE_CHECKING:
    import pandas as pd

MOST_DIFFERENT = 0.8  # where a larger fraction of the words are different, they name the rows
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
    note : str
        What is to be said of how it has been read.
    """

    kind: str
    cells: np.ndarray
    note: str = ""

    def of(self, rows: np.ndarray) -> Column:
        """Return the same column of some rows."""
        return Column(self.kind, self.cells[rows], self.note)

    @property
    def missing(self) -> np.ndarray:
        """Which cells hold nothing, as an array of bool."""
        return self.cells != self.cells

    @property
    def names_rows(self) -> bool:
        """Whether nearly every row has a word of its own here."""
        present = self.cells[~self.missing]
        return self.kind == "words" and len(set(present)) > MOST_DIFFERENT * len(present)

    @property
    def counts_rows(self) -> bool:
        """Whether these are whole numbers that go up by 1 from row to row."""
        return (
            self.kind == "numbers"
            and len(self.cells) > 2
            and bool((np.diff(self.cells) == 1).all())
            and bool(self.cells[0] == np.round(self.cells[0]))
        )


class _UnreadableError(Exception):
    """A cell that cannot be read: its row, and a sentence in which {place} is where it stands."""

    def __init__(self, row: int, sentence: str):
        self.row, self.sentence = row, sentence


def read(table: pd.DataFrame, name: Hashable, *, kind: str = "", otherwise: str = "") -> Column:
    """Read a column of a table.

    Parameters
    ----------
    table : DataFrame
    name : hashable
        The column's.
    kind : str
        What it must hold, where that is known; else it is found out.
    otherwise : str
        Ends the sentence about a cell that cannot be read.

    Returns
    -------
    Column

    Raises
    ------
    ValueError
        For cells that can be read in several ways or in none: column, row and value are named.
    """
    cells = table[name]
    if str(cells.dtype).startswith("period"):
        cells = cells.dt.to_timestamp()
    try:
        found = _kind_of_column(cells)
        if found == "nothing":
            found = kind or "numbers"
        if kind and kind != "words" and {"durations": "numbers"}.get(found, found) != kind:
            row = int(np.argmax(cells.notna().to_numpy()))
            raise _UnreadableError(
                row,
                f"held {kind} in the table that was prepared; received {found}, such as "
                f"{shortened(cells.iloc[row])} in {{place}}. Read these rows as that table was "
                "read",
            )
        return _words(cells) if kind == "words" else _READERS[found](cells)
    except _UnreadableError as error:
        place = place_of(cells, (error.row,))
        fault = error.sentence.replace("{place}", place)
        raise ValueError(f"column {shortened(name)} {fault}{otherwise}.") from None


def text_of_cell(value: object) -> str:
    """Return a value that is taken for a word as text: 3.0 is "3"."""
    if isinstance(value, str | bytes):
        return text_of(value)
    whole = isinstance(value, float | np.floating) and value == np.round(value)
    return str(int(value)) if whole else str(value)


def quoted(names: Iterable[Hashable], most: int = 8) -> str:
    """Return columns as a sentence names them, the first ones if they are many."""
    return listed((f"`{one_line(str(name), 40)}`" for name in names), most)


def _kind_of_column(cells: pd.Series) -> str:
    """Return "numbers", "words", "dates", "durations", or "nothing" where no cell tells."""
    if str(cells.dtype) == "category":
        return "words"
    by_type = {"b": "words", "M": "dates", "m": "durations", **dict.fromkeys("iuf", "numbers")}
    return by_type.get(cells.dtype.kind) or _kind_of_cells(cells)


def _kind_of_cells(cells: pd.Series) -> str:
    """Return what the objects of a column are, all of one kind."""
    first = {}  # kind: where it is first met
    for row, value in enumerate(cells.to_numpy(dtype=object)):
        first.setdefault(_kind_of_cell(value), (row, value))
    first.pop("nothing", None)
    if "other" in first:
        row, value = first["other"]
        raise _UnreadableError(
            row,
            f"holds {shortened(value)} of type {type(value).__name__} in {{place}}, which is "
            "neither number nor word nor date. Turn it into one of them",
        )
    if len(first) > 1:
        (row, value), (other_row, other) = list(first.values())[:2]
        raise _UnreadableError(
            other_row,
            f"holds {shortened(value)} in {place_of(cells, (row,))} and {shortened(other)} in "
            "{place}: all of its cells must be of one kind. Mend such cells",
        )
    return next(iter(first), "nothing")


def _kind_of_cell(value: object) -> str:
    if is_missing(value):
        return "nothing"
    if isinstance(value, str | bytes | bool | np.bool_):
        return "words"
    kinds = {"moment": "dates", "duration": "durations", "number": "numbers"}
    return kinds.get(kind_of(value), "other")


def _numbers(cells: pd.Series) -> Column:
    if cells.dtype.kind == "O":
        floats = np.array([_float_of(value) for value in cells.to_numpy(dtype=object)])
    else:
        floats = cells.to_numpy(dtype=np.float64, na_value=np.nan)
    if np.isinf(floats).any():
        row = int(np.argmax(np.isinf(floats)))
        raise _UnreadableError(
            row,
            f"holds {shortened(cells.iloc[row])} in {{place}}, and a network needs finite "
            "numbers. Put one there, or None for what is missing",
        )
    return Column("numbers", floats)


def _float_of(value: object) -> float:
    try:
        return as_number(value)
    except OverflowError:  # of a whole number
        return np.inf


def _words(cells: pd.Series) -> Column:
    present = cells.notna().to_numpy()
    words = np.full(len(cells), np.nan, dtype=object)
    words[present] = [text_of_cell(value) for value in cells.to_numpy(dtype=object)[present]]
    return Column("words", words)


def _texts(cells: pd.Series) -> Column:
    """Read words of which nothing is known yet: they may be numbers or dates written as text."""
    column = _words(cells)
    if str(cells.dtype) == "category" or cells.dtype.kind != "O":
        return column
    words = sorted(set(column.cells[~column.missing]))
    kinds = {word: _kind_of_text(word) for word in words}
    _refuse_unread_texts(column.cells, kinds)
    return Column("words", column.cells, _note(cells.name, kinds))


def _note(name: Hashable, kinds: dict[str, str]) -> str:
    """Say of texts what else they could be."""
    met = list(kinds.values())
    if set(met) == {"number"}:
        return (
            f"`{name}` holds numbers written as text, which count as words; pd.to_numeric makes "
            "measurements of them."
        )
    around = [word for word, kind in kinds.items() if kind in ("surrounded", "joined", "time")]
    if 2 * len(around) > len(met):
        return (
            f"`{name}` holds texts with numbers in them, such as {shortened(around[0])}: they "
            "count as words; to measure, take out what is not part of the number."
        )
    marks = [word for word, kind in kinds.items() if kind == "missing"]
    if marks:
        return (
            f"`{name}` holds {shortened(marks[0])}, which counts as a word like the others; if it "
            "stands for what is missing, put None there."
        )
    return ""


def _kind_of_text(word: str) -> str:
    kind = kind_of(word)
    try:
        float(word)
    except ValueError:
        return kind
    return "missing" if kind == "missing" else "number"  # "nan" is both


def _refuse_unread_texts(words: np.ndarray, kinds: dict[str, str]) -> None:
    """Raise where most of the different texts are dates or numbers that nobody has read as such."""
    counted = [kind for kind in kinds.values() if kind != "missing"]
    if 2 * counted.count("date") > len(counted):
        row = next(row for row, word in enumerate(words) if kinds.get(word) == "date")
        raise _UnreadableError(
            row,
            f"holds dates as text, such as {shortened(words[row])} in {{place}}. Read them with "
            "pd.to_datetime (dayfirst=True, if the day comes first)",
        )
    read_as_numbers = sum(kind in ("number", *_NUMBERS_AS_TEXT) for kind in counted)
    others = [kind for kind in kinds.values() if kind != "number"]
    if others and 2 * read_as_numbers > len(counted):
        row = next(r for r, word in enumerate(words) if kinds.get(word, "number") != "number")
        cure = READ_FILE.get(kinds[words[row]], "mend this cell, or empty it").format(words[row])
        raise _UnreadableError(
            row,
            f"holds numbers as text, and {shortened(words[row])} in {{place}}. "
            f"{cure[0].upper()}{cure[1:]}",
        )


def _dates(cells: pd.Series) -> Column:
    import pandas as pd

    return Column("dates", pd.to_datetime(cells, utc=True).dt.tz_localize(None).to_numpy())


def _durations(cells: pd.Series) -> Column:
    import pandas as pd

    days = pd.to_timedelta(cells) / pd.Timedelta(days=1)
    return Column("numbers", days.to_numpy(float), f"`{cells.name}` counts in days.")


_READERS = {"numbers": _numbers, "words": _texts, "dates": _dates, "durations": _durations}
