"""A stack of Dense layers of one width whose depth, skip weight and batch norm are dials."""

from typing import Any

import numpy as np

from lessons_lib._ground.values import shortened, whole_number
from lessons_lib.live._dials import Dial
from lessons_lib.live._tensorflow import keras, tf

_EPSILON = 1e-3  # of the variance, as in keras.layers.BatchNormalization
_SKIPS = tuple(round(0.05 * n, 2) for n in range(21))


@keras.saving.register_keras_serializable(package="lessons_lib")
class DenseStack(keras.layers.Layer):
    """Up to `most` Dense layers of one width, one upon the other, each with a way around it.

    Each level makes of its input ``h`` (He et al., 2015)::

        h <- skip * h + activation(norm(h @ W + b))

    With ``skip`` 0 this is a plain network, with 1 a residual one. ``norm`` is a batch
    normalization (Ioffe & Szegedy, 2015) while ``batch_norm`` is on, and nothing while it is off.
    Levels beyond `depth` pass on what they get, receive no gradient, and wait.

    All levels are computed by one compiled loop: forty of them compile as fast as one, and
    `depth`, `skip` and `batch_norm` are dials, which a trainer turns while it trains.

    Parameters
    ----------
    depth : int, default 10
        Levels in use, from 2 to `most`.
    skip : float, default 0.0
        Weight of the way around each level, from 0 to 1.
    batch_norm : bool, default False
    most : int, default 40
        The most levels there can be.
    activation : str or callable, default "tanh"
    kernel_initializer : str or keras.initializers.Initializer, default "glorot_uniform"
        For one level, whose kernel has the shape ``(units, units)``.
    kernel_regularizer : str or keras.regularizers.Regularizer, optional
        Punishes the kernels of the levels in use.
    momentum : float, default 0.9
        Of the moving averages with which batch norm predicts.
    **kwargs
        As for ``keras.layers.Layer``.

    Notes
    -----
    Input and output have the shape ``(n_samples, ..., units)``. The same network of Keras's layers
    is ``most`` times Dense, BatchNormalization, Activation, Rescaling and Add.
    """

    def __init__(
        self,
        depth: int = 10,
        skip: float = 0.0,
        batch_norm: bool = False,
        most: int = 40,
        activation: Any = "tanh",
        kernel_initializer: Any = "glorot_uniform",
        kernel_regularizer: Any = None,
        momentum: float = 0.9,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        wanted = "most counts levels, a whole number of at least 3"
        self.most = whole_number("most", most, 3, wanted=wanted, floats=True)
        self.activation = keras.activations.get(activation)
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.kernel_regularizer = keras.regularizers.get(kernel_regularizer)
        if not 0 <= momentum < 1:
            raise ValueError(
                "momentum is the part of a moving average that stays at each step, at least 0 and "
                f"below 1; received {shortened(momentum)}."
            )
        self.momentum = float(momentum)
        levels = range(2, self.most + 1)
        self.depth = Dial(depth, levels, words="depth", tooltip="levels of the stack in use")
        self.skip = Dial(
            *(skip, _SKIPS),
            words="skip weight",
            tooltip="how much of a level's input goes around it: 0 plain, 1 residual",
        )
        self.batch_norm = Dial(
            bool(batch_norm) if batch_norm in (0, 1) else batch_norm,
            words="batch norm",
            tooltip="whether each level's sums are normalized over the batch",
        )

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create the weights of all levels: ``kernel`` has the shape ``(most, units, units)``."""
        units = input_shape[-1]
        self.kernel = self.add_weight(
            name="kernel", shape=(self.most, units, units), initializer=self._kernels
        )
        self.bias, self.gamma, self.beta = (
            self.add_weight(name=name, shape=(self.most, units), initializer=initializer)
            for name, initializer in (("bias", "zeros"), ("gamma", "ones"), ("beta", "zeros"))
        )
        self.moving_mean, self.moving_variance = (
            self.add_weight(
                name=name, shape=(self.most, units), initializer=initializer, trainable=False
            )
            for name, initializer in (("moving_mean", "zeros"), ("moving_variance", "ones"))
        )

    def call(self, inputs: tf.Tensor, training: bool = False) -> tf.Tensor:
        """Return what the last level in use makes of `inputs`."""
        vectors = self.bias, self.gamma, self.beta, self.moving_mean, self.moving_variance
        packed = [tf.cast(self.kernel.value, tf.float32)]
        packed += [tf.cast(vector.value, tf.float32)[:, None] for vector in vectors]
        h = tf.reshape(tf.cast(inputs, tf.float32), (-1, inputs.shape[-1]))
        outputs, moments = self._through(h, tf.concat(packed, axis=1), training)
        if training:
            self._move_averages(moments)
        if self.kernel_regularizer is not None:
            self.add_loss(self.kernel_regularizer(self.kernel_in_use))
        return tf.cast(tf.reshape(outputs, tf.shape(inputs)), inputs.dtype)

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        """Return `input_shape`."""
        return input_shape

    def get_config(self) -> dict:
        """Return what is needed to build the layer again, the dials as they stand."""
        return {
            **super().get_config(),
            "depth": self.depth.number,
            "skip": self.skip.number,
            "batch_norm": self.batch_norm.number,
            "most": self.most,
            "activation": keras.activations.serialize(self.activation),
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
            "kernel_regularizer": keras.regularizers.serialize(self.kernel_regularizer),
            "momentum": self.momentum,
        }

    @property
    def kernel_in_use(self) -> tf.Tensor:
        """The kernel with zeros in the levels that wait, shape ``(most, units, units)``."""
        return self.kernel.value * tf.cast(self._used()[:, None, None], self.kernel.dtype)

    def norms(self, gradients: list[tf.Tensor]) -> tf.Tensor:
        """Return the Euclidean norm of all weights' gradients in each level, shape ``(most,)``."""
        squares = [tf.reshape(tf.square(gradient), (self.most, -1)) for gradient in gradients]
        return tf.sqrt(tf.reduce_sum(tf.concat(squares, axis=1), axis=1))

    # --- inside -----------------------------------------------------------------------------

    def _used(self) -> tf.Tensor:
        """Return which levels are in use, 1 or 0."""
        return tf.cast(tf.range(self.most) < self.depth.value, tf.float32)

    def _level(self, h, weights, training, skip, batch_norm):
        """Return one level's output, and mean and variance of its sums, shape ``(2, units)``."""
        units = h.shape[-1]
        kernel, (bias, gamma, beta, mean, variance) = weights[:units], tf.unstack(weights[units:])
        z = h @ kernel + bias
        if training:
            mean = tf.reduce_mean(z, axis=0)
            variance = tf.reduce_mean(tf.square(z - mean), axis=0)
        normed = (z - mean) * tf.math.rsqrt(variance + _EPSILON) * gamma + beta
        z = tf.where(batch_norm, normed, z)
        return skip * h + self.activation(z), tf.stack([mean, variance])

    def _through(self, h, packed, training):
        """Return what comes out, and the moments of each level, shape ``(most, 2, units)``.

        What goes into each level is kept, and the way back computes the level again: Keras's own
        gradient of a loop keeps everything inside it, and takes longer to compile.
        """
        most, units = self.most, h.shape[-1]
        depth = tf.convert_to_tensor(self.depth.value)
        dials = tf.convert_to_tensor(self.skip.value), tf.convert_to_tensor(self.batch_norm.value)

        @tf.custom_gradient
        def through(h, packed):
            def forward(i, h, entered, moments):
                out, moment = self._level(h, tf.gather(packed, i), training, *dials)
                return i + 1, out, entered.write(i, h), moments.write(i, moment)

            entered = _array(most, tf.zeros(tf.concat([[most], tf.shape(h)], 0)))
            moments = _array(most, tf.zeros((most, 2, units)))
            _, out, entered, moments = tf.while_loop(
                lambda i, *_: i < depth, forward, (0, h, entered, moments), parallel_iterations=1
            )
            entered = entered.stack()

            def back(slope, _):
                def backward(i, slope, slopes):
                    h, weights = tf.gather(entered, i), tf.gather(packed, i)
                    with tf.GradientTape() as tape:
                        tape.watch([h, weights])
                        out, _ = self._level(h, weights, training, *dials)
                    slope, of_weights = tape.gradient(out, [h, weights], output_gradients=slope)
                    return i - 1, slope, slopes.write(i, of_weights)

                _, slope, slopes = tf.while_loop(
                    lambda i, *_: i >= 0,
                    backward,
                    (depth - 1, slope, _array(most, tf.zeros_like(packed))),
                    parallel_iterations=1,
                )
                return slope, slopes.stack()

            return (out, moments.stack()), back

        return through(h, packed)

    def _move_averages(self, moments):
        """Let the averages of the levels in use follow, while batch norm is on."""
        on = tf.cast(self.batch_norm.value, tf.float32) * (1 - self.momentum)
        pace = on * self._used()[:, None]
        for place, average in enumerate((self.moving_mean, self.moving_variance)):
            average.assign_add(pace * (moments[:, place] - average.value))

    def _kernels(self, shape, dtype=None):
        """Draw the kernels of all levels."""
        initializer, most = self.kernel_initializer, shape[0]
        if isinstance(initializer, keras.initializers.VarianceScaling):
            # It takes the levels for places of one filter, which have their fans together.
            return initializer(shape, dtype) * np.sqrt(most)
        seed, kind = getattr(initializer, "seed", None), type(initializer)
        if not isinstance(seed, int):
            return keras.ops.stack([initializer(shape[1:], dtype) for _ in range(most)])
        # With one seed each level would be drawn alike.
        seeds = np.random.default_rng(seed).integers(2**31, size=most)
        config = initializer.get_config()
        each = [kind.from_config({**config, "seed": int(seed)}) for seed in seeds]
        return keras.ops.stack([draw(shape[1:], dtype) for draw in each])


def _array(most: int, values: tf.Tensor) -> tf.TensorArray:
    array = tf.TensorArray(tf.float32, most, element_shape=values.shape[1:])
    return array.unstack(values)
