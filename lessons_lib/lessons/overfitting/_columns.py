"""A layer that switches the columns of a table off and on while a network trains."""

from collections.abc import Sequence
from typing import Any

from lessons_lib import live

import keras  # isort: skip - after live, which imports TensorFlow quietly


@keras.saving.register_keras_serializable(package="lessons_lib")
class Columns(keras.layers.Layer):
    """Standardised columns of a table, each with a switch; a column that is off is 0, its mean.

    Parameters
    ----------
    names : sequence of str
        What the columns are called, in their order; the switches are called so, too.
    **kwargs
        As for ``keras.layers.Layer``.
    """

    def __init__(self, names: Sequence[str], **kwargs: Any):
        super().__init__(**kwargs)
        self.names = list(names)
        for name in self.names:
            setattr(self, f"use_{name}", live.Dial(True, words=name, tooltip=f"the column {name}"))

    def call(self, inputs: Any) -> Any:
        """Return the columns, 0 for those that are off."""
        on = keras.ops.stack([getattr(self, f"use_{name}").value for name in self.names])
        return inputs * keras.ops.cast(on, inputs.dtype)

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        """Return `input_shape`."""
        return input_shape

    def get_config(self) -> dict:
        """Return what is needed to build the layer again."""
        return {**super().get_config(), "names": self.names}
