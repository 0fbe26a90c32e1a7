"""Reads one file that a learner has handed in, also as a spreadsheet has saved it again."""

import codecs
import csv
import io
import itertools
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from lessons_lib.commands import _sheet

STATES = ("right", "not yet", "predicted", "revealed", "not attempted")
LARGEST = 2_000_000  # bytes; a file of all lessons has 20,000 at the beginning, and some more later
_FILLED = ("id", "state", "tries", "hints", "solution_seen")  # in every line
_NEEDED = (*_FILLED, "mistakes", "predictions")
_AGAIN = "`python3 -m lessons_lib progress --csv FILE` writes the right one"


@dataclass(frozen=True)
class Answered:
    """What one learner has done with one question, as the columns of the file say it."""

    state: str
    tries: int
    hints: int
    solution_seen: bool
    mistakes: tuple[str, ...]
    predictions: tuple[str, ...]
    first: tuple | None  # the moment of the first try, as `_moment` reads it

    @property
    def is_tried(self) -> bool:
        """Whether there is a try."""
        return self.state != "not attempted"


@dataclass(frozen=True)
class HandedIn:
    """One learner's file.

    Parameters
    ----------
    path : Path
    name : str
        Without capitals; "" where none was given, or a spreadsheet has not kept its letters.
    answers : dict of Answered
        By the questions' ids.
    """

    path: Path
    name: str
    answers: dict[str, Answered]

    @property
    def amount(self) -> tuple[int, int, int]:
        """How much is in it: of two files by one learner, the later one has more."""
        answers = self.answers.values()
        return (
            sum(answer.state in ("right", "revealed") for answer in answers),
            sum(answer.tries for answer in answers),
            sum(answer.hints for answer in answers),
        )

    def is_by_the_learner_of(self, other: "HandedIn") -> bool:
        """Whether all that both have tried was first tried at the same moments."""
        if self.name and other.name and self.name != other.name:
            return False
        moments = [
            (answer.first, other.answers[key].first)
            for key, answer in self.answers.items()
            if answer.first and key in other.answers and other.answers[key].first
        ]
        return bool(moments) and all(one == another for one, another in moments)


class NoProgress(Exception):
    """A file that cannot be counted; its text says why, and goes on from the file's name."""


def read(path: Path) -> HandedIn:
    """Read one file.

    Raises
    ------
    NoProgress
        For one that is damaged, or something else.
    """
    text, is_unicode = _text(path)
    try:
        rows = _rows(text)
    except csv.Error as error:
        raise NoProgress(f"is no CSV ({error})") from None
    name = _name(rows)
    answers = {}
    for number, row in rows:
        if row["id"] in answers:
            raise NoProgress(f"has {_short(row['id'])} twice, the second time in line {number}")
        answers[row["id"]] = _answered(row, number)
    # Letters that another encoding does not have were lost when the file was saved in it.
    is_kept = "?" not in name and (name.isascii() or is_unicode)
    return HandedIn(path, unicodedata.normalize("NFC", name).casefold() if is_kept else "", answers)


def _name(rows):
    names = [*dict.fromkeys(row.get("name", "") for _, row in rows)]
    if len(names) > 1:
        two = " and ".join(map(_short, names[:2]))
        raise NoProgress(f"has more than one learner in it, {two}: hand in one file for each")
    return names[0]


def _text(path):
    """Return the text of a file, and whether it was written in Unicode."""
    try:
        if path.stat().st_size > LARGEST:
            megabytes = path.stat().st_size / 1e6
            raise NoProgress(f"has {megabytes:.0f} MB, and no file of `progress --csv` has so much")
        content = path.read_bytes()
    except OSError as error:
        raise NoProgress(f"cannot be read: {error.strerror}") from None
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise NoProgress("is a spreadsheet's own file: open it, and save it as CSV")
    if content.lstrip().startswith(b"{"):
        raise NoProgress(f"is no CSV; {_AGAIN}")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    else:
        # All but names is ASCII, so whatever else a spreadsheet has chosen is read well enough.
        encodings = ["utf-8-sig", "latin-1"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text, encoding != "latin-1"
    raise NoProgress("is no text")


def _rows(text):
    """Return of each line its number, and from each column to what stands there."""
    heads = {separator: next(_lines(text, separator), None) for separator in _sheet.SEPARATORS}
    if None in heads.values():
        raise NoProgress("is empty")
    separator = max(heads, key=lambda name: len(set(_NEEDED) & set(heads[name][1])))
    (_, columns), *lines = _lines(text, separator)
    missing = [name for name in _NEEDED if name not in columns]
    if "id" in missing and {"question", "state"} <= set(columns):
        raise NoProgress(f"was written by an older version of the course; update it, and {_AGAIN}")
    if len(missing) == len(_NEEDED):
        raise NoProgress(f"has other columns than a file of progress; {_AGAIN}")
    if missing:
        raise NoProgress(f"has no column {missing[0]}; {_AGAIN}")
    if not lines:
        raise NoProgress("has no line below the names of its columns")
    return [(number, _row(columns, separator, number, cells)) for number, cells in lines]


def _lines(text, separator):
    """Yield of each line that has some the number and the cells."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    for line in reader:
        cells = [cell.strip() for cell in line]
        if any(cells):
            yield reader.line_num, cells


def _row(columns, separator, number, cells):
    if len(cells) == 1 and separator in cells[0]:  # a row that became one cell, and was saved so
        cells = next(csv.reader(cells, delimiter=separator))
    # Some spreadsheets leave empty cells out at the end of a line.
    if len(cells) <= max(map(columns.index, _FILLED)):
        raise NoProgress(f"is cut off in line {number}")
    if any(cells[len(columns) :]):
        raise NoProgress(f"has more cells in line {number} than columns")
    pairs = itertools.zip_longest(columns, cells[: len(columns)], fillvalue="")
    return {column: _sheet.read(cell) for column, cell in pairs}


def _answered(row, number):
    def one_of(column, values):
        if row[column] not in values:
            raise NoProgress(
                f"says {_short(row[column])} in line {number}, column {column}; expected: "
                f"{', '.join(values)}"
            )
        return row[column]

    def count(column):
        # Some spreadsheets give a number decimals.
        whole = re.fullmatch(r"(\d{1,6})(?:[.,]0+)?", row[column])
        if whole is None:
            raise NoProgress(
                f"says {_short(row[column])} in line {number}, column {column}; expected: a number"
            )
        return int(whole[1])

    return Answered(
        state=one_of("state", STATES),
        tries=count("tries"),
        hints=count("hints"),
        solution_seen=one_of("solution_seen", ("no", "yes")) == "yes",
        mistakes=_sheet.listed(row["mistakes"]),
        predictions=_sheet.listed(row["predictions"]),
        first=_moment(row.get("first", "")),
    )


def _short(text):
    return repr(text if len(text) <= 40 else f"{text[:40]}…")


def _moment(text):
    """Return a time to the minute such that other ways to write it give the same, or None.

    A spreadsheet saves "2026-11-27T07:31:13+00:00" as "27.11.2026 07:31" or "11/27/26 7:31 AM",
    so the order of day, month and year, the century and the half of the day are left out.
    """
    numbers = [int(digits) for digits in re.findall(r"\d+", text)]
    if len(numbers) < 5:
        return None
    return (*sorted(n % 100 for n in numbers[:3]), numbers[3] % 12, numbers[4])
