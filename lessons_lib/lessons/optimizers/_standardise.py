"""A layer that standardises its inputs, or not, while a network trains."""

from collections.abc import Sequence
from typing import Any

from lessons_lib import live

import keras  # isort: skip - after live, which imports TensorFlow quietly


@keras.saving.register_keras_serializable(package="lessons_lib")
class Standardise(keras.layers.Layer):
    """Subtract each column's mean and divide by its standard deviation, or pass the inputs on.

    Parameters
    ----------
    mean, deviation : sequence of float of length n_features
        Of the training set.
    standardise : bool, default False
        Where the switch stands at first.
    **kwargs
        As for ``keras.layers.Layer``.
    """

    def __init__(
        self,
        mean: Sequence[float],
        deviation: Sequence[float],
        standardise: bool = False,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.mean, self.deviation = list(mean), list(deviation)
        self.standardise = live.Dial(
            standardise,
            words="standardise inputs",
            tooltip="subtract each column's mean and divide by its standard deviation",
        )

    def call(self, inputs: Any) -> Any:
        """Return inputs of shape (n_samples, n_features), standardised while the switch is on."""
        mean, deviation = map(keras.ops.convert_to_tensor, (self.mean, self.deviation))
        return keras.ops.where(self.standardise.value, (inputs - mean) / deviation, inputs)

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        """Return `input_shape`."""
        return input_shape

    def get_config(self) -> dict:
        """Return what is needed to build the layer again, the switch as it stands."""
        return {
            **super().get_config(),
            "mean": self.mean,
            "deviation": self.deviation,
            "standardise": self.standardise.number,
        }
