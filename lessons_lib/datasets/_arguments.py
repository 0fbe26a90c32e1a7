"""Checks of the arguments that many functions share: each error says how to mend the call."""

import math
import numbers
import re
import reprlib

import numpy as np


def whole_number(name, value, at_least, at_most=math.inf):
    """Return `value` as an int, or explain why it is not a whole number in this range."""
    if isinstance(value, bool) or not isinstance(value, numbers.Integral):
        raise TypeError(
            f"{name} must be a whole number, {at_least} or more; received {reprlib.repr(value)} "
            f"of type {type(value).__name__}. Write for example {name}={max(at_least, 2)}."
        )
    if not at_least <= value <= at_most:
        limit = f"{at_least} or more" if value < at_least else f"{at_most:,} or less"
        raise ValueError(f"{name} must be {limit}; received {reprlib.repr(value)}.")
    return int(value)


def finite_number(name, value):
    """Return `value` as a float, or explain why it is not a finite number."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise TypeError(
            f"{name} must be a number; received {reprlib.repr(value)} of type "
            f"{type(value).__name__}."
        )
    try:
        number = float(value)
    except OverflowError:  # of a whole number
        number = math.inf
    if not math.isfinite(number):
        raise ValueError(f"{name} must be a finite number; received {reprlib.repr(value)}.")
    return number


def noise_level(noise):
    """Return `noise` as a float, or explain why it is not a standard deviation."""
    noise = finite_number("noise", noise)
    if noise < 0:
        raise ValueError(
            f"noise is a standard deviation and must be 0 or more; received {noise}. "
            "Use noise=0 for points without noise."
        )
    return noise


def rows_of(name, values):
    """Return `values` as a pandas object or an array with rows, or explain what they are.

    Numbers are not asked for: images, texts and labels have rows too.
    """
    if hasattr(values, "iloc"):
        return values
    values = with_its_mask(values)
    if hasattr(values, "toarray"):
        raise TypeError(
            f"{name} must be an array or a DataFrame; received a sparse matrix of shape "
            f"{tuple(values.shape)} ({type(values).__name__}). Give {name}.toarray()."
        )
    try:
        array = values if np.ma.is_masked(values) else np.asarray(values)
    except ValueError:  # NumPy's word for it is "inhomogeneous"
        raise ValueError(
            f"{name} must have as many values in every row; received {reprlib.repr(values)}. "
            "Fill or drop the rows that are shorter or longer."
        ) from None
    if array.ndim == 0:
        raise TypeError(
            f"{name} must be an array or a DataFrame with one row a sample; received "
            f"{reprlib.repr(values)} of type {type(values).__name__}."
        )
    return array


def with_its_mask(values):
    """Return a list of masked arrays as one; NumPy would show what the masks hide."""
    listed = isinstance(values, list | tuple)
    if listed and any(isinstance(value, np.ma.MaskedArray) for value in values):
        return np.ma.array(values)
    return values


def finite_array(name, values):
    """Return `values` as floats (float32 stays, all else is float64), or say which is none.

    Raises
    ------
    TypeError
        For what is no number: text, dates, complex numbers, a sparse matrix.
    ValueError
        For rows of different lengths, numbers that are missing or infinite, and those that no
        float can hold.
    """
    values = rows_of(name, values)
    if np.ma.is_masked(values):
        hidden = np.ma.getmaskarray(values)
        place = np.unravel_index(np.argmax(hidden), hidden.shape)
        raise ValueError(
            f"{name} must hold finite numbers only; received {np.sum(hidden)} masked, which count "
            f"as missing, the first in {place_of(values, place)}. Drop such rows, or fill them as "
            f"in {name}.filled(0)."
        )
    array = np.asarray(values)
    if array.dtype.kind not in "biuf":
        array = _converted(name, values, array)
    elif array.dtype != np.float32:
        array = array.astype(np.float64)
    finite = np.isfinite(array)
    if not finite.all():
        place = np.unravel_index(np.argmin(finite), finite.shape)
        raise ValueError(
            f"{name} must hold finite numbers only; received {np.sum(~finite)} missing (NaN) or "
            f"infinite, the first in {place_of(values, place)}: {array[place]}. Drop or fill such "
            "rows first."
        )
    return array


def place_of(values, place):
    """Name the cell with this index as its owner finds it: row, and column by its name."""
    row, *columns = (int(index) for index in place)
    said = f"row {row}"
    if hasattr(values, "iloc") and values.index[row] != row:
        said += f" (index {values.index[row]!s})"
    return ", ".join([said, *([column_of(values, columns)] if columns else [])])


def column_of(values, columns):
    """Name a column: by its name in a DataFrame, by its number or numbers in an array."""
    if hasattr(values, "columns"):
        return f"column {reprlib.repr(values.columns[columns[0]])}"
    return f"column {columns[0] if len(columns) == 1 else tuple(columns)}"


def shown(value):
    """Return a value as a message shows it, shortened."""
    if isinstance(value, np.generic):
        value = value.item() if value.dtype.kind not in "mMV" else str(value)
    return reprlib.repr(value)


def _converted(name, values, array):
    """Turn objects and texts that are numbers into floats, and name the first that is none."""
    # As objects, or a list with one text in it would be all text.
    array = np.asarray(values, dtype=object) if array.dtype.kind in "OSU" else array
    floats = np.empty(array.shape, dtype=np.float64)
    for place in np.ndindex(array.shape):
        value = array[place]
        try:
            floats[place] = math.nan if is_missing(value) else float(_real(value))
        except (TypeError, ValueError):
            fault, cure = _no_number(value)
        except OverflowError:
            fault, cure = "a number that no float can hold", "Give it in a larger unit"
        else:
            continue
        raise TypeError(
            f"{name} must hold numbers; received {fault} in {place_of(values, place)}: "
            f"{shown(value)}. {cure}."
        )
    return floats


def is_missing(value):
    """Tell whether a value stands for one that is not there: None, NaN, pandas's NA and NaT."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(value, numbers.Number | np.datetime64 | np.timedelta64) and value != value


def _real(value):
    """Return what `float` may turn into a number; it would drop an imaginary part or a unit."""
    if isinstance(value, complex | np.complexfloating | np.datetime64 | np.timedelta64):
        raise TypeError
    return value


# Texts by their form: what they are, and what to do with them.
_TEXTS = [
    (
        r"(?i)\s*(\?|-+|\.|na|n/a|null|none|missing|)\s*",
        "a mark for what is missing",
        "Read the file with pd.read_csv(..., na_values={!r}), and drop or fill such rows",
    ),
    (
        r"\s*[-+]?[1-9]\d{0,2},\d{3}\s*",
        "a number with a comma",
        'Read the file with pd.read_csv(..., decimal=",") if a fraction stands behind it, and with '
        'thousands="," if it parts thousands',
    ),
    (
        r"\s*[-+]?(\d+,\d*|,\d+)(e[-+]?\d+)?\s*",
        "a decimal comma",
        'Read the file with pd.read_csv(..., decimal=",")',
    ),
    (
        r"\s*[-+]?\d{1,3}(\.\d{3})+,\d+\s*",
        "a decimal comma",
        'Read the file with pd.read_csv(..., decimal=",", thousands=".")',
    ),
    (
        r"\s*[-+]?\d{1,3}(,\d{3})+(\.\d+)?\s*",
        "a number with separators",
        'Read the file with pd.read_csv(..., thousands=",")',
    ),
    (
        r"\s*(\d{4}[-/.]\d\d?[-/.]\d\d?|\d\d?[-/.]\d\d?[-/.]\d{2,4})([ T].*)?",
        "a date",
        "Turn it into a number first, such as days since the first date (pd.to_datetime reads "
        "dates; dayfirst=True, if the day comes first)",
    ),
    (
        r"\s*\d\d?:\d\d(:\d\d)?\s*",
        "a time",
        "Turn it into a number first, such as hour + minute / 60",
    ),
    (
        r"\s*−\s*\d.*",
        "a number whose minus is another sign",
        "Put - in its place",
    ),
    (
        r"\W{0,3}[\d.,]*\d(\s*[^\w\s].*|\s.*|)",
        "a number with something around it",
        "Take out what is not part of the number, such as units or spaces",
    ),
]


def _no_number(value):
    """Say what kind of thing stands where a number belongs, and what to do with it."""
    if isinstance(value, str | bytes):
        text = value.decode(errors="replace") if isinstance(value, bytes) else value
        return next(
            (
                (fault, cure.format(str(text)))
                for form, fault, cure in _TEXTS
                if re.fullmatch(form, text)
            ),
            ("text", "Leave such a column out, or encode it as numbers (pd.get_dummies)"),
        )
    if isinstance(value, np.datetime64 | np.timedelta64) or hasattr(value, "isoformat"):
        return "a date or time", "Turn it into a number first, such as days since the first date"
    if isinstance(value, complex | np.complexfloating):
        return "a complex number", "Give its real and imaginary part as two columns"
    return f"something of type {type(value).__name__}", "Leave it out, or encode it as numbers"
