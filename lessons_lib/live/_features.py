"""Features of two inputs, each a switch that is turned while a network trains."""

import math
import numbers
from collections.abc import Collection
from typing import Any

import numpy as np

from lessons_lib._ground.values import listed, shortened
from lessons_lib.live._dials import Dial
from lessons_lib.live._tensorflow import keras, tf

# Names, and how they are written; {f} is the frequency.
FEATURES = {
    "x1": "x₁",
    "x2": "x₂",
    "x1_squared": "x₁²",
    "x2_squared": "x₂²",
    "x1_x2": "x₁x₂",
    "sin_x1": "sin {f}x₁",
    "sin_x2": "sin {f}x₂",
}


@keras.saving.register_keras_serializable(package="lessons_lib")
class InputFeatures(keras.layers.Layer):
    """Seven features of two inputs: x₁, x₂, x₁², x₂², x₁x₂, sin fx₁, sin fx₂.

    Each is a `Dial`, a switch of the trainer: ``trainer.sin_x1 = True``. A feature that is off is
    0 for every sample. What the next Dense layer makes of it is forgotten where it is switched
    off, and switched on after the first update it joins with weights 0, so that the output is the
    same at that instant.

    Parameters
    ----------
    on : collection of str, default ("x1", "x2")
        Features that are on at first: some of ``"x1"``, ``"x2"``, ``"x1_squared"``,
        ``"x2_squared"``, ``"x1_x2"``, ``"sin_x1"``, ``"sin_x2"``.
    frequency : float, default 5.0
        The factor f inside the sines, above 0. With 5, the sines run through a good half of their
        period between an input of 0 and one of ±1, which suits inputs of about that size.
    **kwargs
        As for ``keras.layers.Layer``.

    Raises
    ------
    TypeError, ValueError
        With one sentence on what is expected.

    Notes
    -----
    Input shape ``(n_samples, 2)``, output shape ``(n_samples, 7)``.

    Examples
    --------
    >>> model = keras.Sequential(  # doctest: +SKIP
    ...     [
    ...         keras.Input((2,)),
    ...         live.InputFeatures(on=("x1", "x2", "sin_x1", "sin_x2")),
    ...         keras.layers.Dense(4, activation="tanh"),
    ...         keras.layers.Dense(1, activation="sigmoid"),
    ...     ]
    ... )
    """

    def __init__(self, on: Collection[str] = ("x1", "x2"), frequency: float = 5.0, **kwargs: Any):
        super().__init__(**kwargs)
        on = _checked_names(on)
        self.frequency = _checked_frequency(frequency)
        for name, words in self.words.items():
            setattr(self, name, Dial(name in on, words=words, tooltip=f"the input {words}"))

    @property
    def words(self) -> dict[str, str]:
        """How the features are written, by name."""
        factor = "" if self.frequency == 1 else f"{self.frequency:g}"
        return {name: words.format(f=factor) for name, words in FEATURES.items()}

    @property
    def on(self) -> tuple[str, ...]:
        """The features that are on, by name."""
        return tuple(name for name in FEATURES if getattr(self, name).number)

    @property
    def switched_on(self) -> np.ndarray:
        """Which of the features are on, shape ``(7,)``."""
        return np.isin([*FEATURES], self.on)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Check that there are two inputs."""
        if input_shape[-1] != 2:
            raise ValueError(
                "InputFeatures makes features of two inputs, x₁ and x₂; received inputs of the "
                f"shape {tuple(input_shape[1:])}. Choose two columns, or leave the layer out."
            )

    def features(self, inputs: tf.Tensor) -> tf.Tensor:
        """Return all seven features, whether they are on or off."""
        x1, x2 = inputs[..., 0], inputs[..., 1]
        sines = [keras.ops.sin(self.frequency * x) for x in (x1, x2)]
        return keras.ops.stack([x1, x2, x1 * x1, x2 * x2, x1 * x2, *sines], axis=-1)

    def call(self, inputs: tf.Tensor) -> tf.Tensor:
        """Return the features, 0 for those that are off."""
        features = self.features(inputs)
        on = keras.ops.stack([getattr(self, name).value for name in FEATURES])
        return features * keras.ops.cast(on, features.dtype)

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        """Return the shape of `input_shape` with seven features at the end."""
        return (*input_shape[:-1], len(FEATURES))

    def get_config(self) -> dict:
        """Return what is needed to build the layer again, the switches as they stand."""
        return {**super().get_config(), "on": self.on, "frequency": self.frequency}


def _checked_names(on: Any) -> Collection[str]:
    wanted = f"on takes names of features, some of {listed(map(repr, FEATURES))}"
    if isinstance(on, str) or not isinstance(on, Collection):
        raise TypeError(f"{wanted}, such as ('x1', 'sin_x1'); received {shortened(on)}.")
    if unknown := [name for name in on if name not in FEATURES]:
        raise ValueError(f"{wanted}; received {shortened(unknown[0])}.")
    return on


def _checked_frequency(frequency: Any) -> float:
    number = isinstance(frequency, numbers.Real) and not isinstance(frequency, bool)
    if not number or not 0 < frequency < math.inf:
        raise (ValueError if number else TypeError)(
            "frequency is a number above 0, the factor f in sin fx₁; received "
            f"{shortened(frequency)}."
        )
    return float(frequency)
