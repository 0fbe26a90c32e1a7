"""How numbers and dates are written in files, and what they mean."""

from __future__ import annotations

import dataclasses
import datetime
import functools
import math
import re

from lessons_lib._ground.cells import is_mark

# What can separate thousands, with the signs that look like it.
THOUSANDS = {"": "", ",": ",", ".": ".", " ": " \u00a0\u2009\u202f", "'": "'’"}


@dataclasses.dataclass(frozen=True)
class Way:
    """A way to write numbers.

    Attributes
    ----------
    decimal : {".", ","}
    thousands : {"", ",", ".", " ", "'"}
        Between each three digits before the decimals, or nowhere.
    """

    decimal: str
    thousands: str

    @functools.cached_property
    def form(self) -> re.Pattern:
        """The form of a number."""
        decimal, signs = re.escape(self.decimal), re.escape(THOUSANDS[self.thousands])
        grouped = f"[1-9][0-9]{{0,2}}(?:[{signs}][0-9]{{3}})+|" if signs else ""
        digits = f"(?:(?:{grouped}[0-9]+)(?:{decimal}[0-9]*)?|{decimal}[0-9]+)"
        return re.compile(rf"[-+−]?(?:{digits}(?:[eE][-+]?[0-9]+)?|inf|Inf|INF|infinity|Infinity)")

    def reads(self, text: str) -> bool:
        """Whether a text is a number that is written in this way."""
        return self.form.fullmatch(text) is not None

    def value(self, text: str) -> int | float:
        """Return the number that a text means, an int where nothing but digits is written."""
        for sign in THOUSANDS[self.thousands]:
            text = text.replace(sign, "")
        text = text.replace("−", "-").replace(self.decimal, ".")
        return int(text) if re.fullmatch("[-+]?[0-9]{1,4000}", text) else float(text)


PLAIN = Way(".", "")
# The plain one first: it is meant where several mean the same.
WAYS = [Way(d, t) for d in (".", ",") for t in THOUSANDS if t != d]

_TIME = (
    r"(?P<hour>\d\d?):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<part>\d{1,6}))?)?"
    r"(?:\s*(?P<half>[AaPp][Mm]))?(?:\s*(?P<zone>Z|[+-]\d\d:?\d\d))?"
)
_DAY = (
    r"(?P<Y>\d{4})(?P<s>[-/.])(?P<M>\d\d?)(?P=s)(?P<D>\d\d?)|"
    r"(?P<a>\d\d?)(?P<t>[-/.])(?P<b>\d\d?)(?P=t)(?P<y>\d{4})|"
    # Two digits of a year; with points, 1.2.10 would be a version.
    r"(?P<a2>\d\d?)(?P<t2>[-/])(?P<b2>\d\d?)(?P=t2)(?P<y2>\d\d)|"
    r"(?P<a3>\d\d)(?P<t3>\.)(?P<b3>\d\d)\.(?P<y3>\d\d)"
)
_DATE = re.compile(rf"(?:{_DAY})(?:[T ]\s*{_TIME})?", re.ASCII)


@dataclasses.dataclass(frozen=True)
class Date:
    """A date as it is written.

    Attributes
    ----------
    year, first, second : int
        First and second are day and month in one order or the other; month and day where the
        year stands first.
    sign : str
        Between them.
    time : datetime.timedelta
        Since midnight.
    zone : datetime.timezone or None
    year_first, has_century : bool
    """

    year: int
    first: int
    second: int
    sign: str
    time: datetime.timedelta
    zone: datetime.timezone | None
    year_first: bool
    has_century: bool

    def meant(self, day_first: bool) -> datetime.datetime | None:
        """Return the moment, in UTC where a zone is given, or None where there is no such day."""
        swapped = day_first and not self.year_first
        month, day = (self.second, self.first) if swapped else (self.first, self.second)
        try:
            moment = datetime.datetime(self.year, month, day) + self.time
            return moment - self.zone.utcoffset(None) if self.zone else moment
        except (ValueError, OverflowError):
            return None


def date_in(text: str) -> Date | None:
    """Return the date that a text has the form of, or None."""
    found = _DATE.fullmatch(text) if text[:1].isdigit() else None
    if found is None:
        return None
    part = {key.rstrip("23"): value for key, value in found.groupdict().items() if value}
    time = _time_in(part)
    if time is None:
        return None
    if "Y" in part:
        year, first, second, sign = part["Y"], part["M"], part["D"], part["s"]
    else:
        year, first, second, sign = part["y"], part["a"], part["b"], part["t"]
    has_century = len(year) == 4
    century = 0 if has_century else 1900 if int(year) > 68 else 2000  # as POSIX has it
    return Date(
        year=century + int(year),
        first=int(first),
        second=int(second),
        sign=sign,
        time=time,
        zone=_zone_in(part.get("zone")),
        year_first="Y" in part,
        has_century=has_century,
    )


def is_number(text: str) -> bool:
    """Whether a text is a number in one way of writing or another."""
    return any(way.reads(text) for way in WAYS)


def kind_of_value(text: str) -> str:
    """Return "number" or "date" for such, "" for nothing and marks of it, else "text"."""
    if is_number(text):
        return "number"
    if is_mark(text):
        return ""
    return "date" if date_in(text) else "text"


def _time_in(part: dict[str, str]) -> datetime.timedelta | None:
    """Return the time since midnight, or None for one that no clock shows."""
    hour, minute, second = (int(part.get(key, 0)) for key in ("hour", "minute", "second"))
    if half := part.get("half", "").lower():
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "pm" else 0)
    if hour > 23 or minute > 59 or second > 59:
        return None
    micro = math.floor(int(part.get("part", 0)) * 10 ** (6 - len(part.get("part", "000000"))))
    return datetime.timedelta(hours=hour, minutes=minute, seconds=second, microseconds=micro)


def _zone_in(text: str | None) -> datetime.timezone | None:
    if text is None:
        return None
    if text == "Z":
        return datetime.UTC
    minutes = 60 * int(text[1:3]) + int(text[-2:])
    return datetime.timezone(datetime.timedelta(minutes=minutes) * (-1 if text[0] == "-" else 1))
