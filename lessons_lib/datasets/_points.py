"""Point sets generated from a seed: two inputs and a class, or one input and a number.

Inputs lie in about [-1, 1], because that is where networks learn well without scaling (the
moons keep the coordinates that scikit-learn gave them). ``noise`` is the standard deviation of
the Gaussian noise, in the units of the picture. The random numbers are drawn in one order
whatever the noise, so that turning up the noise moves the same points farther.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

from lessons_lib._ground.values import shortened, whole_number
from lessons_lib.datasets._arguments import finite_array, finite_number

# From the origin to radius 1, as in TensorFlow Playground: hard for few units, not hopeless.
SPIRAL_TURNS = 1.75
SPIRAL_START = 0.1  # radius at which an arm begins, so that the arms stay apart
MOST_SAMPLES = 10_000_000  # more would not fit into the memory of a learner's machine
HIGHEST_DEGREE = 1000  # takes seconds already for many points
XOR_GAP = 0.1  # half-width of the empty cross between the quadrants when there is no noise

Points = tuple[np.ndarray, np.ndarray]
# What all generators share, written into their docstrings.
_SHARED = {
    "n_samples": "n_samples : int\n        Number of points, 1 or more.",
    "noise": "noise : float\n        Standard deviation",
    "seed": "seed : int\n        The same seed gives the same points.",
    "points": """X : ndarray of shape (n_samples, 2), float32
    y : ndarray of shape (n_samples,), float32""",
    "curve": """X : ndarray of shape (n_samples, 1), float32
    y : ndarray of shape (n_samples,), float32""",
}
Generator = TypeVar("Generator", bound=Callable[..., Points])


def _documented(generator: Generator) -> Generator:
    """Write into a generator's docstring what it shares with the others."""
    if generator.__doc__:  # Python leaves docstrings out with -OO
        generator.__doc__ = generator.__doc__.format(**_SHARED)
    return generator


@_documented
def make_gaussians(
    n_samples: int = 250, noise: float = 0.4, seed: int = 0, *, classes: int = 2
) -> Points:
    """Round clouds, one for each class, with their centres evenly spaced on the unit circle.

    Parameters
    ----------
    {n_samples} Class sizes differ by one at most.
    {noise} of each cloud, the same in every direction.
    {seed}
    classes : int
        Number of clouds, 2 or more.

    Returns
    -------
    {points}
        The class: 0, 1, ..., ``classes`` - 1.
    """
    n_samples, noise, rng = _check(n_samples, noise, seed)
    y = _balanced_labels(n_samples, whole_number("classes", classes, 2, MOST_SAMPLES))
    angle = np.pi / 4 + 2 * np.pi * y / classes
    return _classified(np.cos(angle), np.sin(angle), y, noise, rng)


@_documented
def make_circles(n_samples: int = 250, noise: float = 0.1, seed: int = 0) -> Points:
    """Two circles round the origin: radius 1 is class 0, radius 0.5 is class 1.

    Parameters
    ----------
    {n_samples} Class sizes differ by one at most.
    {noise} of the noise added to both coordinates.
    {seed}

    Returns
    -------
    {points}
        The class, 0 or 1.
    """
    n_samples, noise, rng = _check(n_samples, noise, seed)
    y = _balanced_labels(n_samples, 2)
    # No end point: 0 and 2π are the same place on a circle.
    angle = 2 * np.pi * _progress(y, endpoint=False)
    radius = np.where(y == 0, 1.0, 0.5)
    return _classified(radius * np.cos(angle), radius * np.sin(angle), y, noise, rng)


@_documented
def make_xor(n_samples: int = 250, noise: float = 0.1, seed: int = 0) -> Points:
    """Four quadrants: class 1 where the two coordinates differ in sign, class 0 elsewhere.

    Without noise an empty cross of half-width 0.1 separates the quadrants. The class is decided
    before the noise is added, so noise carries points over the border.

    Parameters
    ----------
    {n_samples} Quadrant sizes differ by one at most.
    {noise} of the noise added to both coordinates.
    {seed}

    Returns
    -------
    {points}
        The class, 0 or 1.
    """
    n_samples, noise, rng = _check(n_samples, noise, seed)
    quadrant = np.arange(n_samples) % 4  # anticlockwise from (+, +)
    sign_0 = np.where((quadrant == 0) | (quadrant == 3), 1, -1)
    sign_1 = np.where(quadrant < 2, 1, -1)
    distance = rng.uniform(XOR_GAP, 1, (n_samples, 2))
    return _classified(sign_0 * distance[:, 0], sign_1 * distance[:, 1], quadrant % 2, noise, rng)


@_documented
def make_moons(n_samples: int = 250, noise: float = 0.1, seed: int = 0) -> Points:
    """Two half circles that reach into each other; the upper one is class 0.

    Coordinates as in scikit-learn's ``make_moons``: the first runs from -1 to 2, the second from
    -0.5 to 1.

    Parameters
    ----------
    {n_samples} Class sizes differ by one at most.
    {noise} of the noise added to both coordinates.
    {seed}

    Returns
    -------
    {points}
        The class, 0 or 1.
    """
    n_samples, noise, rng = _check(n_samples, noise, seed)
    y = _balanced_labels(n_samples, 2)
    angle = np.pi * _progress(y)
    x_0 = np.where(y == 0, np.cos(angle), 1 - np.cos(angle))
    x_1 = np.where(y == 0, np.sin(angle), 0.5 - np.sin(angle))
    return _classified(x_0, x_1, y, noise, rng)


@_documented
def make_spirals(
    n_samples: int = 250, noise: float = 0.03, seed: int = 0, *, classes: int = 2
) -> Points:
    """Spiral arms round the origin, one for each class.

    An arm's angle grows with its radius, by 1.75 turns for a radius of 1 (Archimedes' spiral). It
    begins at radius 0.1 and ends at radius 1, after 1.575 turns.

    Parameters
    ----------
    {n_samples} Class sizes differ by one at most.
    {noise} of the noise added to both coordinates. Neighbouring arms of two
        classes are about 0.29 apart.
    {seed}
    classes : int
        Number of arms, 2 or more.

    Returns
    -------
    {points}
        The class: 0, 1, ..., ``classes`` - 1.
    """
    n_samples, noise, rng = _check(n_samples, noise, seed)
    y = _balanced_labels(n_samples, whole_number("classes", classes, 2, MOST_SAMPLES))
    radius = SPIRAL_START + (1 - SPIRAL_START) * _progress(y)
    angle = 2 * np.pi * (SPIRAL_TURNS * radius + y / classes)
    return _classified(radius * np.sin(angle), radius * np.cos(angle), y, noise, rng)


@_documented
def make_line(
    n_samples: int = 50,
    noise: float = 0.2,
    seed: int = 0,
    *,
    slope: float = 1.5,
    intercept: float = 0.5,
) -> Points:
    """Points about a straight line: y = slope · x + intercept + noise, x uniform in [-1, 1].

    Parameters
    ----------
    {n_samples}
    {noise} of the noise added to y.
    {seed}
    slope, intercept : float
        The line.

    Returns
    -------
    {curve}
    """
    line = [finite_number("intercept", intercept), finite_number("slope", slope)]
    return make_polynomial(n_samples, noise, seed, coefficients=line)


@_documented
def make_polynomial(
    n_samples: int = 30,
    noise: float = 0.1,
    seed: int = 0,
    *,
    coefficients: Sequence[float] | None = None,
    degree: int | None = None,
) -> Points:
    """Points about a polynomial, x drawn uniformly from [-1, 1].

    Give `coefficients` for a polynomial of your own, or `degree` for the Chebyshev polynomial
    T of that degree (P. L. Chebyshev, 1854): T(cos t) = cos(degree · t). It stays within
    [-1, 1] and turns ``degree`` - 1 times, so every degree has a curve worth fitting. The curve
    does not depend on the seed: two seeds give two samples of the same curve.

    Parameters
    ----------
    {n_samples}
    {noise} of the noise added to y.
    {seed}
    coefficients : sequence of float, optional
        c0, c1, c2, ... of y = c0 + c1 · x + c2 · x² + ..., the constant first.
    degree : int, optional
        Degree of the Chebyshev polynomial, 0 or more; 3 if neither is given.

    Returns
    -------
    {curve}
    """
    n_samples, noise, rng = _check(n_samples, noise, seed)
    if coefficients is not None and degree is not None:
        raise ValueError(
            "make_polynomial takes coefficients or degree, not both; "
            f"received coefficients={coefficients!r} and degree={degree!r}. Leave one out."
        )
    if coefficients is None:
        degree = 3 if degree is None else degree
        degree = whole_number("degree", degree, at_least=0, at_most=HIGHEST_DEGREE)
        curve = np.polynomial.Chebyshev.basis(degree)
    else:
        curve = np.polynomial.Polynomial(_coefficients(coefficients))
    x = rng.uniform(-1, 1, n_samples)
    with np.errstate(over="ignore", invalid="ignore"):  # `_as_float32` says so
        y = curve(x) + noise * rng.standard_normal(n_samples)
    return _as_float32(x[:, None]), _as_float32(y)


def _check(n_samples: int, noise: float, seed: int) -> tuple[int, float, np.random.Generator]:
    """Validate what all generators share; return n_samples, noise and a fresh generator."""
    n_samples = whole_number("n_samples", n_samples, at_least=1, at_most=MOST_SAMPLES)
    noise = finite_number("noise", noise)
    if noise < 0:
        raise ValueError(
            f"noise is a standard deviation and must be 0 or more; received {noise}. "
            "Use noise=0 for points without noise."
        )
    return n_samples, noise, np.random.default_rng(whole_number("seed", seed))


def _coefficients(values: Sequence[float]) -> np.ndarray:
    """Return the coefficients as an array of shape (degree + 1,), or explain what is wrong."""
    try:
        array = finite_array("coefficients", values)
    except (TypeError, ValueError):
        array = np.empty(0)
    if array.ndim != 1 or array.size == 0:
        raise ValueError(
            "coefficients must be a sequence of finite numbers with the constant first, for "
            f"example [0.5, 0, -1] for 0.5 - x²; received {shortened(values)}."
        ) from None
    return array.astype(float)


def _balanced_labels(n_samples: int, classes: int) -> np.ndarray:
    """Sorted labels of shape (n_samples,), their counts as equal as `n_samples` allows."""
    return np.sort(np.arange(n_samples) % classes)


def _progress(y: np.ndarray, endpoint: bool = True) -> np.ndarray:
    """How far along its own class each point stands: 0 to 1, evenly. `y` is sorted."""
    counts = np.unique(y, return_counts=True)[1]
    return np.concatenate([np.linspace(0, 1, count, endpoint=endpoint) for count in counts])


def _classified(
    x_0: np.ndarray, x_1: np.ndarray, y: np.ndarray, noise: float, rng: np.random.Generator
) -> Points:
    """Add the noise, shuffle the rows and return (X, y) in float32."""
    X = np.column_stack([x_0, x_1]) + noise * rng.standard_normal((len(y), 2))
    order = rng.permutation(len(y))
    return _as_float32(X[order]), _as_float32(y[order])


def _as_float32(values: np.ndarray) -> np.ndarray:
    """Return the points in the precision of all generators, or say that they lie too far out."""
    with np.errstate(over="ignore"):
        points = values.astype(np.float32)
    if not np.isfinite(points).all():
        raise ValueError(
            "the points must stay below 3.4e38, the largest float32; with this noise, slope, "
            "intercept or coefficients they do not. Give smaller ones."
        )
    return points
