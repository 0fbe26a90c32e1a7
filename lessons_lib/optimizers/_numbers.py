"""Hyperparameters that are checked whenever they are set, also in the middle of training."""

from __future__ import annotations

import math
from collections.abc import Callable


class Number:
    """An attribute that takes only numbers for which `allowed` is true.

    Parameters
    ----------
    wanted : str
        What is allowed, in words, for the error: ``"a number from 0 to 1"``.
    allowed : callable
        ``allowed(value) -> bool`` for a finite float.
    """

    def __init__(self, wanted: str, allowed: Callable[[float], bool]):
        self.wanted, self.allowed = wanted, allowed

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, instance, owner: type):
        return self if instance is None else instance.__dict__[self.name]

    def __set__(self, instance, value) -> None:
        instance.__dict__[self.name] = self.check(value, self.name)

    def check(self, value, name: str) -> float:
        """Return `value` as a float, or say why not."""
        expected = f"Expected {self.wanted}; received {value!r}."
        try:
            number = float(value)
        except (TypeError, ValueError):
            raise TypeError(f"{name} must be a number. {expected}") from None
        if not (math.isfinite(number) and self.allowed(number)):
            raise ValueError(f"{name} is out of range. {expected}")
        return number


def hyperparameters(instance) -> str:
    """Return the public attributes of an object as in a call: ``"rho=0.9, epsilon=1e-07"``."""
    return ", ".join(
        f"{name}={value:g}" if isinstance(value, float) else f"{name}={value!r}"
        for name, value in vars(instance).items()
        if not name.startswith("_") and name != "iterations"
    )


def not_negative() -> Number:
    """Return an attribute for numbers of at least 0."""
    return Number("a number of at least 0", lambda value: value >= 0)


def positive() -> Number:
    """Return an attribute for numbers above 0."""
    return Number("a number above 0", lambda value: value > 0)


def fraction() -> Number:
    """Return an attribute for numbers from 0 to 1."""
    return Number("a number from 0 to 1", lambda value: 0 <= value <= 1)


def decay_factor() -> Number:
    """Return an attribute for the share that an average keeps: from 0 to below 1."""
    return Number("a number from 0 to below 1", lambda value: 0 <= value < 1)
