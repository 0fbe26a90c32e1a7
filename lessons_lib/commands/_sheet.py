"""Progress as a table for spreadsheets: how its cells are written and read again."""

import csv
import io
import locale
from collections.abc import Iterable

from lessons_lib.commands._course import Problem

LISTED = ", "  # between mistakes, and between predictions
UNNAMED = "?"  # a mistake that was not recognised
SEPARATORS = (",", ";", "\t")
# What a spreadsheet computes where a cell begins with it; the wide ones are those of East Asia.
_FORMULA = tuple("=+-@\t\r＝＋－＠")


def separator_named(name: str) -> str:
    r"""Return the separator that a learner asks for.

    Parameters
    ----------
    name : str
        ``,``, ``;``, ``tab`` or ``system``: the one that this system's settings make a
        spreadsheet expect, ``;`` where the decimal point is a comma.

    Raises
    ------
    lessons_lib.commands._course.Problem
        For anything else, and for settings that cannot be read.
    """
    if name == "system":
        return _of_the_system()
    found = {"tab": "\t", "\\t": "\t"}.get(name.lower(), name)
    if found not in SEPARATORS:
        raise Problem(
            f'--separator takes ",", ";", tab or system; {name!r} is none of them.', status=2
        )
    return found


def _of_the_system():
    before = locale.setlocale(locale.LC_NUMERIC)
    try:
        locale.setlocale(locale.LC_NUMERIC, "")
        return ";" if locale.localeconv()["decimal_point"] == "," else ","
    except locale.Error:
        raise Problem(
            "This system's settings (LANG or LC_ALL) name a language that is not installed: say "
            'which separator you want, for example --separator ";".'
        ) from None
    finally:
        locale.setlocale(locale.LC_NUMERIC, before)


def written(
    rows: Iterable[dict], columns: tuple, separator: str = ",", end_of_line: str = "\r\n"
) -> str:
    r"""Return a table as CSV.

    Parameters
    ----------
    rows : iterable of dict
        Values are numbers, texts, or lists of texts.
    columns : tuple of str
        The keys of the rows, in the order wanted.
    separator : str, default ","
        Between two cells.
    end_of_line : str, default "\r\n"
        The one of RFC 4180 (Shafranovich, 2005).
    """
    table = io.StringIO(newline="")
    writer = csv.writer(table, delimiter=separator, lineterminator=end_of_line)
    writer.writerow(columns)
    writer.writerows([_cell(row[column]) for column in columns] for row in rows)
    return table.getvalue()


def _cell(value):
    if isinstance(value, list):
        value = LISTED.join(item or UNNAMED for item in value)
    # A name is what somebody typed: "=..." must stay a name in the spreadsheet of another.
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def read(cell: str) -> str:
    """Return what a cell was before it was written."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell


def listed(cell: str) -> tuple[str, ...]:
    """Return the texts of a list that was written into one cell."""
    items = (item.strip() for item in cell.split(LISTED.strip()))
    return tuple("" if item == UNNAMED else item for item in items if item)
