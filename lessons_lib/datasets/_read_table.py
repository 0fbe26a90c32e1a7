"""A learner's own file as a DataFrame: what is found in it is said, what is open is asked."""

from __future__ import annotations

import collections
import math
import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

from lessons_lib._ground.values import listed, shortened
from lessons_lib.datasets._columns import quoted
from lessons_lib.datasets._read_rows import Rows, called, read_rows
from lessons_lib.datasets._read_text import read_text
from lessons_lib.datasets._written import THOUSANDS, WAYS, Way

if TYPE_CHECKING:
    import pandas as pd

    from lessons_lib.datasets._read_columns import Column

MOST_REMARKS = 10  # about single columns, each in a line
_BETWEEN_THOUSANDS = {",": "commas", ".": "points", " ": "spaces", "'": "apostrophes"}


def read_table(
    path: str | os.PathLike,
    *,
    delimiter: str | None = None,
    decimal: str | None = None,
    thousands: str | None = None,
    encoding: str | None = None,
    header: bool | None = None,
    missing: Iterable[object] = (),
    dayfirst: bool | None = None,
) -> pd.DataFrame:
    """Read a table of comma-separated values, or a relative of it, and print what was found.

    What an argument does not say is found in the file: how its bytes are read, what separates
    columns, how numbers and dates are written, which marks stand for what is missing. What the file
    leaves open is asked for, by an error with the argument that decides it.

    Parameters
    ----------
    path : str or path-like
        The file. Its rows are lines; titles and comments with # may stand above them.
    delimiter : str, optional
        What separates columns. Found by themselves are comma, semicolon, tab and bar.
    decimal : {".", ","}, optional
        What stands before decimals.
    thousands : {"", ",", ".", " ", "'"}, optional
        What stands between thousands, as in 1,234,567.
    encoding : str, optional
        Such as "utf-8", "cp1252" or "gb18030".
    header : bool, optional
        Whether the first line names the columns.
    missing : list, default ()
        What means that a value is missing, such as ``["unknown", -999]``. Empty cells and ? always
        do; NA, null, - and the like, where everything else in the column is a number or a date.
    dayfirst : bool, optional
        Whether 01/02/2024 is in February.

    Returns
    -------
    DataFrame
        Numbers as int64 or float64 (Int64 for whole numbers with gaps which float64 would round),
        dates as datetime64, all else as text.

    Raises
    ------
    FileNotFoundError, IsADirectoryError
        Where there is no such file.
    TypeError, ValueError
        For a file that is no table, lines of several lengths, and what the file leaves open.

    Examples
    --------
    >>> table = read_table("prices.csv")  # doctest: +SKIP
    Read 120 rows and 3 columns of prices.csv: UTF-8, separated by semicolons, decimal comma.
    Numbers: `price` and `size`. Text: `colour`.
    ? counts as missing: 3 in `price`.
    """
    import pandas as pd

    from lessons_lib.datasets import _read_columns, _read_meaning

    marks = _checked(delimiter, decimal, thousands, header, dayfirst, missing)
    text, encoding_words = read_text(path, encoding)
    name = os.path.basename(os.fspath(path))
    rows = read_rows(name, text, delimiter, header)
    columns = _read_columns.columns_of(rows, marks)
    ways = [w for w in WAYS if decimal in (None, w.decimal) and thousands in (None, w.thousands)]
    numbers = _read_meaning.number_columns(columns, ways)
    way = _read_meaning.way_of(numbers, ways, rows.delimiter)
    dates, said = _read_meaning.date_columns(columns, dayfirst)
    series, kinds = {}, {"Numbers": [], "Dates": [], "Text": [], "Only missing values": []}
    for column in columns:
        if column in numbers:
            kind, (values, remark) = "Numbers", _read_columns.as_numbers(column, way)
        elif column in dates:
            kind, (values, remark) = "Dates", _read_columns.as_dates(column, dates[column])
        elif column.texts:
            kind, values, remark = "Text", None, _read_columns.why_text(column, way)
        else:
            kind, values, remark = "Only missing values", [math.nan] * len(rows.rows), ""
        if values is None:  # so do codes that are written with digits
            kind, values = "Text", _read_columns.as_texts(column)
        series[column.name] = values
        kinds[kind].append(column.name)
        said += [remark] if remark else []
    held = [f"{kind}: {quoted(names)}." for kind, names in kinds.items() if names]
    first = _first_sentence(name, rows, encoding_words, way, numbers)
    gaps = [*_gaps(columns), *_empty_rows(rows, columns)]
    if len(said) > MOST_REMARKS:
        said[MOST_REMARKS:] = [f"{len(said) - MOST_REMARKS} more columns have remarks like these."]
    print("\n".join([first, " ".join(held), *rows.said, *gaps, *said]))
    return pd.DataFrame(series)


def _checked(
    delimiter: object,
    decimal: object,
    thousands: object,
    header: object,
    dayfirst: object,
    missing: object,
) -> list[object]:
    """Return the marks for what is missing as a list; explain arguments that cannot be meant."""
    if delimiter is not None and not (isinstance(delimiter, str) and len(delimiter) == 1):
        raise ValueError(
            "delimiter must be the one sign that separates columns, such as ';' or '\\t' for tab; "
            f"received {shortened(delimiter)}."
        )
    for name, value, offered in [
        ("decimal", decimal, [".", ","]),
        ("thousands", thousands, [*THOUSANDS]),
        ("header", header, [True, False]),
        ("dayfirst", dayfirst, [True, False]),
    ]:
        if value is not None and not any(type(value) is type(o) and value == o for o in offered):
            raise ValueError(
                f"{name} must be one of {', '.join(map(repr, offered))}, or left out to be found; "
                f"received {shortened(value)}."
            )
    if decimal is not None and decimal == thousands:
        raise ValueError(
            f"decimal and thousands cannot both be {decimal!r}: give the one of them that is right."
        )
    if isinstance(missing, str) or not isinstance(missing, Iterable):
        return [missing]
    return [*missing]


def _first_sentence(
    name: str, rows: Rows, encoding: str, way: Way, numbers: Iterable[Column]
) -> str:
    size = f"{_counted(len(rows.rows), 'row')} and {_counted(len(rows.names), 'column')}"
    found = [encoding, f"separated by {called(rows.delimiter)}s"]
    if len(rows.names) == 1:
        found[1] = "no sign separates columns"
    texts = [text for column in numbers for text in column.texts]
    if any(way.decimal in text for text in texts):
        found.append("decimal comma" if way.decimal == "," else "decimal point")
    if way.thousands:
        found.append(f"{_BETWEEN_THOUSANDS[way.thousands]} between thousands")
    return f"Read {size} of {name}: {', '.join(found)}."


def _counted(number: int, word: str) -> str:
    return f"{number:,} {word}{'s' if number != 1 else ''}"


def _gaps(columns: list[Column]) -> list[str]:
    """Say, for each mark, how often it counts as missing in which columns."""
    counts = collections.defaultdict(dict)
    for column in columns:
        for mark, number in column.counts.items():
            if mark in column.missing:
                counts[mark or "An empty cell"][column.name] = number
    held = {
        mark: [f"{n:,} in {quoted([name])}" for name, n in where.items()]
        for mark, where in counts.items()
    }
    return [f"{mark} counts as missing: {listed(words, 8)}." for mark, words in held.items()]


def _empty_rows(rows: Rows, columns: list[Column]) -> list[str]:
    missing = zip(*([cell in c.missing for cell in c.cells] for c in columns), strict=True)
    empty = [row.line for row, gaps in zip(rows.rows, missing, strict=True) if all(gaps)]
    if not empty:
        return []
    return [
        f"{_counted(len(empty), 'row')} without any value, the first in line {empty[0]}: "
        "table.dropna(how='all') leaves such rows out."
    ]
