"""Compares a received value with the expected one, and describes both in few words."""

import types
from dataclasses import dataclass

import numpy as np

TOLERANCE = 1e-6  # relative; below it two ways of writing one formula cannot be told apart
SINGLE_TOLERANCE = 1e-4  # relative, where float32 took part: its own rounding is 6e-8 a step
SHOWN = 6  # values of an array that are shown
DESCRIPTION_LENGTH = 240
MOST_COPIED = 1_000_000  # values


@dataclass(frozen=True)
class Unusable:
    """A received value that cannot be compared, with the reason."""

    reason: str


@dataclass(frozen=True)
class Difference:
    """What differs between the expected and the received value."""

    reason: str
    reason_without_values: str = ""


DOTS = Unusable("is still the dots `...`")


def usable(received, expected):
    """Bring a received value into the form of the expected one.

    Runs code of the received object (``__array__``, ``__float__``), so call it inside a time
    limit and be ready for any exception.

    Parameters
    ----------
    received : object
        Anything.
    expected : object
        A number, array, string, bool or None, or a tuple, list or dict of these.

    Returns
    -------
    object
        Arrays where numbers or arrays are expected, the same structure otherwise; `Unusable`
        in the place of what cannot be compared.
    """
    received = _plain(received)
    if expected is None or type(expected) is str:
        return _usable_text_or_none(received, expected)
    if isinstance(expected, tuple) or _is_list_of_parts(expected):
        if type(received) in (tuple, list):
            if len(received) != len(expected):
                return Unusable(f"has {len(received)} parts instead of {len(expected)}")
            return [usable(r, e) for r, e in zip(received, expected, strict=True)]
        return _plainly_unusable(received) or Unusable(
            f"is {kind_of(received)}, but {len(expected)} parts are expected"
        )
    if isinstance(expected, dict):
        if type(received) is not dict:
            return _plainly_unusable(received) or Unusable(f"is {kind_of(received)}, not a dict")
        missing = [key for key in expected if key not in received]
        if missing:
            return Unusable(f"has no key {missing[0]!r}")
        return {key: usable(received[key], value) for key, value in expected.items()}
    return _usable_array(received, np.asarray(expected))


def difference(
    received, expected, *, rtol=None, atol=None, exact_shape=False, parts=(), place="The result"
):
    """Find the first difference.

    Parameters
    ----------
    received, expected : object
        ``received`` as `usable` returned it.
    rtol, atol : float, optional
        The tolerances: |received - expected| <= atol + rtol |expected|. By default 1e-6, or
        1e-4 where float32 took part, and a hundredth of it times the largest expected value.
    exact_shape : bool
        False lets axes of length 1 differ: (n,) and (n, 1), () and (1,).
    parts : tuple of str
        Names of the parts of an expected tuple.
    place : str
        What the sentence calls the value.

    Returns
    -------
    Difference or None
    """
    if isinstance(received, Unusable):
        return Difference(f"{place} {received.reason}.")
    settings = {"rtol": rtol, "atol": atol, "exact_shape": exact_shape}
    if isinstance(expected, dict):
        inner = [(f"{place}[{key!r}]", received[key], expected[key]) for key in expected]
    elif isinstance(expected, tuple) or _is_list_of_parts(expected):
        pairs = zip(received, expected, strict=True)
        inner = [(_part_name(place, parts, i), *pair) for i, pair in enumerate(pairs)]
    elif expected is None or type(expected) is str:
        if received == expected:
            return None
        return Difference(f"{place} is {describe(received)} instead of {describe(expected)}.")
    else:
        return _array_difference(received, np.asarray(expected), place, **settings)
    found = (difference(got, want, place=name, **settings) for name, got, want in inner)
    return next((item for item in found if item), None)


def unusable_part(received, parts=(), place="The result"):
    """Return a sentence on the first part that `usable` could not read, or an empty text."""
    if isinstance(received, Unusable):
        return f"{place} {received.reason}."
    if isinstance(received, list):
        inner = [(_part_name(place, parts, i), item) for i, item in enumerate(received)]
    elif isinstance(received, dict):
        inner = [(f"{place}[{key!r}]", item) for key, item in received.items()]
    else:
        return ""
    return next(filter(None, (unusable_part(item, place=name) for name, item in inner)), "")


def alike(one, other, rtol=None, atol=None):
    """Whether two values that `usable` returned are the same within the tolerance."""
    if type(one) is not type(other):
        return False
    if isinstance(one, list):
        return len(one) == len(other) and all(
            alike(a, b, rtol, atol) for a, b in zip(one, other, strict=True)
        )
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(alike(one[k], other[k], rtol, atol) for k in one)
    if isinstance(one, np.ndarray):
        return _array_difference(one, other, "", rtol=rtol, atol=atol, exact_shape=False) is None
    return one == other


def has_dots(value):
    """Whether any part of what `usable` returned is still ``...``."""
    if isinstance(value, (list, tuple)):
        return any(map(has_dots, value))
    if isinstance(value, dict):
        return any(map(has_dots, value.values()))
    return isinstance(value, Unusable) and value == DOTS


def describe(value, precision=4):
    """Return a short text for a value: its numbers, and its shape and dtype for an array.

    Never runs code of an object it does not know.
    """
    if isinstance(value, Unusable):
        return ""
    kind = type(value)
    if value is None or kind is bool:
        return str(value)
    if kind is int:
        return str(value) if abs(value) < 10**18 else "an integer of more than 18 digits"
    if kind is float:
        return f"{value:.{precision + 2}g}"
    if kind is str:
        return repr(value if len(value) <= 60 else value[:60] + "…")
    if kind is np.ndarray or issubclass(kind, np.generic):
        return _describe_array(np.asarray(value), precision)
    if kind in (tuple, list):
        inner = "; ".join(describe(item, precision) for item in value[:SHOWN])
        more = "; …" if len(value) > SHOWN else ""
        return _bounded(f"({inner}{more})")
    if kind is dict:
        items = list(value.items())[:SHOWN]
        inner = "; ".join(f"{describe(k)}: {describe(v, precision)}" for k, v in items)
        return _bounded(f"{{{inner}}}")
    return kind_of(value)


def kind_of(value):
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


def _is_list_of_parts(expected):
    return isinstance(expected, list) and any(not np.isscalar(item) for item in expected)


def _part_name(place, parts, index):
    if index < len(parts):
        return f"`{parts[index]}`"
    return f"Part {index + 1}" if place == "The result" else f"{place}[{index}]"


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
    if hasattr(kind, "__next__"):
        return Unusable("is a generator, which gives its values one by one; make a list of it")
    if issubclass(kind, (set, frozenset)):
        return Unusable("is a set, which has no order")
    return None


def _plain(received):
    """Return named tuples, counters and the like as what they are made of."""
    for base in (tuple, list):
        if issubclass(type(received), base) and type(received) is not base:
            return base(base.__iter__(received))  # the base's own way: no code of the object's
    if issubclass(type(received), dict) and type(received) is not dict:
        return dict(dict.items(received))
    return received


def _usable_text_or_none(received, expected):
    if received is None and expected is None:
        return None
    if expected is not None and issubclass(type(received), str):
        return str.__str__(received)  # an element of an array of text is a subclass's
    if received is None or received is ...:
        return _plainly_unusable(received)
    wanted = "None" if expected is None else "text"
    return Unusable(f"is {kind_of(received)}, but {wanted} is expected")


def _usable_array(received, expected):
    kind = type(received)
    problem = _plainly_unusable(received)
    if problem:
        return problem
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
    if hasattr(kind, "__array__") or kind in (list, tuple, bool, complex):
        return np.asarray(received)
    return np.asarray(float(received))


def _unreadable(received, error):
    kind = type(received)
    if isinstance(error, OverflowError):
        return Unusable("is too large a number to be compared")
    if kind is list and isinstance(error, ValueError):
        return Unusable("is a list whose rows differ in length")
    if kind is tuple and isinstance(error, ValueError):
        return Unusable(f"is a tuple of {len(received)} parts, but one number or array is expected")
    return Unusable(f"is {kind_of(received)}, which cannot be read as a number or an array")


def _as_numbers(array):
    """Return the array, with a numerical dtype, or why it holds no real numbers."""
    kind = array.dtype.kind
    if kind in "biuf":
        return array
    if kind == "O":
        return _from_objects(array)
    if kind in "US":
        return Unusable("holds text, not numbers; leave out the quotes")
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


def _array_difference(received, expected, place, *, rtol, atol, exact_shape):
    same_shape = received.shape == expected.shape or (
        not exact_shape and _long_axes(received) == _long_axes(expected)
    )
    if not same_shape:
        reason = f"{place} has shape {received.shape} instead of {expected.shape}."
        n = expected.size
        if n > 1 and received.shape == (n, n):
            reason += f" A ({n},) and a ({n}, 1) broadcast to ({n}, {n})."
        return Difference(reason, reason)
    if rtol is None:
        single = np.float32 in (received.dtype, expected.dtype)
        rtol = SINGLE_TOLERANCE if single else TOLERANCE
    a = received.reshape(expected.shape).astype(float)
    e = expected.astype(float)
    if atol is None:
        largest = np.abs(e, where=np.isfinite(e), out=np.zeros_like(e)).max(initial=0)
        atol = rtol / 100 * (largest + 1e-4)
    wrong = ~np.isclose(a, e, rtol=rtol, atol=atol, equal_nan=True)
    return _value_difference(a, e, wrong, place) if wrong.any() else None


def _value_difference(a, e, wrong, place):
    nans = int((np.isnan(a) & ~np.isnan(e)).sum())
    if nans:
        reason = f"{place} is nan" + (f" in {nans} of {a.size} values." if a.size > 1 else ".")
        return Difference(reason, reason)
    if a.size == 1:
        return Difference(f"{place} is a different number.", f"{place} is a different number.")
    with np.errstate(invalid="ignore"):  # inf - inf
        gap = np.nan_to_num(np.where(wrong, np.abs(a - e), -1.0), nan=np.inf)
    where = np.unravel_index(np.argmax(gap), gap.shape)
    index = "[" + ", ".join(str(int(i)) for i in where) + "]"
    counted = f"{place} differs in {int(wrong.sum())} of {a.size} values, most at index {index}"
    texts = (f"{a[where]:.{digits}g} instead of {e[where]:.{digits}g}" for digits in (6, 15))
    values = next((t for t in texts if len(set(t.split(" instead of "))) == 2), "by rounding")
    return Difference(f"{counted}: {values}.", f"{counted}.")


def _long_axes(array):
    return tuple(length for length in array.shape if length != 1)


def _describe_array(array, precision):
    if array.ndim == 0:
        return f"{describe(array.item(), precision)} ({array.dtype})"
    if array.size > MOST_COPIED:
        return f"shape {array.shape}, {array.dtype}"
    text = np.array2string(
        array, precision=precision, threshold=2 * SHOWN, edgeitems=SHOWN // 2, separator=", "
    )
    text = " ".join(text.split()).replace("[ ", "[").replace(" ]", "]").replace(" ,", ",")
    return f"{_bounded(text)} shape {array.shape}, {array.dtype}"


def _bounded(text):
    return text if len(text) <= DESCRIPTION_LENGTH else text[:DESCRIPTION_LENGTH] + " …"
