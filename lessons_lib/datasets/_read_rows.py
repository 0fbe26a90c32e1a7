"""A text's lines as the rows of a table: what separates them, which line names the columns."""

from __future__ import annotations

import collections
import csv
import dataclasses
import io
import itertools
import re

from lessons_lib._ground.values import one_line, shortened
from lessons_lib.datasets._columns import quoted
from lessons_lib.datasets._written import kind_of_value

LOOKED_FOR = [",", ";", "\t", "|"]
_CALLED = {",": "comma", ";": "semicolon", "\t": "tab", " ": "space", "|": "bar"}


@dataclasses.dataclass(frozen=True)
class Row:
    """The cells of a row as they are written, without blank space around them."""

    line: int  # in the file, counted from 1
    cells: list[str]

    @property
    def filled(self) -> int:
        """How many cells there are, empty ones at the end not counted."""
        number = len(self.cells)
        while number and not self.cells[number - 1]:
            number -= 1
        return number


@dataclasses.dataclass(frozen=True)
class Rows:
    """The rows of a file.

    Attributes
    ----------
    names : list of str
        Of the columns, all different.
    rows : list of Row
        Each with a cell for each name.
    delimiter : str
    said : list of str
        A sentence for each thing that was left out or named.
    """

    names: list[str]
    rows: list[Row]
    delimiter: str
    said: list[str]


def read_rows(name: str, text: str, delimiter: str | None, header: bool | None) -> Rows:
    """Split a file's text into rows, or say which line does not fit.

    Parameters
    ----------
    name : str
        The file's, for messages.
    text : str
    delimiter : str or None
        None to find it.
    header : bool or None
        Whether a line names the columns; None to find out.

    Raises
    ------
    ValueError
        For lines of several lengths, a quotation mark without its pair, and what cannot be
        decided.
    """
    if excel := re.match(r"sep=(.)(?=[\r\n])", text):  # a line that tells Excel the delimiter
        delimiter, text = delimiter or excel[1], text[excel.end() :]
    if delimiter is None:
        delimiter, rows = _separated(name, text)
    else:
        rows = _records(name, text, delimiter)
    above, rows = _without_titles(rows)
    width, odd = _width(rows)
    if odd is not None:
        raise ValueError(_ragged(name, rows[0], odd, width, delimiter))
    longest = max(len(row.cells) for row in rows)
    rows = [Row(row.line, row.cells[:width]) for row in rows]
    if header is None:
        header = _has_names(name, rows)
    names = [cell.lstrip("# ") for cell in rows[0].cells] if header else [""] * width
    if not (rows := rows[1:] if header else rows):
        raise ValueError(f"{name} has names of columns, but no row below them.")
    said = []
    if above:
        first = one_line(delimiter.join(above[0].cells).rstrip(delimiter + " "), 40)
        lines = "1 line" if len(above) == 1 else f"{len(above)} lines"
        said.append(f"Left out above the table: {lines}, beginning with {first!r}.")
    places = _places(names, rows)
    if len(places) < longest:
        said.append("Left out: columns without a name and without a value.")
    names, remarks = _different([names[place] for place in places], places, header)
    rows = [Row(row.line, [row.cells[place] for place in places]) for row in rows]
    return Rows(names, rows, delimiter, said + remarks)


def called(delimiter: str) -> str:
    """Return what a delimiter is called in a sentence."""
    return _CALLED.get(delimiter, f"sign {delimiter}")


def _records(name: str, text: str, delimiter: str) -> list[Row]:
    """Return the rows that are not blank; raises ValueError where quotation marks do not pair."""
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True, strict=True
    )
    rows, line = [], 1
    try:
        for cells in reader:
            if cells:
                rows.append(Row(line, [cell.strip() for cell in cells]))
            line = reader.line_num + 1
    except csv.Error:
        raise ValueError(
            f'{name} has a quotation mark " in line {line} that does not pair. Where a text stands '
            'in quotation marks, those inside it are written twice, "".'
        ) from None
    return rows


def _separated(name: str, text: str) -> tuple[str, list[Row]]:
    """Return the delimiter by which all rows have the same length, and the rows."""
    found, faults = {}, []
    for delimiter in LOOKED_FOR:
        try:
            found[delimiter] = _records(name, text, delimiter)
        except ValueError as fault:
            faults.append(fault)
    if not found:
        also = "If none of , ; | and tab separates the columns, give delimiter=."
        raise ValueError(f"{faults[0]} {also}")
    widths = {sign: _width(_without_titles(rows)[1]) for sign, rows in found.items()}
    even = [sign for sign, (width, odd) in widths.items() if width > 1 and odd is None]
    if len(even) > 1:
        even = [sign for sign in even if not _cuts_texts(found[sign], even)] or even
    # Where none fits, the one that most lines have: what is odd about a line is then said.
    most = max(found, key=lambda sign: sum(len(row.cells) > 1 for row in found[sign]))
    often = sum(len(row.cells) > 1 for row in found[most]) > len(found[most]) / 2
    alone = [sign for sign, (width, odd) in widths.items() if width == 1 and odd is None]
    if alone and not even and not often:
        even = [sign for k, sign in enumerate(alone) if found[sign] != found[alone[k - 1]] or not k]
        _refuse_spaces(name, text, even[0])
    if len(even) > 1:
        ways = [f"{shortened(found[sign][-1].cells)} with delimiter={sign!r}" for sign in even]
        raise ValueError(
            f"{name} can be separated in several ways: line {found[even[0]][-1].line} is "
            f"{', '.join(ways)}. Give the delimiter that is right."
        )
    sign = even[0] if even else most
    return sign, found[sign]


def _refuse_spaces(name: str, text: str, none: str) -> None:
    """Raise where a file of one column would have several with spaces, which texts hold too."""
    rows = _records(name, text, " ")
    width, odd = _width(_without_titles(rows)[1])
    if width > 1 and odd is None and len(rows) > 1:
        raise ValueError(
            f"{name} can be one column or {width}: line {rows[-1].line} has {width} values with "
            f"delimiter=' ', {shortened(rows[-1].cells)}. Give that, or delimiter={none!r} if it is"
            " one."
        )


def _cuts_texts(rows: list[Row], signs: list[str]) -> bool:
    """Whether a cell has another sign that separates in it, and is no number for all that."""
    cells = {cell for row in rows for cell in row.cells if any(sign in cell for sign in signs)}
    return any(kind_of_value(cell) == "text" for cell in cells)


def _without_titles(rows: list[Row]) -> tuple[list[Row], list[Row]]:
    """Return comments and titles that stand above the table, and the table's rows."""
    width = collections.Counter(len(row.cells) for row in rows).most_common(1)[0][0]
    comments = next((k for k, row in enumerate(rows) if not row.cells[0].startswith("#")), 0)
    top = comments
    while top < len(rows) - 1 and width > 1 and rows[top].filled == 1 and rows[top].cells[0]:
        top += 1
    if {kind_of_value(cell) for cell in rows[top].cells} & {"number", "date"}:
        # A row of the table: the line above it names the columns, and is no title.
        top = comments
        if comments and len(rows[comments - 1].cells) == width > 1:
            top = comments - 1
    return rows[:top], rows[top:]


def _width(rows: list[Row]) -> tuple[int, Row | None]:
    """Return how many columns there are, and the first row that is shorter or longer."""
    most = len(rows[0].cells)
    width = max(row.filled for row in rows if row.filled <= most)
    odd = (row for row in rows if not row.filled <= width <= len(row.cells))
    return width, next(odd, None)


def _ragged(name: str, first: Row, odd: Row, width: int, delimiter: str) -> str:
    sign = called(delimiter)
    values = "1 value" if len(odd.cells) == 1 else f"{len(odd.cells)} values"
    comma = ", and so does a number with a decimal comma" if delimiter == "," else ""
    return (
        f"Line {odd.line} of {name} has {values} where line {first.line} has {width}, separated by "
        f"{sign}s: {shortened(delimiter.join(odd.cells))}. Mend it in the file (a text with a "
        f"{sign} in it stands in quotation marks{comma}), or give another delimiter=."
    )


def _has_names(name: str, rows: list[Row]) -> bool:
    """Tell whether the first row names the columns: it has no value like those below it."""
    first, *below = rows
    values = []
    for place, cell in enumerate(first.cells):
        if (kind := kind_of_value(cell)) in ("number", "date"):
            kinds = {kind_of_value(text) for text in {row.cells[place] for row in below}}
            values += [cell] if kinds <= {kind, ""} else []
    numbers = [int(cell) for cell in values if re.fullmatch("[0-9]+", cell)]
    steps = {after - before for before, after in itertools.pairwise(numbers)}
    counted = len(steps) == 1 and min(steps) > 0  # as years are, or numbers of columns
    alone = len(values) == 1 and first.filled > 1
    again = [cell in {row.cells[k] for row in below} for k, cell in enumerate(first.cells)]
    if (len(numbers) == len(values) > 0 and (counted or alone)) or (not values and all(again)):
        raise ValueError(
            f"Line {first.line} of {name} can name the columns or be a row: "
            f"{shortened(first.cells)}. Give header=True if it names them, header=False if not."
        )
    return not values


def _places(names: list[str], rows: list[Row]) -> list[int]:
    """Return the places of the columns that have a name or a value."""
    numbered = enumerate(names)
    return [place for place, name in numbered if name or any(row.cells[place] for row in rows)]


def _different(names: list[str], places: list[int], header: bool) -> tuple[list[str], list[str]]:
    """Return a name for each column, all different, and what is to be said about them."""
    result, unnamed, repeated = [], [], []
    for name, place in zip(names, places, strict=True):
        wanted = name or f"column_{place + 1}"
        new, number = wanted, 2
        while new in result or (new != name and new in names):
            new, number = f"{wanted}_{number}", number + 1
        result.append(new)
        if new != name:
            (repeated if name else unnamed).append(new)
    said = []
    if unnamed:
        what = "Columns without a name" if header else "No line names the columns: they"
        said.append(f"{what} are called {quoted(unnamed)}.")
    if repeated:
        said.append(f"Names that stand twice are made different: {quoted(repeated)}.")
    return result, said
