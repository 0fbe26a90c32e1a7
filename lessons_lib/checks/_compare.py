"""Compares a received value with the expected one, and says in few words what differs."""

import itertools
from dataclasses import dataclass

import numpy as np

from lessons_lib.checks._read import Unusable, is_list_of_parts
from lessons_lib.checks._show import DIGITS, describe
from lessons_lib.checks._words import misfit

TOLERANCE = 1e-6  # relative; below it two ways of writing one formula cannot be told apart
SINGLE_TOLERANCE = 1e-4  # relative, where float32 took part: its own rounding is 6e-8 a step


@dataclass(frozen=True)
class Difference:
    """What differs between the expected and the received value."""

    reason: str
    reason_without_values: str = ""


def difference(
    received: object,
    expected: object,
    *,
    rtol: float | None = None,
    atol: float | None = None,
    exact_shape: bool = False,
    parts: tuple[str, ...] = (),
    place: str = "The result",
) -> Difference | None:
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
    """
    if isinstance(received, Unusable):
        return Difference(f"{place} {received.reason}.")
    settings = {"rtol": rtol, "atol": atol, "exact_shape": exact_shape}
    if isinstance(expected, dict):
        inner = [(f"{place}[{key!r}]", received[key], expected[key]) for key in expected]
    elif isinstance(expected, tuple) or is_list_of_parts(expected):
        pairs = zip(received, expected, strict=True)
        inner = [(_part_name(place, parts, i), *pair) for i, pair in enumerate(pairs)]
    elif expected is None or type(expected) is str:
        if received == expected:
            return None
        return Difference(f"{place} is {describe(received)} instead of {describe(expected)}.")
    else:
        return _array_difference(received, np.asarray(expected), place, **settings)
    found = (difference(got, want, place=name, **settings) for name, got, want in inner)
    first = next((item for item in found if item), None)
    if first and parts and _in_another_order(received, expected, **settings):
        names = ", ".join(f"`{name}`" for name in parts)
        reason = f"The parts are right, but they stand in another order; expected is {names}."
        return Difference(reason, reason)
    return first


def unusable_part(received: object, parts: tuple[str, ...] = (), place: str = "The result") -> str:
    """Return a sentence on the first part that `usable` could not read, or an empty text."""
    if isinstance(received, Unusable):
        return f"{place} {received.reason}."
    if isinstance(received, (list, tuple)):
        inner = [(_part_name(place, parts, i), item) for i, item in enumerate(received)]
    elif isinstance(received, dict):
        inner = [(f"{place}[{key!r}]", item) for key, item in received.items()]
    else:
        return ""
    return next(filter(None, (unusable_part(item, place=name) for name, item in inner)), "")


def alike(one: object, other: object, **settings: object) -> bool:
    """Whether two values that `usable` returned are the same; settings as for `difference`."""
    if type(one) is not type(other):
        return False
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(
            alike(a, b, **settings) for a, b in zip(one, other, strict=True)
        )
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(alike(one[k], other[k], **settings) for k in one)
    if isinstance(one, np.ndarray):
        return difference(one, other, **settings) is None
    return one == other


def told_apart(one: object, other: object) -> tuple[str, str]:
    """Describe two values with as many digits as it takes to see that they differ."""
    for digits in (DIGITS, 17):
        texts = describe(one, digits), describe(other, digits)
        if texts[0] != texts[1] or "..." in texts[0]:
            break
    return texts


def _part_name(place, parts, index):
    if index < len(parts):
        return f"`{parts[index]}`"
    return f"Part {index + 1}" if place == "The result" else f"{place}[{index}]"


def _in_another_order(received, expected, **settings):
    if len(expected) > 4 or not all(type(part) is np.ndarray for part in received):
        return False
    return any(
        all(difference(*pair, **settings) is None for pair in zip(order, expected, strict=True))
        for order in itertools.permutations(received)
    )


def _array_difference(received, expected, place, *, rtol, atol, exact_shape):
    same_shape = received.shape == expected.shape or (
        not exact_shape and _long_axes(received) == _long_axes(expected)
    )
    if not same_shape:
        reason = f"{place} has another form: {misfit(received.shape, expected.shape)}."
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
    if not wrong.any():
        return None
    if _is_cut_off(a, e, of_integers=received.dtype.kind in "iu"):
        reason = (
            f"{place} is whole, what belongs behind the point is lost. `//`, `int(...)`, "
            "`round(...)` and `dtype=int` do that; so does a mean of whole numbers in TensorFlow, "
            "where `tf.cast(x, tf.float32)` comes first."
        )
        return Difference(reason, reason)
    return _value_difference(a, e, wrong, place)


def _is_cut_off(a, e, of_integers):
    """Whether ``a`` is ``e`` brought to whole numbers."""
    with np.errstate(all="ignore"):
        whole = (a == np.round(a)).all() and not (e == np.round(e)).all()
        if not whole or not (np.abs(a - e) < 1).all() or np.abs(e).max() < 1:
            return False  # below 1 a step or a zero would look the same
    return of_integers or any(np.array_equal(a, cut(e)) for cut in (np.floor, np.trunc, np.round))


def _value_difference(a, e, wrong, place):
    nans = int((np.isnan(a) & ~np.isnan(e)).sum())
    if nans:
        reason = f"{place} is nan" + (f" in {nans} of {a.size} values." if a.size > 1 else ".")
        return Difference(reason, reason)
    digits = _digits_if_rounded(a, e)
    if digits:
        reason = f"{place} is rounded to {digits} digits; give it as it comes, with all of them."
        return Difference(reason, reason)
    if a.size == 1:
        return Difference(f"{place} is a different number.", f"{place} is a different number.")
    with np.errstate(invalid="ignore"):  # inf - inf
        gap = np.nan_to_num(np.where(wrong, np.abs(a - e), -1.0), nan=np.inf)
    where = np.unravel_index(np.argmax(gap), gap.shape)
    index = "[" + ", ".join(str(int(i)) for i in where) + "]"
    counted = f"{place} differs in {int(wrong.sum())} of {a.size} values, most at index {index}"
    got, wanted = told_apart(a[where], e[where])
    return Difference(f"{counted}: {got} instead of {wanted}.", f"{counted}.")


def _digits_if_rounded(a, e):
    """Return to how many digits ``a`` is ``e`` rounded, or 0 where that is not what it is."""
    with np.errstate(all="ignore"):  # rounding a very large number overflows
        for digits in range(1, 5):
            whole = np.allclose(a, np.round(a, digits - 1), atol=1e-9)
            if not whole and np.allclose(a, np.round(e, digits), atol=1e-9):
                return digits
    return 0


def _long_axes(array):
    return tuple(length for length in array.shape if length != 1)
