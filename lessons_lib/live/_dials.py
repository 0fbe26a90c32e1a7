"""Dials: weights of a layer of one's own that nobody trains, and that are knobs of the trainer."""

import math
import numbers
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from lessons_lib._ground.values import shortened, whole_number
from lessons_lib.live._tensorflow import keras


class Dial(keras.Variable):
    """A number in a layer of one's own that is turned while the model trains.

    It is a weight that no optimizer trains, so a compiled loop obeys a new value from its next
    update on. In `call` it is used as the number that it stands for. The trainer's knob has the
    name of the attribute; dials of one name in several layers are one knob that turns them all.

    Parameters
    ----------
    value : float, int or bool
        Where it stands at first. True or False make a switch.
    values : iterable of float or int, optional
        What the control offers, two numbers or more; any number between the least and the
        largest can be set. Whole numbers make a dial of whole numbers. A switch needs none.
    words : str, optional
        Label of the control; the name of the attribute if not given.
    tooltip : str, optional
        What it does, for whoever points at the control.

    Raises
    ------
    TypeError, ValueError
        With one sentence on what is expected.

    Examples
    --------
    >>> class Skip(keras.layers.Layer):  # doctest: +SKIP
    ...     def __init__(self, skip=0.5, **others):
    ...         super().__init__(**others)
    ...         self.skip = live.Dial(skip, values=[0, 0.25, 0.5, 0.75, 1])
    ...         self.inner = keras.layers.Dense(8, activation="tanh")
    ...
    ...     def call(self, x):
    ...         return self.skip * x + self.inner(x)
    >>> trainer = live.LiveTrainer(model_with_skip, X, y)  # doctest: +SKIP
    >>> trainer.skip = 0.75  # doctest: +SKIP
    """

    def __init__(
        self,
        value: float | bool,
        values: Iterable[float] | None = None,
        words: str = "",
        tooltip: str = "",
    ):
        if isinstance(value, Dial):  # a layer that was given another's
            value = value.number
        self.values = _checked_values(value, values)
        self.words, self.tooltip = words, tooltip
        first = self.checked(words or "value", value)
        dtype = {bool: "bool", int: "int32", float: "float32"}[type(first)]
        super().__init__(np.asarray(first, dtype), dtype=dtype, trainable=False)

    @property
    def number(self) -> float | bool:
        """Where it stands: a bool, an int, or the shortest float that means the same."""
        value = self.numpy()
        return float(str(value)) if value.dtype.kind == "f" else value.item()

    @property
    def control(self) -> str:
        """What turns it, as a row of the knobs' table says it."""
        if isinstance(self.values[0], bool):
            return "switch"
        gaps = np.diff(self.values)
        even = isinstance(self.values[0], int) and bool((gaps == gaps[0]).all())
        return "range" if even else "steps"

    def checked(self, name: str, value: Any) -> float | bool:
        """Return a value that it can be turned to, or say what is wrong with it."""
        low, high = self.values[0], self.values[-1]
        if isinstance(low, bool):
            if isinstance(value, bool | np.bool_) or (_is_number(value) and value in (0, 1)):
                return bool(value)
            raise ValueError(f"{name} is True or False; received {shortened(value)}.")
        if isinstance(low, int):
            wanted = f"{name} is a whole number from {low} to {high}"
            return whole_number(name, value, low, high, wanted=wanted, floats=True)
        if not _is_number(value) or not low <= value <= high:  # nan is neither
            kind = ValueError if _is_number(value) else TypeError
            raise kind(f"{name} is a number from {low:g} to {high:g}; received {shortened(value)}.")
        return float(value)


def dials_of(layers: dict[str, keras.Layer]) -> dict[str, list[Dial]]:
    """Return the dials of a model's layers, those by path, by the names of their attributes.

    Raises
    ------
    ValueError
        Two layers have dials of one name that do not offer the same.
    """
    found: dict[str, list[Dial]] = {}
    owners: dict[str, str] = {}
    for path, name, dial in _each(layers):
        same = found.setdefault(name, [])
        if same and same[0].values != dial.values:
            raise ValueError(
                f"The layers {owners[name]!r} and {path!r} have dials {name!r} that offer "
                "different values, and one knob turns both: give one of them another name."
            )
        owners.setdefault(name, path)
        if not any(dial is other for other in same):
            same.append(dial)
    return found


def _each(layers: dict[str, keras.Layer]) -> Iterator[tuple[str, str, Dial]]:
    for path, layer in layers.items():
        for part in layer._flatten_layers():
            for name, value in vars(part).items():
                if isinstance(value, Dial):
                    yield path, name, value


def _checked_values(value: Any, values: Iterable | None) -> tuple:
    """Return in order what a dial offers that stands at `value`."""
    if isinstance(value, bool | np.bool_):
        if values is not None:
            raise ValueError(
                "A Dial that stands at True or False is a switch and needs no values; received "
                f"values={shortened(values)}."
            )
        return (False, True)
    if not _is_number(value):
        raise TypeError(
            f"A Dial stands at a finite number, or at True or False; received {shortened(value)}."
        )
    try:
        offered = sorted({_plain(number) for number in values})
    except TypeError:
        offered = []
    if len(offered) < 2:
        raise ValueError(
            "A Dial needs the numbers that its slider offers, two or more, as in "
            "live.Dial(0.5, values=[0, 0.25, 0.5, 0.75, 1]); received "
            f"values={shortened(values)}."
        )
    if not all(isinstance(number, int) for number in (*offered, _plain(value))):
        offered = [float(number) for number in offered]
    return tuple(offered)


def _is_number(value: Any) -> bool:
    real = isinstance(value, numbers.Real) and not isinstance(value, bool)
    return real and math.isfinite(value)


def _plain(value: Any) -> int | float:
    if not _is_number(value):
        raise TypeError(value)
    return int(value) if isinstance(value, numbers.Integral) else float(value)
