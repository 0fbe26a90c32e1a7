"""How a file writes numbers and dates: found in its cells, or asked for."""

from __future__ import annotations

from collections.abc import Iterable

from lessons_lib.datasets._read_columns import Column
from lessons_lib.datasets._written import PLAIN, Date, Way, date_in


def number_columns(columns: list[Column], ways: list[Way]) -> dict[Column, list[Way]]:
    """Return the columns that hold numbers alone, with the ways in which all of them are read."""
    found = {}
    for column in columns:
        fits = []
        for way in ways:
            # What has no separators is read by those who look for some, too.
            if Way(way.decimal, "") in fits or all(map(way.reads, column.texts)):
                fits.append(way)
        if column.texts and fits:
            found[column] = fits
    return found


def way_of(numbers: dict[Column, list[Way]], ways: list[Way], delimiter: str) -> Way:
    """Return the one way in which a file writes numbers.

    Parameters
    ----------
    numbers : dict of Column to list of Way
        As `number_columns` has found them.
    ways : list of Way
        Those that come into question.
    delimiter : str

    Raises
    ------
    ValueError
        Where columns contradict each other, or a number means different things.
    """
    common = ways
    for column, fits in numbers.items():
        before, common = common, [way for way in common if way in fits]
        if not common:
            other, text = _unread(numbers, fits[0])
            raise ValueError(
                f"Numbers are written in two ways: `{other.name}` holds {other.at(text)}, "
                f"`{column.name}` {column.at(_unread([column], before[0])[1])}. Give decimal= for "
                "the one that is meant; what is written in the other stays text."
            )
    best = common[0]
    if best == PLAIN and delimiter == ",":
        return best  # a comma before decimals would separate columns
    other = next((way for way in common if way.decimal != best.decimal), None)
    for column in numbers if other else ():
        for text in column.texts:
            if best.value(text) != other.value(text):
                one, two = (f"{way.value(text)} ({_argument(way)})" for way in (best, other))
                raise ValueError(
                    f"`{column.name}` holds {column.at(text)}, which can mean {one} or {two}, and "
                    "no number in the file tells which. Give one of the two arguments."
                )
    return best


def _unread(columns: Iterable[Column], way: Way) -> tuple[Column, str]:
    """Return the first column, and the first text in it, that is written in another way."""
    return next((c, text) for c in columns for text in c.texts if not way.reads(text))


def _argument(way: Way) -> str:
    return f"thousands={way.thousands!r}" if way.thousands else f"decimal={way.decimal!r}"


def date_columns(
    columns: list[Column], dayfirst: bool | None
) -> tuple[dict[Column, bool], list[str]]:
    """Return the columns that hold dates alone, with whether the day comes before the month.

    Parameters
    ----------
    columns : list of Column
    dayfirst : bool or None
        For dates whose year comes last; None to find it.

    Returns
    -------
    found : dict of Column to bool
    said : list of str
        Why a column that looks like dates stays text.

    Raises
    ------
    ValueError
        Where nothing in the file tells day from month.
    """
    found, undecided, orders_told, said = {}, {}, set(), []
    for column in columns:
        dates = {text: date_in(text) for text in column.texts}
        if not dates or None in dates.values():
            continue
        asked = _orders_to_try(dates, dayfirst)
        orders = [first for first in asked if all(d.meant(first) for d in dates.values())]
        differ = [text for text, d in dates.items() if d.meant(True) != d.meant(False)]
        if not orders or not _alike(dates):
            odd = _odd_date(dates, asked)
            said.append(f"`{column.name}` stays text: {column.at(odd)} is no date like the others.")
        elif len(orders) == 2 and differ:
            undecided[column] = differ[0]
        else:
            found[column] = orders[0]
            orders_told |= {*orders} if len(asked) == 2 and differ else set()
    for column, text in undecided.items():
        if len(orders_told) != 1:
            one, other = (date_in(text).meant(first) for first in (True, False))
            raise ValueError(
                f"`{column.name}` holds {column.at(text)}, which can mean {one.day} {one:%B} "
                f"(dayfirst=True) or {other.day} {other:%B} (dayfirst=False), and no date in the "
                "file tells which. Give one of the two arguments."
            )
        (found[column],) = orders_told
    return found, said


def _orders_to_try(dates: dict[str, Date], dayfirst: bool | None) -> list[bool]:
    if dayfirst is not None:
        return [dayfirst]
    settled = all(date.year_first or date.sign == "." for date in dates.values())
    return [True] if settled else [True, False]  # with points, the day is first everywhere


def _alike(dates: dict[str, Date]) -> bool:
    """Whether the year is on one side in all dates, and a time zone in all or none."""
    return len({(date.year_first, date.zone is None) for date in dates.values()}) == 1


def _odd_date(dates: dict[str, Date], orders: list[bool]) -> str:
    """Return the first text that is no date, or is written otherwise than the one before."""
    first = next(iter(dates.values()))
    for text, date in dates.items():
        alike = _alike({"": first, text: date})
        if not alike or not date.meant(orders[0]):
            return text
    return next(text for text, date in dates.items() if not date.meant(orders[-1]))
