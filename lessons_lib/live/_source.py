"""Where a trainer's samples come from: as they were given, or from a function that makes them."""

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np

from lessons_lib._ground.values import listed, shortened
from lessons_lib.live._data import Data, check_data
from lessons_lib.live._tensorflow import keras

MOST_SAMPLES = 500
SHARES = tuple(round(0.1 * n, 1) for n in range(1, 10))
_MAKER = "make(n_samples, noise=..., seed=...) -> X, y, as datasets.make_spirals"


@dataclass(frozen=True)
class Given:
    """Samples before any edit.

    Attributes
    ----------
    data : Data
        Those to train on.
    rows : ndarray of shape (n_samples,)
        Their numbers.
    known : int
        How many numbers there are; others than `rows` are of validation samples.
    validation : Data or None
        What is measured beside them.
    """

    data: Data
    rows: np.ndarray
    known: int
    validation: Data | None


@dataclass(frozen=True)
class Choice:
    """What a source is asked for: which data, and how they are drawn and split."""

    name: str
    noise: float
    samples: int = MOST_SAMPLES  # to train on and to measure, together
    share: float = 0.5  # of them, to train on
    draw: int = 0  # which of many draws of the same kind


class Source:
    """Functions that make data, and what is chosen among them.

    Parameters
    ----------
    makers : callable, sequence of callable, or dict of str to callable
        Each is called as ``make(n_samples, noise=0.1, seed=0)`` and returns X and y.
    seed : int
        For the makers, and for which samples are set aside to measure.

    Attributes
    ----------
    makers : dict of str to callable
    seed : int
    choice : Choice
        What is chosen at present; at first the first maker with its own noise.
    """

    def __init__(self, makers: Any, seed: int):
        self.makers, self.seed = _named(makers), seed
        self._noises = {name: _own_noise(name, maker) for name, maker in self.makers.items()}
        self.choice = self.first_of(next(iter(self.makers)))

    @property
    def name(self) -> str:
        """What the chosen data are called."""
        return self.choice.name

    @property
    def maker(self) -> Callable:
        """The function that makes them."""
        return self.makers[self.name]

    def own_noise(self, name: str) -> float:
        """Return the noise that a maker adds unless it is told another."""
        return self._noises[name]

    def first_of(self, name: str) -> Choice:
        """Return how the data of a maker are drawn at first."""
        return Choice(name, self.own_noise(name))

    def made(self, choice: Choice) -> tuple:
        """Return X and y as the maker gives them."""
        seed = self.seed + choice.draw
        try:
            made = self.makers[choice.name](choice.samples, noise=choice.noise, seed=seed)
        except (TypeError, ValueError) as error:
            raise ValueError(
                f"{choice.name!r} cannot make {choice.samples} samples with noise "
                f"{choice.noise:g}: {error}"
            ) from error
        if not isinstance(made, tuple | list) or len(made) != 2:
            raise ValueError(
                f"{choice.name!r} returns no pair X, y: end it with return X, y; received "
                f"{shortened(made)}."
            )
        return tuple(made)

    def given(self, model: keras.Model, choice: Choice) -> Given:
        """Return samples for `model`, checked and split."""
        try:
            data = check_data(model, *self.made(choice))
        except ValueError as error:
            raise ValueError(f"The data {choice.name!r} do not suit the model: {error}") from error
        known = len(data)
        if not 2 <= known <= MOST_SAMPLES:
            raise ValueError(
                f"{choice.name!r} was asked for {choice.samples} samples and has made {known}: let "
                "it return as many rows as its first argument says."
            )
        train, val = split(known, 1 - choice.share, self.seed)
        return Given(_some(data, train), train, known, _some(data, val))


def source_of(data: Any, seed: int, **given: Any) -> Source | None:
    """Return what makes a trainer's data; None where they are `given`, X, y and validation_data.

    Raises
    ------
    TypeError
        If there are none, or two of them.
    """
    if data is None:
        if given["X"] is None and given["y"] is None:
            raise TypeError(
                "There is nothing to train on: give X and y, or data=datasets.make_spirals, which "
                "makes them."
            )
        return None
    if double := [name for name, value in given.items() if value is not None]:
        raise TypeError(
            f"data= makes samples to train on and to measure, so {listed(double)} cannot be given "
            "beside it: leave out one of the two."
        )
    return Source(data, seed)


def split(n_samples: int, val_fraction: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return which rows to train on, and which to measure, as datasets.train_val_split has them."""
    rng = np.random.default_rng(seed)
    rows = rng.permutation(n_samples)
    n_val = int(np.clip(np.rint(n_samples * round(val_fraction, 9)), 1, n_samples - 1))
    return rng.permutation(rows[n_val:]), rng.permutation(rows[:n_val])


def _some(data: Data, rows: np.ndarray) -> Data:
    return Data(data.X[rows], tuple(values[rows] for values in data.targets))


def _named(makers: Any) -> dict[str, Callable]:
    """Return makers by what they are called."""
    if callable(makers):
        makers = [makers]
    if not isinstance(makers, Iterable) or isinstance(makers, str):
        raise TypeError(
            f"data takes a function {_MAKER}, or several; received {shortened(makers)}."
        )
    if isinstance(makers, Mapping):
        named = [*makers.items()]
    else:
        named = [(_name_of(maker), maker) for maker in makers]
    if not named:
        raise ValueError(f"data holds no function: give one {_MAKER}.")
    names = [name for name, _ in named]
    if len({*names}) < len(names):
        raise ValueError(
            f"Two functions in data are called {max(names, key=names.count)!r}: give a dict, as in "
            'data={"two arms": make_spirals, ...}.'
        )
    return dict(named)


def _name_of(maker: Any) -> str:
    """Return what is said of a maker: "spirals" of make_spirals."""
    _check_callable(maker)
    function = getattr(maker, "func", maker)  # of functools.partial
    name = getattr(function, "__name__", "<lambda>")
    if name == "<lambda>":
        raise ValueError(
            f"{shortened(maker)} in data has no name: give a dict, as in "
            'data={"my points": make, ...}.'
        )
    return name.removeprefix("make_").replace("_", " ")


def _check_callable(maker: Any) -> None:
    if not callable(maker):
        raise TypeError(
            f"data takes functions {_MAKER}; received {shortened(maker)}: arrays are given as X, y."
        )


def _own_noise(name: str, maker: Any) -> float:
    """Return the noise that a maker has by default, or say that it cannot be called as others."""
    _check_callable(maker)
    parameters = inspect.signature(maker).parameters
    if lacking := [argument for argument in ("noise", "seed") if argument not in parameters]:
        raise TypeError(
            f"{name!r} takes no {listed(lacking)}, but data are made by a function {_MAKER}."
        )
    noise = parameters["noise"].default
    if isinstance(noise, bool) or not isinstance(noise, Real):
        raise TypeError(
            f"{name!r} does not say how much noise it adds by default: write "
            f"def make(n_samples, noise=0.1, seed=0)."
        )
    return float(noise)
