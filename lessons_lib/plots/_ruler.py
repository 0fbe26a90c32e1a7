"""A ruler whose marks are the values of a setting: at 0 the first, at 1 the second, and so on."""

import numpy as np
from numpy.typing import ArrayLike

from lessons_lib.plots._frame import short

_EVEN = 1e-3  # of the distance of two values: so much they may differ where they are even
_FAR = 10  # times the smallest value: from there on a ruler is logarithmic between its values
_MOST_DIGITS = 9  # of a written value; a float32 has no more
_ROUND = (1, 2, 5)


class Ruler:
    """Where values stand on an axis that counts them: 0 for the first, 1 for the second.

    Between them it goes on evenly in their logarithm, where they are far apart, or in themselves;
    below the smallest positive one down to 0 evenly.

    Parameters
    ----------
    values : array-like of shape (n,)
        The values, each larger than the one before.

    Attributes
    ----------
    values : ndarray of shape (n,)
        The values.
    log : bool
        Whether between them the ruler goes on in their logarithm.
    even : bool
        Whether neighbours are equally far apart on it.
    words : list of str
        The values as they are written, in as many digits as tell them apart.

    Raises
    ------
    ValueError
        If the values are no numbers that grow.
    """

    def __init__(self, values: ArrayLike):
        self.values = np.atleast_1d(np.asarray(values, dtype=float))
        if self.values.ndim != 1 or not len(self.values) or not np.isfinite(self.values).all():
            raise ValueError(f"A ruler needs a row of finite numbers, received {values!r}.")
        if (np.diff(self.values) <= 0).any():
            given = ", ".join(f"{value:g}" for value in self.values)
            raise ValueError(
                f"A ruler needs values each of which is larger than the one before, received "
                f"{given}. Sort them, and take each once."
            )
        positive = self.values[self.values > 0]
        self.log = self.values[0] >= 0 and len(positive) > 1 and self._is_log(positive)
        # Where the logarithm ends, and how long the way from there down to 0 is, if 0 is there.
        footed = self.log and self.values[0] == 0
        self._least = positive[0] if footed else 0.0
        self._foot = float(np.log(positive[1] / positive[0])) if footed else 0.0
        distances = np.diff(self._stretched(self.values))
        self.even = len(distances) < 2 or bool(np.ptp(distances) <= _EVEN * distances.mean())
        digits = self._digits()
        self.words = [written(value, digits) for value in self.values]

    def _is_log(self, positive: np.ndarray) -> bool:
        steps, plain = np.diff(np.log(positive)), np.diff(positive)
        if len(plain) > 1 and np.ptp(plain) <= _EVEN * plain.mean():
            return False
        geometric = len(steps) > 1 and np.ptp(steps) <= _EVEN * steps.mean()
        return bool(geometric or positive[-1] >= _FAR * positive[0])

    def _digits(self) -> int:
        """Return how many digits tell each value from the next."""
        for digits in range(3, _MOST_DIGITS):
            if len({f"{value:.{digits}g}" for value in self.values}) == len(self.values):
                return digits
        return _MOST_DIGITS

    def place(self, value: ArrayLike) -> np.ndarray | float:
        """Return where a value, or each of several, stands: 0 at the first one."""
        at = self._stretched(np.asarray(value, dtype=float))
        marks = self._stretched(self.values)
        if len(marks) == 1:
            return np.zeros_like(at)[()]
        inside = np.interp(at, marks, np.arange(len(marks)))
        below = (at - marks[0]) / (marks[1] - marks[0])
        above = len(marks) - 1 + (at - marks[-1]) / (marks[-1] - marks[-2])
        return np.where(at < marks[0], below, np.where(at > marks[-1], above, inside))[()]

    def value(self, place: ArrayLike) -> np.ndarray | float:
        """Return the value at a place, or at each of several, between the first and the last."""
        marks = self._stretched(self.values)
        at = np.interp(place, np.arange(len(marks)), marks)
        if not self.log:
            return at[()]
        if not self._foot:
            return np.exp(at)[()]
        least = self._least
        foot = least * np.maximum(1 + (at - np.log(least)) / self._foot, 0)
        return np.where(at >= np.log(least), np.exp(np.maximum(at, np.log(least))), foot)[()]

    def _stretched(self, values: np.ndarray) -> np.ndarray:
        """Return values as lengths, in which the ruler is even between two marks."""
        if not self.log:
            return values
        if not self._foot:
            return np.log(np.maximum(values, np.finfo(float).tiny))
        top = np.log(np.maximum(values, self._least))
        return top - self._foot * np.maximum(1 - values / self._least, 0)

    def ticks(self, most: int) -> dict[float, str]:
        """Return what is written at which places: at most about so many numbers."""
        count = len(self.values)
        if count <= most or not self.even or self._foot:
            stride = -(-count // most)
            return {float(i): self.words[i] for i in range(0, count, stride)}
        low, high = self.values[0], self.values[-1]
        for round_values in self._round_values(low, high, most):
            places = self.place(round_values)
            kept = (places > -0.5) & (places < count - 0.5)
            if 2 <= kept.sum() <= most + 1:
                round_values = round_values[kept]
                digits = _telling(round_values)
                words = [written(value, digits) for value in round_values]
                return dict(zip(places[kept].tolist(), words, strict=True))
        return {0.0: self.words[0], float(count - 1): self.words[-1]}

    def _round_values(self, low: float, high: float, most: int):
        """Yield round numbers about a range: powers of ten, steps of these, and even ones."""
        if self.log:
            powers = np.arange(np.floor(np.log10(low)), np.ceil(np.log10(high)) + 1)
            for stride in (1, 2, 3, 5):
                yield 10.0 ** powers[powers % stride == 0]
            yield np.array([step * 10.0**power for power in powers for step in _ROUND])
        size = 10.0 ** np.floor(np.log10((high - low) / most))
        for step in (*_ROUND, *(10 * step for step in _ROUND)):
            counts = np.arange(np.floor(low / (step * size)), np.ceil(high / (step * size)) + 1)
            yield counts * step * size


def written(value: float, digits: int = 3) -> str:
    """Write a number in so many digits: 0.125, 1e-5."""
    if digits <= 3:
        return short(value)
    return f"{value:.{digits}g}"


def _telling(values: np.ndarray) -> int:
    """Return how many digits round numbers need."""
    for digits in range(3, _MOST_DIGITS):
        if np.allclose([float(f"{value:.{digits}g}") for value in values], values, rtol=1e-12):
            return digits
    return _MOST_DIGITS
