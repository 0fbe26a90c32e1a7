"""What may stand in a table where a number belongs: told apart once, for all who read tables."""

from __future__ import annotations

import datetime
import math
import numbers
import re

from lessons_lib._ground.values import shortened

# Texts by their form, the first that fits.
_FORMS = {
    "missing": re.compile(r"(?i)\s*(\?|-+|\.|#?n/?a|n\.a\.|<na>|nan|nat|null|none|missing|)\s*"),
    "comma": re.compile(r"\s*[-+]?[1-9]\d{0,2},\d{3}\s*"),
    "decimal comma": re.compile(r"\s*[-+]?(\d+,\d*|,\d+)(e[-+]?\d+)?\s*"),
    "points and comma": re.compile(r"\s*[-+]?\d{1,3}(\.\d{3})+,\d+\s*"),
    "separators": re.compile(r"\s*[-+]?\d{1,3}(,\d{3})+(\.\d+)?\s*"),
    "date": re.compile(r"\s*(\d{4}[-/.]\d\d?[-/.]\d\d?|\d\d?[-/.]\d\d?[-/.]\d{2,4})([ T].*)?"),
    "time": re.compile(r"\s*\d\d?:\d\d(:\d\d)?\s*"),
    "minus": re.compile(r"\s*−\s*\d.*"),
    "surrounded": re.compile(r"\W{0,3}[\d.,]*\d(\s*[^\w\s].*|\s.*|)"),
    "joined": re.compile(r"\W{0,3}[\d.,]*\d.*"),
    "text": re.compile(r"(?s).*"),
}
# What to do with texts that a reader of files can turn into numbers; {} is the text.
READ_FILE = {
    "missing": "read the file with datasets.read_table(..., missing={!r}), and drop or fill such "
    "rows",
    "comma": "read the file with datasets.read_table(..., decimal=',') if a fraction stands behind "
    "it, and with thousands=',' if it separates thousands",
    "decimal comma": "read the file with datasets.read_table(..., decimal=',')",
    "points and comma": "read the file with datasets.read_table(..., decimal=',', thousands='.')",
    "separators": "read the file with datasets.read_table(..., thousands=',')",
    "minus": "put - in its place",
    "surrounded": "take out what is not part of the number, such as units or spaces",
    "joined": "take out what is not part of the number, such as units or spaces",
}


def is_missing(value: object) -> bool:
    """Tell whether a value stands for one that is not there: None, NaN, pandas's NA and NaT."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    counted = isinstance(value, numbers.Number) or _is_numpys(value, "datetime64", "timedelta64")
    try:
        return counted and bool(value != value)
    except ArithmeticError:  # a signalling NaN of decimal
        return True


def is_mark(text: str) -> bool:
    """Tell whether a text is a mark for what is missing, such as ? or NA, or is blank."""
    return _FORMS["missing"].fullmatch(text) is not None


def as_number(value: object) -> float:
    """Return what can be read as a number as a float; what is missing is NaN.

    Raises
    ------
    TypeError, ValueError
        For what is none, an imaginary part or a unit that `float` would drop included.
    OverflowError
        For a number that no float can hold, which `float` would make infinite or refuse.
    """
    if is_missing(value):
        return float("nan")
    if not isinstance(value, str | bytes) and kind_of(value) in ("complex", "moment", "duration"):
        raise TypeError
    number = float(value)
    is_text = isinstance(value, str | bytes)
    if math.isinf(number) and not ("inf" in text_of(value).lower() if is_text else value == number):
        raise OverflowError
    return number


def kind_of(value: object) -> str:
    """Return what kind of thing stands where a number belongs.

    Returns
    -------
    str
        For texts the name of a form: "missing", "comma", "decimal comma", "points and comma",
        "separators", "date", "time", "minus", "surrounded", "joined" or "text". For others
        "moment" (a date, with or without a time), "duration", "time", "complex", "number", "list"
        or "other".
    """
    if isinstance(value, str | bytes):
        text = text_of(value)
        return next(name for name, form in _FORMS.items() if form.fullmatch(text))
    if isinstance(value, datetime.date) or _is_numpys(value, "datetime64"):
        return "moment"
    if isinstance(value, datetime.timedelta) or _is_numpys(value, "timedelta64"):
        return "duration"
    if isinstance(value, datetime.time):
        return "time"
    if isinstance(value, numbers.Number):
        real = isinstance(value, numbers.Real) or not isinstance(value, numbers.Complex)
        return "number" if real else "complex"  # a Decimal is neither
    if isinstance(value, list | tuple) or _is_numpys(value, "ndarray"):
        return "list"
    return "other"


def place_of(values: object, cell: tuple[int, ...]) -> str:
    """Name a cell of an array or a pandas object as its owner finds it: row, and column by name."""
    row, *columns = (int(index) for index in cell)
    said = f"row {row}"
    if hasattr(values, "iloc") and values.index[row] != row:
        said += f" (index {values.index[row]!s})"
    return ", ".join([said, *([column_of(values, columns)] if columns else [])])


def cell_of(values: object, cell: tuple[int, ...]) -> object:
    """Return what stands in a cell of an array or a pandas object."""
    return values.iloc[cell] if hasattr(values, "iloc") else values[cell]


def column_of(values: object, columns: tuple[int, ...] | list[int]) -> str:
    """Name a column: by its name in a DataFrame, by its number or numbers in an array."""
    if not hasattr(values, "columns"):
        return f"column {columns[0] if len(columns) == 1 else tuple(columns)}"
    name = values.columns[columns[0]]
    if list(values.columns).count(name) > 1:
        return f"column {columns[0]} ({shortened(name)}, as others are called too)"
    return f"column {shortened(name)}"


def text_of(value: str | bytes) -> str:
    """Return a text as a str."""
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def _is_numpys(value: object, *names: str) -> bool:
    kind = type(value)
    return kind.__module__ == "numpy" and kind.__name__ in names
