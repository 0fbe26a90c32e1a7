"""The settings of many models: every combination, or samples, each value checked."""

import itertools
import numbers
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from lessons_lib._ground.values import listed, shortened, whole_number
from lessons_lib.live._knobs import KNOBS
from lessons_lib.live._models import refuse_arguments
from lessons_lib.live._tensorflow import keras

MOST_MODELS = 100_000
_SEEDS = "seeds is how many seeds, as in seeds=4, or the seeds themselves, as in seeds=[3, 5]"


@dataclass(frozen=True)
class Setting:
    """What can differ between models.

    Attributes
    ----------
    own : callable
        (population) -> the value that a model has of which nothing is said.
    check : callable
        (population, value) -> the value, or one sentence.
    has : callable
        (population) -> whether its model has this setting.
    lacking : str
        What is said where it has not.
    """

    own: Callable[[Any], float]
    check: Callable[[Any, Any], float]
    has: Callable[[Any], bool] = lambda population: True
    lacking: str = ""


def _of_knob(name: str, own: Callable[[Any], float]) -> Setting:
    knob = KNOBS[name]
    lacking = knob.lacking.replace("turned", "set").replace(" and build the trainer again", "")
    return Setting(own, knob.check, knob.has, lacking)


def _fraction(name: str) -> Callable[[Any, Any], float]:
    def check(population, value) -> float:
        if isinstance(value, bool) or not isinstance(value, numbers.Real) or not 0 <= value < 1:
            raise ValueError(
                f"{name} is a number of at least 0 and below 1; received {shortened(value)}."
            )
        return float(value)

    return check


def _checked_scale(population, value) -> float:
    real = isinstance(value, numbers.Real) and not isinstance(value, bool)
    if not real or not 0 <= value < np.inf:
        raise ValueError(
            "init_scale multiplies the initial kernels, a finite number of at least 0; received "
            f"{shortened(value)}."
        )
    return float(value)


def _trains_with(kind: type) -> Callable[[Any], bool]:
    return lambda population: isinstance(population._optimizer, kind)


def _beta(name: str) -> Setting:
    return Setting(
        own=lambda population: getattr(population._optimizer, name, 0.0),
        check=_fraction(name),
        has=_trains_with(keras.optimizers.Adam),
        lacking=f"The model's optimizer is not Adam, so it has no {name}: compile the model with "
        'optimizer="adam".',
    )


SETTINGS: dict[str, Setting] = {
    "learning_rate": _of_knob("learning_rate", lambda p: p._network.learning_rate),
    "momentum": Setting(
        own=lambda population: getattr(population._optimizer, "momentum", 0.0),
        check=_fraction("momentum"),
        has=_trains_with(keras.optimizers.SGD),
        lacking="The model's optimizer is not SGD, so it has no momentum (Adam has beta_1 in its "
        "place): compile the model with keras.optimizers.SGD(0.1).",
    ),
    "beta_1": _beta("beta_1"),
    "beta_2": _beta("beta_2"),
    "l2": _of_knob("l2", lambda population: 0.0),
    # With this many models it is one of the terms in any case, whatever the model was built with.
    "l1": Setting(lambda population: 0.0, KNOBS["l1"].check, KNOBS["l2"].has,
                  KNOBS["l2"].lacking.replace("l2", "l1")),
    "dropout": _of_knob("dropout", lambda population: population._network.dropout),
    "width": _of_knob("width", lambda population: population.max_width),
    "init_scale": Setting(lambda population: 1.0, _checked_scale),
}  # fmt: skip


@dataclass(frozen=True)
class Variants:
    """What each of many models has.

    Attributes
    ----------
    values : dict of str to ndarray of shape (n_models,)
        Every setting that was named.
    varied : tuple of str
        Those that came as several values, in the order they were named.
    seeds : ndarray of shape (n_models,), or None
        The seeds of the initial weights; None for the model's own weights in all.
    grid : dict of str to ndarray, or None
        The axes, the slowest first, where every combination was made.
    """

    n_models: int
    values: dict[str, np.ndarray]
    varied: tuple[str, ...]
    seeds: np.ndarray | None
    grid: dict[str, np.ndarray] | None

    @property
    def columns(self) -> dict[str, np.ndarray]:
        """What differs, by name, the seed among it."""
        found = {name: self.values[name] for name in self.varied}
        return found if self.seeds is None else {**found, "seed": self.seeds}

    def reseeded(self, seed: int) -> "Variants":
        """Return the same with other seeds, the first of which is `seed`."""
        if self.seeds is None:
            return replace(self, seeds=np.full(self.n_models, seed))
        seeds = self.seeds - self.seeds[0] + seed
        grid = self.grid and {**self.grid, "seed": self.grid["seed"] - self.seeds[0] + seed}
        return replace(self, seeds=seeds, grid=grid)


def make_variants(
    population: Any,
    samples: Iterable[Mapping[str, Any]] | None,
    seeds: int | Iterable[int] | None,
    settings: Mapping[str, Any],
) -> Variants:
    """Return checked settings for the models of `population`, or one sentence on what is wrong."""
    seeds = _checked_seeds(seeds)
    if samples is not None:
        if settings:
            raise ValueError(
                "Give either samples, one dict a model, or settings of which every combination is "
                f"made; received samples and {listed(settings)}."
            )
        return _of_samples(population, samples, seeds)
    axes = {name: _axis(population, name, given) for name, given in settings.items()}
    varied = tuple(name for name, given in settings.items() if not _is_one(given))
    grid = {name: axes[name] for name in varied}
    if seeds is not None:
        grid["seed"] = axes["seed"] = seeds
    _check_number(int(np.prod([len(axis) for axis in axes.values()], dtype=float)))
    rows = np.array([*itertools.product(*axes.values())], dtype=float).reshape(-1, len(axes))
    values = dict(zip(axes, rows.T, strict=True))
    seeds = values.pop("seed").astype(np.int64) if seeds is not None else None
    return Variants(len(rows), values, varied, seeds, grid)


def _of_samples(population, samples, seeds) -> Variants:
    if isinstance(samples, Mapping | str) or not isinstance(samples, Iterable):
        raise TypeError(
            'samples is a list with one dict a model, as in [{"learning_rate": 0.1}, '
            f'{{"learning_rate": 0.3}}]; received {shortened(samples)}.'
        )
    samples = [*samples]
    if not samples:
        raise ValueError(
            "samples is empty: give at least one dict, such as {'learning_rate': 0.1}."
        )
    for number, sample in enumerate(samples):
        if not isinstance(sample, Mapping):
            raise TypeError(
                f"samples holds one dict a model, but sample {number} is {shortened(sample)}."
            )
    names = [*dict.fromkeys(name for sample in samples for name in sample)]
    if "seed" in names:
        if seeds is not None:
            raise ValueError('Give seeds, or a "seed" in each sample, but not both.')
        if missing := [n for n, sample in enumerate(samples) if "seed" not in sample]:
            raise ValueError(
                f'Some samples have a "seed" and sample {missing[0]} has none: give each one.'
            )
        seeds_of = [_checked_seeds([sample["seed"]])[0] for sample in samples]
    names = [name for name in names if name != "seed"]
    repeats = 1 if seeds is None else len(seeds)
    _check_number(len(samples) * repeats)
    values = {
        name: np.repeat([_value(population, name, s[name]) if name in s else
                         _own(population, name) for s in samples], repeats)
        for name in names
    }  # fmt: skip
    of_all = np.array(seeds_of) if "seed" in samples[0] else None
    if seeds is not None:
        of_all = np.tile(seeds, len(samples))
    return Variants(len(samples) * repeats, values, tuple(names), of_all, None)


def _is_one(given: Any) -> bool:
    return np.ndim(given) == 0 and not isinstance(given, Iterable)


def _axis(population, name: str, given: Any) -> np.ndarray:
    """Return the values of one setting, checked."""
    _setting(population, name)
    if isinstance(given, str | Mapping | set):
        raise TypeError(
            f"{name} is a number, or a list of them in their order; received {shortened(given)}."
        )
    values = [given] if _is_one(given) else [*given]
    if not values:
        raise ValueError(f"{name} is an empty list: give at least one value.")
    return np.array([_value(population, name, value) for value in values], float)


def _value(population, name: str, value: Any) -> float:
    setting = _setting(population, name)
    value = value.item() if isinstance(value, np.generic) else value
    return setting.check(population, value)


def _own(population, name: str) -> float:
    return _setting(population, name).own(population)


def _setting(population, name: str) -> Setting:
    setting = SETTINGS.get(name)
    if setting is None:
        refuse_setting(name)
    if not setting.has(population):
        raise ValueError(setting.lacking)
    return setting


def refuse_setting(name: str) -> None:
    """Raise for a name that is no setting of models."""
    if name in KNOBS:
        raise ValueError(
            f"{name} is the same for all models of a population, since each value of it is a "
            "program of its own: make a population for each."
        )
    refuse_arguments([name], f"What can differ between models is {listed(SETTINGS)}, and seeds=.")


def _checked_seeds(seeds: int | Iterable[int] | None) -> np.ndarray | None:
    if seeds is None:
        return None
    if isinstance(seeds, Iterable) and not isinstance(seeds, str | Mapping):
        plain = [s.item() if isinstance(s, np.generic) else s for s in seeds]
        checked = [whole_number("seeds", seed, wanted=_SEEDS) for seed in plain]
    else:
        checked = [*range(whole_number("seeds", seeds, 1, MOST_MODELS, wanted=_SEEDS))]
    if not checked:
        raise ValueError(f"{_SEEDS}; received an empty list.")
    return np.array(checked, np.int64)


def _check_number(n_models: int) -> None:
    if n_models > MOST_MODELS:
        raise ValueError(
            f"These settings make {n_models:,} models, and {MOST_MODELS:,} is the most: give fewer "
            "values of each setting, or draw some combinations and give them as samples=."
        )


def own_value(population: Any, name: str) -> float:
    """Return what a model has of which nothing is said; 0 where it has no such setting."""
    setting = SETTINGS[name]
    return setting.own(population) if setting.has(population) else 0.0
