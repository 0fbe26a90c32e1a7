"""Landscapes over two parameters, with their gradients: where optimizers can be watched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

_TURN = np.deg2rad(35)  # of the turned ravine: far from both axes and from the diagonal
_FLOOR = 40.0  # how much steeper the ravine's walls are than its floor


@dataclass(frozen=True)
class Surface:
    """A function f(x, y), its gradient, and where it is worth looking at.

    Attributes
    ----------
    formula : str
        The function, to be read.
    f : callable
        ``f(x, y)`` for floats or arrays of any equal shape.
    slopes : callable
        ``slopes(x, y) -> (df/dx, df/dy)``.
    xlim, ylim : tuple of float
        The part of the plane to be shown.
    minima : tuple of (x, y)
        All places where f is lowest.
    start : tuple of float
        A place from which the way down is instructive.
    learning_rate : float
        At which plain gradient descent from there stays on the map.
    """

    formula: str
    f: Callable
    slopes: Callable
    xlim: tuple[float, float]
    ylim: tuple[float, float]
    minima: tuple[tuple[float, float], ...]
    start: tuple[float, float]
    learning_rate: float

    @property
    def lowest(self) -> float:
        """The value of f at its minima."""
        return float(self.f(*self.minima[0]))

    def value(self, points: ArrayLike) -> np.ndarray:
        """Return f at points of shape (..., 2); the result has shape (...)."""
        points = np.asarray(points, dtype=float)
        return self.f(points[..., 0], points[..., 1])

    def gradient(self, points: ArrayLike) -> np.ndarray:
        """Return (df/dx, df/dy) at points of shape (..., 2), in the same shape."""
        points = np.asarray(points, dtype=float)
        return np.stack(self.slopes(points[..., 0], points[..., 1]), axis=-1)

    def __deepcopy__(self, memo: dict) -> Surface:
        """Return the surface itself, in which nothing changes: it stays the one that has a name."""
        return self

    def place(self, across: float, up: float) -> tuple[float, float]:
        """Return the place on the map that is so far across and up, each from −1 to 1."""
        (left, right), (bottom, top) = self.xlim, self.ylim
        return (
            left + (across + 1) / 2 * (right - left),
            bottom + (up + 1) / 2 * (top - bottom),
        )

    def parts(self, x: float, y: float) -> tuple[float, float]:
        """Return how far across and up a place is, each from −1 to 1: the inverse of `place`."""
        (left, right), (bottom, top) = self.xlim, self.ylim
        return 2 * (x - left) / (right - left) - 1, 2 * (y - bottom) / (top - bottom) - 1


def _bowl(x, y):
    return x**2 + y**2


def _bowl_slopes(x, y):
    return 2 * x, 2 * y


def _ravine(x, y):
    return (x**2 + _FLOOR * y**2) / 2


def _ravine_slopes(x, y):
    return x, _FLOOR * y


def _turned(x, y):
    """Return the coordinates along and across the turned ravine."""
    return np.cos(_TURN) * x + np.sin(_TURN) * y, -np.sin(_TURN) * x + np.cos(_TURN) * y


def _turned_ravine(x, y):
    return _ravine(*_turned(x, y))


def _turned_ravine_slopes(x, y):
    du, dv = _ravine_slopes(*_turned(x, y))
    return np.cos(_TURN) * du - np.sin(_TURN) * dv, np.sin(_TURN) * du + np.cos(_TURN) * dv


def _saddle(x, y):
    return x**2 / 2 - y**2 / 2 + y**4 / 4


def _saddle_slopes(x, y):
    return 1.0 * x, y**3 - y


def _plateau(x, y):
    return 1 - np.exp(-(x**2 + y**2) / 2)


def _plateau_slopes(x, y):
    height = np.exp(-(x**2 + y**2) / 2)
    return x * height, y * height


def _beale(x, y):
    return (
        (1.5 - x + x * y) ** 2
        + (2.25 - x + x * y**2) ** 2
        + (2.625 - x + x * y**3) ** 2
    )  # fmt: skip


def _beale_slopes(x, y):
    a, b, c = 1.5 - x + x * y, 2.25 - x + x * y**2, 2.625 - x + x * y**3
    dx = 2 * a * (y - 1) + 2 * b * (y**2 - 1) + 2 * c * (y**3 - 1)
    dy = 2 * a * x + 2 * b * 2 * x * y + 2 * c * 3 * x * y**2
    return dx, dy


def _himmelblau(x, y):
    return (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2


def _himmelblau_slopes(x, y):
    a, b = x**2 + y - 11, x + y**2 - 7
    return 4 * x * a + 2 * b, 2 * a + 4 * y * b


def _rosenbrock(x, y):
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def _rosenbrock_slopes(x, y):
    return -2 * (1 - x) - 400 * x * (y - x**2), 200 * (y - x**2)


# The last three are old acquaintances of everyone who tests optimizers: Beale (1958),
# Himmelblau (1972) and Rosenbrock (1960), whose own starting point (−1.2, 1) is used.
surfaces: dict[str, Surface] = {
    "bowl": Surface(
        "x² + y²",
        _bowl,
        _bowl_slopes,
        xlim=(-2.0, 2.0),
        ylim=(-2.0, 2.0),
        minima=((0.0, 0.0),),
        start=(-1.6, 1.2),
        learning_rate=0.05,
    ),
    "ravine": Surface(
        "(x² + 40 y²) / 2",
        _ravine,
        _ravine_slopes,
        xlim=(-2.0, 2.0),
        ylim=(-1.0, 1.0),
        minima=((0.0, 0.0),),
        start=(-1.8, 0.6),
        learning_rate=0.02,
    ),
    "turned ravine": Surface(
        "(u² + 40 v²) / 2, with u and v turned by 35°",
        _turned_ravine,
        _turned_ravine_slopes,
        xlim=(-2.0, 2.0),
        ylim=(-2.0, 2.0),
        minima=((0.0, 0.0),),
        start=(-1.6, -0.4),
        learning_rate=0.02,
    ),
    "saddle": Surface(
        "x² / 2 − y² / 2 + y⁴ / 4",
        _saddle,
        _saddle_slopes,
        xlim=(-2.0, 2.0),
        ylim=(-2.0, 2.0),
        minima=((0.0, 1.0), (0.0, -1.0)),
        start=(-1.6, 0.04),
        learning_rate=0.02,
    ),
    "plateau": Surface(
        "1 − exp(−(x² + y²) / 2)",
        _plateau,
        _plateau_slopes,
        xlim=(-4.0, 4.0),
        ylim=(-4.0, 4.0),
        minima=((0.0, 0.0),),
        start=(-2.8, 2.0),
        learning_rate=0.05,
    ),
    "Beale": Surface(
        "(1.5 − x + xy)² + (2.25 − x + xy²)² + (2.625 − x + xy³)²",
        _beale,
        _beale_slopes,
        xlim=(-4.5, 4.5),
        ylim=(-4.5, 4.5),
        minima=((3.0, 0.5),),
        start=(0.9, 1.53),
        learning_rate=0.005,
    ),
    "Himmelblau": Surface(
        "(x² + y − 11)² + (x + y² − 7)²",
        _himmelblau,
        _himmelblau_slopes,
        xlim=(-5.0, 5.0),
        ylim=(-5.0, 5.0),
        # The first is exact, the others are rounded to double precision.
        minima=(
            (3.0, 2.0),
            (-2.805118086952745, 3.131312518250573),
            (-3.779310253377747, -3.283185991286169),
            (3.584428340330492, -1.848126526964404),
        ),
        start=(-0.2, -0.9),  # from here not all end in the same place
        learning_rate=0.01,
    ),
    "Rosenbrock": Surface(
        "(1 − x)² + 100 (y − x²)²",
        _rosenbrock,
        _rosenbrock_slopes,
        xlim=(-2.0, 2.0),
        ylim=(-1.0, 3.0),
        minima=((1.0, 1.0),),
        start=(-1.2, 1.0),
        learning_rate=0.001,
    ),
}
