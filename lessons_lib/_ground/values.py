"""Whole numbers, and what was received as a message shows it."""

from __future__ import annotations

import math
import numbers
import reprlib
from collections.abc import Iterable


def whole_number(
    name: str,
    value: object,
    at_least: int = 0,
    at_most: float = math.inf,
    *,
    wanted: str = "",
    floats: bool = False,
) -> int:
    """Return `value` as an int, or explain why it is not a whole number in this range.

    Parameters
    ----------
    name : str
        The argument's.
    value : object
        What was given for it.
    at_least, at_most : float
        The range, both ends in it.
    wanted : str, default ""
        Begins the message where more is to be said than the name and the range.
    floats : bool, default False
        Whether 3.0 counts as 3.

    Raises
    ------
    TypeError
        For what is no number of the kind asked for.
    ValueError
        For a number outside the range, or between two whole ones.
    """
    received = f"received {shortened(value)}"
    kind = numbers.Real if floats else numbers.Integral
    if isinstance(value, bool) or not isinstance(value, kind):
        if wanted:
            raise TypeError(f"{wanted}; {received}.")
        raise TypeError(
            f"{name} must be a whole number, {at_least} or more; {received} of type "
            f"{type(value).__name__}. Write for example {name}={max(at_least, 2)}."
        )
    if not at_least <= value <= at_most or not math.isfinite(value) or value != int(value):
        limit = f"{at_most:,} or less" if value > at_most else f"{at_least} or more"
        raise ValueError(f"{wanted or f'{name} must be {limit}'}; {received}.")
    return int(value)


def listed(words: Iterable[str], most: int | None = None) -> str:
    """Return "a", "a and b" or "a, b and c"; of more than `most`, the first and how many more."""
    *first, last = words
    if most is not None and len(first) >= most:
        first, last = first[:most], f"{len(first) + 1 - most} more"
    return f"{', '.join(first)} and {last}" if first else last


def shortened(value: object, most: int = 80) -> str:
    """Return what was received as a message shows it: one short line, whatever its repr is."""
    try:
        return one_line(_SHORT.repr(_plain(value)), most)
    except Exception:  # a learner's own __repr__
        return f"a {type(value).__name__}"


def one_line(text: str, most: int = 80) -> str:
    """Return text as one line of at most so many characters."""
    text = " ".join(text[: 20 * most].split())
    return text if len(text) <= most else f"{text[: most - 2]} …"


class _Short(reprlib.Repr):
    """Shows the beginning of long lists and texts, and other objects by their own repr."""

    def __init__(self):
        super().__init__()
        self.maxstring = self.maxlong = 80

    def repr_instance(self, value: object, level: int) -> str:
        return repr(value)


_SHORT = _Short()


def _plain(value: object) -> object:
    """Return a scalar of NumPy as Python's own, which is shown without its type."""
    kinds = [(base.__module__, base.__name__) for base in type(value).__mro__]
    if ("numpy", "generic") not in kinds:
        return value
    return str(value) if value.dtype.kind in "mMV" else value.item()  # dates, durations, records
