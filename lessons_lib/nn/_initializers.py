"""How weights begin: large enough to carry a signal, different enough to learn.

The variances are chosen so that signals keep their size from layer to layer. Keras draws its
``*_normal`` weights from a normal distribution cut off at two standard deviations and rescaled;
here it is the plain normal distribution of the papers, with the same variance.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from lessons_lib._ground.fields import not_negative
from lessons_lib._ground.values import whole_number

Initializer = Callable[[int, int, np.random.Generator], np.ndarray]


def zeros(n_in: int, units: int, rng: np.random.Generator) -> np.ndarray:
    """Every weight 0: units that start alike receive the same gradient and stay alike."""
    return np.zeros((n_in, units))


def normal(stddev: float = 0.05) -> Initializer:
    """Make an initializer: a normal distribution of mean 0 whose spread you choose.

    Parameters
    ----------
    stddev : float, default 0.05
        Standard deviation of the weights (the default is Keras's).

    Returns
    -------
    callable
        ``initializer(n_in, units, rng)``, to be given to ``Dense(..., initializer=...)``.

    Raises
    ------
    ValueError, TypeError
        If `stddev` is no number, negative or not finite.
    """
    stddev = not_negative().check(stddev, "stddev")

    def initializer(n_in: int, units: int, rng: np.random.Generator) -> np.ndarray:
        return rng.normal(0.0, stddev, (n_in, units))

    return initializer


def glorot_uniform(n_in: int, units: int, rng: np.random.Generator) -> np.ndarray:
    """Glorot & Bengio (2010), eq. 16: U[-limit, limit], limit = √(6 / (n_in + units))."""
    limit = np.sqrt(6 / (n_in + units))
    return rng.uniform(-limit, limit, (n_in, units))


def glorot_normal(n_in: int, units: int, rng: np.random.Generator) -> np.ndarray:
    """Glorot & Bengio (2010), eq. 12: variance 2 / (n_in + units)."""
    return rng.normal(0.0, np.sqrt(2 / (n_in + units)), (n_in, units))


def he_uniform(n_in: int, units: int, rng: np.random.Generator) -> np.ndarray:
    """He et al. (2015), eq. 10, as a uniform distribution: limit = √(6 / n_in)."""
    limit = np.sqrt(6 / n_in)
    return rng.uniform(-limit, limit, (n_in, units))


def he_normal(n_in: int, units: int, rng: np.random.Generator) -> np.ndarray:
    """He et al. (2015), eq. 10: variance 2 / n_in, as ReLU keeps half of the signal."""
    return rng.normal(0.0, np.sqrt(2 / n_in), (n_in, units))


INITIALIZERS: dict[str, Initializer] = {
    "zeros": zeros,
    "normal": normal(),
    "glorot_uniform": glorot_uniform,
    "glorot_normal": glorot_normal,
    "he_uniform": he_uniform,
    "he_normal": he_normal,
}


def draw(initializer: str | Initializer, n_in: int, units: int, seed: int) -> np.ndarray:
    """Draw a layer's first weights, of shape (n_in, units)."""
    if isinstance(initializer, str):
        if initializer not in INITIALIZERS:
            raise ValueError(
                f"There is no initializer of this name. Expected one of {', '.join(INITIALIZERS)}, "
                f"or a function (n_in, units, rng); received {initializer!r}."
            )
        initializer = INITIALIZERS[initializer]
    elif not callable(initializer):
        raise TypeError(
            f"initializer must be a name ({', '.join(INITIALIZERS)}) or a function "
            f"(n_in, units, rng); received {initializer!r}."
        )
    seed = whole_number("seed", seed)
    # The shape is part of the seed: otherwise layers of different shapes, built with the same
    # seed, would begin with the same numbers and so not be independent.
    W = np.asarray(initializer(n_in, units, np.random.default_rng((seed, n_in, units))))
    if W.shape != (n_in, units):
        raise ValueError(
            f"The initializer returned weights of the wrong shape. Expected {(n_in, units)}, that "
            f"is (n_in, units); received {W.shape}."
        )
    return W
