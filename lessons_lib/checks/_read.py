"""Reads a received value into the form of the expected one, or says why it cannot be read."""

import re
import types
from dataclasses import dataclass, field, replace

import numpy as np

MOST_COPIED = 1_000_000  # values
NO_TEXT = 'give the number itself, without quotes, `f"..."` or `str(...)`'


@dataclass(frozen=True)
class Unusable:
    """A received value that cannot be compared, with the reason, and what can be shown of it."""

    reason: str
    shown: object = field(default=..., compare=False)


_SHOWN = (bool, int, float, str)
DOTS = Unusable("is still the dots `...`")


def usable(received: object, expected: object, only_keys: bool = False) -> object:
    """Bring a received value into the form of the expected one.

    Runs code of the received object (``__array__``, ``__float__``), so call it inside a time
    limit and be ready for any exception.

    Parameters
    ----------
    received : object
        Anything.
    expected : object
        A number, array, string, bool or None, or a tuple, list or dict of these.
    only_keys : bool
        Whether a dict may have no other keys than the expected one.

    Returns
    -------
    object
        Arrays where numbers or arrays are expected, the same structure otherwise; `Unusable`
        in the place of what cannot be compared.
    """
    received = _plain(received)
    found = _usable(received, expected, only_keys)
    if type(found) is Unusable and (received is None or type(received) in _SHOWN):
        return replace(found, shown=received)
    return found


def _usable(received, expected, only_keys):
    if expected is None or type(expected) is str:
        return _usable_text_or_none(received, expected)
    if isinstance(expected, tuple) or is_list_of_parts(expected):
        received = _unpacked(received, expected)
        if type(received) in (tuple, list):
            if len(received) != len(expected):
                return Unusable(f"has {_parts(len(received))} instead of {len(expected)}")
            form = tuple if isinstance(expected, tuple) else list
            return form(usable(r, e) for r, e in zip(received, expected, strict=True))
        if len(expected) == 1 and issubclass(type(received), (int, float, np.number)):
            return Unusable(f"is a number: a tuple of one is written with a comma, ({received},)")
        wanted = (
            f"a {'tuple' if isinstance(expected, tuple) else 'list'} of {_parts(len(expected))}"
        )
        one_word = type(received) is str and any(type(part) is str for part in expected)
        return (not one_word and _plainly_unusable(received)) or Unusable(
            f"is {kind_of(received)}, but {wanted} is expected"
        )
    if isinstance(expected, dict):
        if type(received) is not dict:
            return _plainly_unusable(received) or Unusable(f"is {kind_of(received)}, not a dict")
        missing = [key for key in expected if key not in received]
        if missing:
            return Unusable(f"has no key {missing[0]!r}")
        if only_keys and len(received) > len(expected):
            return Unusable(f"has {len(received)} keys instead of {len(expected)}")
        return {key: usable(received[key], value) for key, value in expected.items()}
    return _usable_array(received, np.asarray(expected))


def decimal_comma(answer: object) -> str:
    """Return a sentence on an answer that looks like a number with a decimal comma.

    Parameters
    ----------
    answer : object
        ``0,98`` is the tuple (0, 98) in Python.

    Returns
    -------
    str
        Without its full stop; empty where the answer looks like something else.
    """
    text = answer if type(answer) is str and len(answer) < 30 else ""
    if type(answer) is tuple and all(type(item) is int and abs(item) < 10**9 for item in answer):
        text = ",".join(map(str, answer))
    if not re.fullmatch(r"\s*[+-]?\d+,\d+\s*", text, re.ASCII):
        return ""
    written = text.strip().replace(",", ".")
    return f"the decimal mark is a point in Python, as in `{written}`, and thousands have no mark"


def has_dots(value: object) -> bool:
    """Whether any part of what `usable` returned is still ``...``."""
    if isinstance(value, (list, tuple)):
        return any(map(has_dots, value))
    if isinstance(value, dict):
        return any(map(has_dots, value.values()))
    return isinstance(value, Unusable) and value == DOTS


def kind_of(value: object) -> str:
    """Return the kind of a value with its article, without running any code of the value."""
    kind = type(value)
    if value is None:
        return "None"
    if kind is str:
        return "text"
    if issubclass(kind, type):
        return "a class"
    if issubclass(kind, (types.FunctionType, types.BuiltinFunctionType, types.MethodType)):
        return "a function"
    if issubclass(kind, np.number):
        return "a number"
    if kind in _KINDS:
        return _KINDS[kind]
    name = type.__getattribute__(kind, "__name__")
    return f"an object of type {name}"


_KINDS = {
    bool: "True or False",
    int: "a number",
    float: "a number",
    list: "a list",
    tuple: "a tuple",
    dict: "a dict",
    np.ndarray: "an array",
}


def is_list_of_parts(expected: object) -> bool:
    """Whether an expected list is compared part by part, and not as one array of numbers."""
    return isinstance(expected, list) and any(
        not np.isscalar(item) or isinstance(item, str) for item in expected
    )


def _parts(count):
    return "1 part" if count == 1 else f"{count} parts"


def _plain(received):
    """Return named tuples, counters and the like as what they are made of."""
    for base in (tuple, list):
        if issubclass(type(received), base) and type(received) is not base:
            return base(base.__iter__(received))  # the base's own way: no code of the object's
    if issubclass(type(received), dict) and type(received) is not dict:
        return dict(dict.items(received))
    return received


def _unpacked(received, expected):
    """Return an array whose rows are the parts as their list: who unpacks it sees no difference."""
    if not hasattr(type(received), "__array__"):
        return received
    try:
        array = np.asarray(received)
        alike = len(array) == len(expected) and all(
            np.squeeze(row).shape == np.squeeze(part).shape
            for row, part in zip(array, expected, strict=True)
        )
    except Exception:  # it is the object that refuses, and that is told elsewhere
        return received
    return list(array) if alike else received


def _usable_text_or_none(received, expected):
    if received is None and expected is None:
        return None
    if type(received) is np.ndarray and received.ndim == 0:  # as `np.where` returns a text
        received = received.item()
    if expected is not None and issubclass(type(received), str):
        return str.__str__(received)  # an element of an array of text is a subclass's
    if received is None or received is ...:
        return _plainly_unusable(received)
    wanted = "None" if expected is None else "text"
    return Unusable(f"is {kind_of(received)}, but {wanted} is expected")


def _plainly_unusable(received):
    """Return why no structure at all can be made of this, or None."""
    kind = type(received)
    if received is None:
        return Unusable("is None: perhaps a `return` is missing")
    if received is ...:
        return DOTS
    if issubclass(kind, (str, bytes)):
        return Unusable("is text; leave out the quotes")
    if callable(received) and not hasattr(kind, "__array__"):
        return Unusable(f"is {kind_of(received)}; call it, with brackets, to get its value")
    if hasattr(kind, "__await__") or hasattr(kind, "__anext__"):
        return Unusable("is nothing yet, because of `async`: `def` alone makes a plain function")
    if hasattr(kind, "__next__"):
        return Unusable("is a generator, which gives its values one by one; make a list of it")
    if issubclass(kind, (set, frozenset)):
        return Unusable("is a set, which has no order")
    return None


def _usable_array(received, expected):
    kind = type(received)
    comma = "" if expected.ndim else decimal_comma(received)
    if issubclass(kind, (str, bytes)):
        return Unusable("; ".join(filter(None, ("is text", NO_TEXT, comma))))
    problem = _plainly_unusable(received)
    if problem:
        return problem
    if comma:
        return Unusable(f"is two numbers; {comma}")
    if kind in (list, tuple) and _more_leaves_than(received, 10 * expected.size + 1000):
        return Unusable(f"has far more than the {expected.size} values expected")
    if not (
        kind in (list, tuple)
        or issubclass(kind, (int, float, complex, np.ndarray, np.generic))
        or hasattr(kind, "__array__")
        or hasattr(kind, "__float__")
    ):
        return Unusable(f"is {kind_of(received)}, not a number or an array")
    try:
        array = _as_numbers(_as_array(received))
    except Exception as error:  # it is the object that refuses, not a line of the learner's code
        return _unreadable(received, error)
    # A copy, because the learner's code may change its own array in the next call.
    return array.copy() if isinstance(array, np.ndarray) and array.size <= MOST_COPIED else array


def _as_array(received):
    kind = type(received)
    if hasattr(kind, "__array__") or kind in (list, tuple, bool, int, complex):
        return np.asarray(received)
    return np.asarray(float(received))


def _unreadable(received, error):
    kind = type(received)
    if isinstance(error, OverflowError):
        return Unusable("is too large a number to be compared")
    if kind is list and isinstance(error, ValueError):
        return Unusable("is a list whose rows differ in length")
    if kind is tuple and isinstance(error, ValueError):
        return Unusable(
            f"is a tuple of {_parts(len(received))}, but one number or array is expected"
        )
    return Unusable(f"is {kind_of(received)}, which cannot be read as a number or an array")


def _as_numbers(array):
    """Return the array, with a numerical dtype, or why it holds no real numbers."""
    kind = array.dtype.kind
    if kind in "biuf":
        return array
    if kind == "O":
        return _from_objects(array)
    if kind in "US":
        return Unusable(f"holds text; {NO_TEXT}")
    what = "complex numbers" if kind == "c" else f"dtype {array.dtype}"
    return Unusable(f"holds {what}, not real numbers")


def _from_objects(array):
    for item in array.flat:
        if item is ...:
            return DOTS
        if not issubclass(type(item), (int, float, np.number, np.bool_)):
            return Unusable(f"holds {kind_of(item)} among its values, where only numbers belong")
    return array.astype(float)


def _more_leaves_than(nested, limit):
    """Count without trusting the depth: a list may hold itself."""
    waiting, seen = [nested], 0
    while waiting:
        item = waiting.pop()
        if type(item) in (list, tuple):
            if len(item) > limit:
                return True
            waiting.extend(item)
        seen += 1
        if seen > limit:
            return True
    return False
