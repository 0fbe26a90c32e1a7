"""Numbers that are checked whenever they are set, also in the middle of training."""

from __future__ import annotations

import math
from collections.abc import Callable

from lessons_lib._ground.values import shortened


class Number:
    """A field of a dataclass that takes only numbers for which `allowed` is true.

    Parameters
    ----------
    wanted : str
        What is allowed, in words, for the error: ``"a number from 0 to 1"``.
    allowed : callable
        ``allowed(value) -> bool`` for a finite float.
    default : float, optional
        The field's; without one it must be given.
    """

    def __init__(self, wanted: str, allowed: Callable[[float], bool], default: float | None = None):
        self.wanted, self.allowed, self.default = wanted, allowed, default

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, instance: object, owner: type) -> float:
        if instance is not None:
            return vars(instance)[self.name]
        if self.default is None:  # so a dataclass is told that a field has none
            raise AttributeError(self.name)
        return self.default

    def __set__(self, instance: object, value: object) -> None:
        vars(instance)[self.name] = self.check(value, self.name)

    def check(self, value: object, name: str) -> float:
        """Return `value` as a float, or say why not."""
        expected = f"Expected {self.wanted}; received {shortened(value)}."
        try:
            number = float(value)
        except OverflowError:  # of a whole number
            number = math.inf
        except (TypeError, ValueError):
            raise TypeError(f"{name} must be a number. {expected}") from None
        if not (math.isfinite(number) and self.allowed(number)):
            raise ValueError(f"{name} is out of range. {expected}")
        return number


def not_negative(default: float | None = None) -> Number:
    """Return a field for numbers of at least 0."""
    return Number("a finite number of at least 0", lambda value: value >= 0, default)


def positive(default: float | None = None) -> Number:
    """Return a field for numbers above 0."""
    return Number("a number above 0", lambda value: value > 0, default)


def fraction(default: float | None = None) -> Number:
    """Return a field for numbers from 0 to 1."""
    return Number("a number from 0 to 1", lambda value: 0 <= value <= 1, default)


def below_one(default: float | None = None) -> Number:
    """Return a field for numbers from 0 to below 1, such as the fraction that an average keeps."""
    return Number("a number from 0 to below 1", lambda value: 0 <= value < 1, default)
