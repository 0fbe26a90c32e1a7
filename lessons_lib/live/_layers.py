"""Keras layers whose width and dropout rate are weights, so a compiled loop obeys new values."""

from collections.abc import Callable, Collection, Sequence
from typing import Any

import numpy as np

from lessons_lib.live._tensorflow import keras, tf


@keras.saving.register_keras_serializable(package="lessons_lib")
class Dense(keras.layers.Dense):
    """A ``keras.layers.Dense`` that can use fewer units than it was built with.

    The units in use are the first ``width`` but those that are ``off``; the others output exactly
    0, receive no gradient, and wait. Because both act through a non-trainable weight, changing
    them needs no new trace of a compiled function.

    Parameters
    ----------
    units : int
        The most units the layer can use.
    width : int, optional
        Units in use, from 1 to `units`; all of them when omitted.
    **kwargs
        As for ``keras.layers.Dense``.

    Notes
    -----
    Input shape ``(n_samples, ..., n_in)``, output shape ``(n_samples, ..., units)``.
    """

    def __init__(self, units: int, width: int | None = None, **kwargs: Any):
        super().__init__(units, **kwargs)
        self._width = self._checked(units if width is None else width)
        self._off: frozenset[int] = frozenset()
        self.mask = None
        self._input_mask: Callable[[], keras.Variable] | None = None
        self._masks_outputs = True

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create kernel and bias as Keras does, and the mask of shape ``(units,)``."""
        super().build(input_shape)
        self.mask = self.add_weight(
            name="mask",
            shape=(self.units,),
            initializer=lambda shape, dtype=None: self._mask_values(),
            trainable=False,
            autocast=False,
        )

    @property
    def width(self) -> int:
        """Units in use: an int from 1 to ``units``."""
        return self._width

    @width.setter
    def width(self, width: int) -> None:
        self._width = self._checked(width)
        if self.mask is not None:
            self.mask.assign(self._mask_values())

    @property
    def off(self) -> frozenset[int]:
        """Units that are switched off, counted from 0, whether the width has them or not."""
        return self._off

    @off.setter
    def off(self, units: Collection[int]) -> None:
        self._off = frozenset(units)
        if self.mask is not None:
            self.mask.assign(self._mask_values())

    def read_through(self, producer: "Dense") -> None:
        """Mask this layer's inputs by the units that `producer` has in use.

        Needed where a layer between the two would turn the 0 of an unused unit into something
        else: BatchNormalization makes it beta, a separate sigmoid makes it 1/2.
        """
        # A function, not the variable itself: Keras would count the variable as this layer's own.
        self._input_mask = lambda: producer.mask

    def read(self, inputs: tf.Tensor) -> tf.Tensor:
        """Return the inputs as the kernel is multiplied with them: 0 for units not in use."""
        if self._input_mask is None:
            return inputs
        return inputs * keras.ops.cast(self._input_mask(), inputs.dtype)

    def use_all_units(self) -> None:
        """Leave the outputs as they are: for a layer whose width is never turned.

        Multiplied by the mask, the outputs of a sigmoid or softmax would no longer carry the
        logits from which Keras computes a cross-entropy that still learns where they saturate.
        """
        self._masks_outputs = False

    def call(self, inputs: tf.Tensor, training: bool | None = None) -> tf.Tensor:
        """Return ``activation(inputs @ kernel + bias)`` for the units in use and 0 elsewhere."""
        outputs = super().call(self.read(inputs))
        if not self._masks_outputs:
            return outputs
        return outputs * keras.ops.cast(self.mask, outputs.dtype)

    def get_config(self) -> dict:
        """Return Keras's configuration of the layer together with ``width``."""
        return {**super().get_config(), "width": self.width}

    def load_own_variables(self, store: dict) -> None:
        """Load kernel and bias; the mask follows from ``width``."""
        for index, variable in enumerate(v for v in (self.kernel, self.bias) if v is not None):
            variable.assign(store[str(index)])

    def _checked(self, width: int) -> int:
        if not 1 <= width <= self.units:
            raise ValueError(
                f"width counts the units in use, from 1 to the {self.units} that "
                f"{self.name!r} was built with; received {width!r}."
            )
        return int(width)

    def _mask_values(self) -> np.ndarray:
        used = np.arange(self.units) < self._width
        used[[*self._off]] = False
        return used.astype("float32")


@keras.saving.register_keras_serializable(package="lessons_lib")
class Dropout(keras.layers.Layer):
    """Inverted dropout whose rate is a weight and whose noise is a hashed counter.

    Each input is set to 0 with probability ``rate`` and otherwise divided by ``1 - rate``, so
    its mean is unchanged (Srivastava et al., 2014). Outside training the inputs pass unchanged.

    Random-number operations are what makes a compiled training loop slow. Here the noise of
    unit ``i`` at training step ``t`` is instead ``mix(i XOR key(seed, t))``, a few integer
    operations that XLA fuses with their neighbours.

    Parameters
    ----------
    rate : float
        Fraction to drop, at least 0 and below 1. ``layer.rate = 0.3`` takes effect at the next
        call, in a compiled function too.
    noise_shape : tuple of int or None, optional
        As in ``keras.layers.Dropout``: an axis of length 1 shares its noise.
    seed : int, default 0
        Layers with different seeds have independent noise.
    **kwargs
        As for ``keras.layers.Layer``.
    """

    def __init__(
        self,
        rate: float,
        noise_shape: Sequence[int | None] | None = None,
        seed: int = 0,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self._rate = checked_rate(rate)
        self.noise_shape = noise_shape
        self.seed = seed
        self.key = key_of(seed)
        # What is computed of the rate, and not the rate itself: XLA would take each such number
        # out of the loop, and make a kernel for it.
        self.rate_weights = [
            self.add_weight(
                name=name,
                shape=(),
                initializer=keras.initializers.Constant(value),
                dtype=value.dtype.name,
                trainable=False,
                autocast=False,
            )
            for name, value in zip(("noise_kept_from", "scale"), of_rate(self._rate), strict=True)
        ]
        self.counter = self.add_weight(
            name="counter",
            shape=(),
            initializer="zeros",
            dtype="int32",
            trainable=False,
            autocast=False,
        )
        self.supports_masking = True
        self.built = True

    @property
    def rate(self) -> float:
        """Fraction of the inputs dropped in training: a float, at least 0 and below 1."""
        return self._rate

    @rate.setter
    def rate(self, rate: float) -> None:
        self._rate = checked_rate(rate)
        for weight, value in zip(self.rate_weights, of_rate(self._rate), strict=True):
            weight.assign(value)

    def call(self, inputs: tf.Tensor, training: bool = False) -> tf.Tensor:
        """Drop inputs when `training`; the output has the shape of `inputs`."""
        if not training:
            return inputs
        self.counter.assign_add(1)
        kept_from, scale = (weight.value for weight in self.rate_weights)
        noise = noise_24_bits(self._noise_shape(inputs), self.counter.value, self.key)
        return tf.where(noise >= kept_from, inputs * tf.cast(scale, inputs.dtype), 0)

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        """Return `input_shape`."""
        return input_shape

    def get_config(self) -> dict:
        """Return what is needed to build the layer again."""
        own = {"rate": self.rate, "noise_shape": self.noise_shape, "seed": self.seed}
        return {**super().get_config(), **own}

    def _noise_shape(self, inputs):
        shape = [d if d is not None else tf.shape(inputs)[i] for i, d in enumerate(inputs.shape)]
        if self.noise_shape is None:
            return shape
        return [s if d is None else d for s, d in zip(shape, self.noise_shape, strict=True)]


def of_rate(rate: float | np.ndarray) -> tuple[np.int32, np.float32]:
    """Return the least noise that keeps an input, and the factor of inputs that are kept."""
    rate = np.float32(rate)
    return (rate * np.float32(2**24)).astype(np.int32), 1 / (1 - rate)


def checked_rate(rate: float) -> float:
    """Return `rate` as a float, or say why it cannot be a dropout rate."""
    if not 0 <= rate < 1:
        raise ValueError(
            "dropout is the fraction of units switched off in each step, at least 0 and below 1; "
            f"received {rate!r}."
        )
    return float(rate)


def noise_24_bits(shape: Sequence, counter: tf.Tensor, key: np.uint32 | tf.Tensor) -> tf.Tensor:
    """Return int32 noise of `shape`, uniform on 0 ... 2**24 - 1, for one training step.

    `key` is the layer's, or one for each of many models, shaped to go with `shape`.
    """
    key = _mix(_mix(tf.cast(counter, tf.uint32)) ^ key)
    index = tf.cast(tf.reshape(tf.range(tf.reduce_prod(shape)), shape), tf.uint32)
    # Casts, which tf.vectorized_map can make of many models' values; bitcasts it cannot.
    return tf.cast(tf.bitwise.right_shift(_mix(index ^ key), np.uint32(8)), tf.int32)


def key_of(seed: int) -> np.uint32:
    """Return what makes the noise of a layer its own."""
    return np.uint32(_mix_int(seed))


def _mix(x):
    """Spread every input bit over all 32: the finaliser "lowbias32" (C. Wellons, 2018)."""
    x = (x ^ tf.bitwise.right_shift(x, np.uint32(16))) * np.uint32(0x7FEB352D)
    x = (x ^ tf.bitwise.right_shift(x, np.uint32(15))) * np.uint32(0x846CA68B)
    return x ^ tf.bitwise.right_shift(x, np.uint32(16))


def _mix_int(x: int) -> int:
    """Return the same function of a Python int, taken modulo 2**32."""
    x = (x + 0x9E3779B9) & 0xFFFFFFFF  # so that seed 0 is not the fixed point 0
    x = ((x ^ (x >> 16)) * 0x7FEB352D) & 0xFFFFFFFF
    x = ((x ^ (x >> 15)) * 0x846CA68B) & 0xFFFFFFFF
    return x ^ (x >> 16)
