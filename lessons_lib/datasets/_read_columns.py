"""Columns of a file, as they are written and as numbers, dates or texts."""

from __future__ import annotations

import collections
import dataclasses
import functools
import math
import re
from numbers import Real

import numpy as np
import pandas as pd

from lessons_lib._ground.cells import is_mark, kind_of
from lessons_lib._ground.values import shortened
from lessons_lib.datasets._read_rows import Rows
from lessons_lib.datasets._written import PLAIN, Way, date_in, kind_of_value

EXACT = 2**53  # whole numbers up to here are exact in float64
LARGEST = 2**63 - 1  # of int64


@dataclasses.dataclass(frozen=True, eq=False)
class Column:
    """A column of a file, as it is written.

    Attributes
    ----------
    name : str
    cells : list of str
    lines : list of int
        Of the file, for each cell.
    missing : frozenset of str
        The texts that count as missing in it.
    """

    name: str
    cells: list[str]
    lines: list[int]
    missing: frozenset[str]

    @functools.cached_property
    def counts(self) -> dict[str, int]:
        """How often each text stands in it, in the order of the rows."""
        return collections.Counter(self.cells)

    @functools.cached_property
    def texts(self) -> list[str]:
        """What it holds, each text once, in order, without what is missing."""
        return [text for text in self.counts if text not in self.missing]

    def at(self, text: str) -> str:
        """Return a text, and where it first stands."""
        line = self.lines[self.cells.index(text)]
        return f"{shortened(text)} in line {line}"


def columns_of(table: Rows, missing: list[object]) -> list[Column]:
    """Return the columns, each with what counts as missing in it.

    Parameters
    ----------
    table : Rows
    missing : list of object
        What means missing wherever it stands, texts and numbers. So do empty cells and ?. Other
        marks, such as NA, do where all else is a number or a date: among texts they may be words.
    """
    lines = [row.line for row in table.rows]
    marks = {"", "?", *(str(mark).strip() for mark in missing)}
    numbers = {float(mark) for mark in missing if isinstance(mark, Real)}
    columns = []
    for place, name in enumerate(table.names):
        cells = [row.cells[place] for row in table.rows]
        texts = set(cells)
        absent = {t for t in texts if t in marks or (PLAIN.reads(t) and float(t) in numbers)}
        if not any(kind_of_value(text) == "text" for text in texts - absent):
            absent |= set(filter(is_mark, texts))
        columns.append(Column(name, cells, lines, frozenset(absent)))
    return columns


def as_numbers(column: Column, way: Way) -> tuple[pd.Series | None, str]:
    """Return a column that holds numbers as int64, Int64 or float64, and what is to be said.

    None stands for codes that only look like numbers: 01067, or more digits than a number has.
    """
    values = {text: way.value(text) for text in column.texts}
    said = ""
    for text, value in values.items():
        fault = ""
        if re.fullmatch("[-+]?0[0-9]+", text):
            fault = "begins with 0, as codes do"
        elif isinstance(value, int) and abs(value) > LARGEST:
            fault = "has more digits than a whole number keeps"
        if fault:
            return None, f"`{column.name}` stays text: {column.at(text)} {fault}."
        if isinstance(value, float) and math.isinf(value) and not said:
            said = f"`{column.name}` holds {column.at(text)}, which counts as infinite."
    kind = "int64" if all(isinstance(value, int) for value in values.values()) else "float64"
    absent = math.nan
    if kind == "int64" and len(values) < len(set(column.cells)):
        kind = "float64" if all(abs(value) <= EXACT for value in values.values()) else "Int64"
        absent = absent if kind == "float64" else pd.NA
    return pd.Series([values.get(cell, absent) for cell in column.cells], dtype=kind), said


def as_dates(column: Column, day_first: bool) -> tuple[pd.Series, str]:
    """Return a column that holds dates as datetime64, and what is to be said.

    Parameters
    ----------
    column : Column
    day_first : bool
        Whether the day stands before the month, where the year is last.
    """
    dates = {text: date_in(text) for text in column.texts}
    moments = {text: date.meant(day_first) for text, date in dates.items()}
    series = pd.Series(np.array([moments.get(cell) for cell in column.cells], "datetime64[us]"))
    said = []
    if not any(date.year_first for date in dates.values()):
        said.append(f"the {'day' if day_first else 'month'} is first")
    if not all(date.has_century for date in dates.values()):
        said.append("two digits of a year mean 1969 to 2068")
    if any(date.zone for date in dates.values()):
        series = series.dt.tz_localize("UTC")
        said.append("times are turned into UTC")
    return series, f"In the dates of `{column.name}` {' and '.join(said)}." if said else ""


def as_texts(column: Column) -> pd.Series:
    """Return a column as it is written."""
    return pd.Series([None if cell in column.missing else cell for cell in column.cells])


def why_text(column: Column, way: Way) -> str:
    """Say why a column is text where it nearly is something else."""
    stays = f"`{column.name}` stays text"
    kinds = {text: kind_of_value(text) for text in column.texts}
    if {*kinds.values()} == {"number"}:
        other = next(text for text in kinds if not way.reads(text))
        first = next((text for text in kinds if way.reads(text)), None)
        both = f"{column.at(first)} and {column.at(other)}" if first else column.at(other)
        return f"{stays}: its numbers are written differently, as {both}."
    for kind in ("number", "date"):
        others = [text for text in kinds if kinds[text] != kind]
        if 0 < len(others) < len(kinds) / 2:
            number, odd = (sum(map(column.counts.get, some)) for some in (column.texts, others))
            are = f"is no {kind}" if odd == 1 else f"are no {kind}s"
            return (
                f"{stays}: {odd:,} of its {number:,} values {are}, such as {column.at(others[0])}. "
                f"If that means missing, give missing={others[:1]}."
            )
    words = [text for text in kinds if kinds[text] == "text"]
    units = {re.sub(r"[\d\s.,+-]", "", text) for text in words}
    forms = {kind_of(text) for text in words}
    if len(units) == 1 and min(units) and forms <= {"surrounded", "joined"}:
        return (
            f"{stays}: {column.at(words[0])} is no number, for {min(units)} stands beside it. Take "
            "that out to calculate with it."
        )
    marks = [text for text in kinds if not kinds[text]]
    if marks:
        return (
            f"`{column.name}` is text, so {column.at(marks[0])} stays in it as a word. If it means "
            f"missing, give missing={marks}."
        )
    return ""
