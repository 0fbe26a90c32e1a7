"""Writes a value as Python: what feedback shows can be read, pasted into a cell, and used."""

import itertools
import math

import numpy as np

from lessons_lib.checks._read import Unusable, kind_of

DIGITS = 7  # significant ones: what is pasted back is within every question's tolerance
LENGTH = 300  # characters; of what is longer, lists and arrays are shown by their ends
ENDS = (6, 3, 2, 1)  # values shown at each end of what is too long
DEPTH = 6  # of lists in lists; a list may hold itself
MOST_SHOWN = 200  # values
LEFT_OUT = "..."


def describe(value: object, digits: int = DIGITS) -> str:
    """Return a value as Python source, with an array's shape as a comment.

    What is too long has ``...`` in its middle; what is no value (a function, an object) is
    named in words. Never runs code of an object it does not know.

    Parameters
    ----------
    value : object
    digits : int
        Significant digits of a float.
    """
    if isinstance(value, Unusable):
        return "" if value.shown is ... else describe(value.shown, digits)
    for ends in ENDS:
        text = _source(value, digits, ends, DEPTH)
        if len(text) <= LENGTH:
            break
    if text == LEFT_OUT and value is not ... and type(value) is not np.ndarray:
        return kind_of(value)
    shapes = _shapes(value)
    return f"{text}  # {shapes}" if shapes else text


def _source(value, digits, ends, depth):
    if type(value) is Unusable:
        value = value.shown
    kind = type(value)
    if kind is np.ndarray and value.ndim > 0:
        few = math.prod(min(length, 2 * ends + 1) for length in value.shape) <= MOST_SHOWN
        return _bracketed(value, "[]", digits, ends, value.ndim) if few else LEFT_OUT
    if kind is list and depth:
        return _bracketed(value, "[]", digits, ends, depth)
    if kind is tuple and depth:
        text = _bracketed(value, "()", digits, ends, depth, most=2 * ENDS[0])
        return f"{text[:-1]},)" if len(value) == 1 else text
    if kind is dict and depth:
        return _in_braces(value, digits, ends, depth)
    if kind is np.ndarray or issubclass(kind, np.generic):
        value = np.asarray(value).item()
        kind = type(value)
    if issubclass(kind, np.floating):  # of a precision that Python does not have
        value, kind = float(value), float
    if value is None or kind is bool or kind is complex:
        return repr(value)
    if kind is int:
        return str(value) if abs(value) < 10**40 else LEFT_OUT
    if kind is float:
        return _float(value, digits)
    if kind is np.ufunc:
        return f"np.{value.__name__}"
    if kind is str:
        return repr(value if len(value) <= 60 else value[:60] + "…")
    return LEFT_OUT


def _bracketed(values, brackets, digits, ends, depth, most=0):
    whole = len(values) <= max(most, 2 * ends + 1)  # dots in the place of one value save nothing
    items = values if whole else [*values[:ends], *values[-ends:]]
    shown = [_source(item, digits, ends, depth - 1) for item in items]
    if not whole:
        shown.insert(ends, LEFT_OUT)
    return f"{brackets[0]}{', '.join(shown)}{brackets[1]}"


def _in_braces(values, digits, ends, depth):
    items = itertools.islice(values.items(), 2 * ENDS[0])
    shown = [
        f"{_source(key, digits, ends, depth - 1)}: {_source(value, digits, ends, depth - 1)}"
        for key, value in items
    ]
    if len(values) > len(shown):
        shown.append(f"{LEFT_OUT}: {LEFT_OUT}")
    return f"{{{', '.join(shown)}}}"


def _float(value, digits):
    if not math.isfinite(value):
        return f"{'-' if value < 0 else ''}np.{'nan' if math.isnan(value) else 'inf'}"
    text = f"{value:.{digits}g}"
    return text if set(text) & set(".e") else f"{text}.0"


def _shapes(value):
    """Return what the source does not tell of arrays: "shape (2, 3)", and an unusual dtype."""
    if type(value) is np.ndarray:
        if value.ndim == 0:
            return ""
        usual = value.dtype.kind in "biUSO" or value.dtype == np.float64
        return f"shape {value.shape}" + ("" if usual else f", {value.dtype}")
    parts = value.values() if type(value) is dict else value
    if type(value) not in (tuple, list, dict) or len(value) > max(ENDS):
        return ""
    arrays = [part.shape for part in parts if type(part) is np.ndarray and part.ndim]
    return f"shapes {', '.join(map(str, arrays))}" if arrays else ""
