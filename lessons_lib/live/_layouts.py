"""How numbers of many models lie beside each other in one tensor, and the products made so.

Which layout is fast depends on the size of the layers. Up to 16 units a matrix product is too
small for a routine of its own: with the models last, XLA makes loops over models of it, and
every instruction works on several models. Wider layers are one matrix product a model.
"""

from collections.abc import Callable, Sequence

import numpy as np

from lessons_lib.live._tensorflow import tf

_MOST_BY_LOOPS = 256  # values of a kernel


class ModelsFirst:
    """Shapes ``(n_models, n_samples, units)`` and ``(n_models, n_in, units)``.

    `compiled` says that XLA compiles what is built: without it a product made of single
    operations would be written to memory, term by term.
    """

    def __init__(self, compiled: bool):
        self._compiled = compiled

    def inside(self, value: tf.Tensor) -> tf.Tensor:
        """Return a value of shape ``(n_models, ...)`` as it lies here."""
        return value

    outside = inside  # and back
    judged = from_judged = inside  # what is judged has the models on one of the first two axes
    samples_axis = 1  # of what is judged

    def targets(self, y: tf.Tensor, own: bool, n_models: int) -> tf.Tensor:
        """Return targets to go with what is judged; `own` ones have an axis for the models."""
        return y if own else tf.broadcast_to(y, tf.concat([[n_models], tf.shape(y)], axis=0))

    def n_models(self, values: tf.Tensor) -> int:
        """Return how many models' values these are."""
        return values.shape[0]

    def per_model(self, coefficient: tf.Tensor, like: tf.Tensor) -> tf.Tensor:
        """Return one number a model, shaped to be multiplied with `like`."""
        return tf.reshape(coefficient, [-1] + [1] * (like.shape.rank - 1))

    def per_unit(self, values: tf.Tensor) -> tf.Tensor:
        """Return one number a model and unit, shaped to be added to what units put out."""
        return values[:, None]

    def shared(self, values: tf.Tensor) -> tf.Tensor:
        """Return values of shape ``(n_samples, units)``, the same for all models."""
        return values[None]

    def sum_of(self, values: tf.Tensor) -> tf.Tensor:
        """Return each model's sum."""
        return tf.reduce_sum(values, axis=range(1, values.shape.rank))

    def dot(self, X: tf.Tensor, W: tf.Tensor) -> tf.Tensor:
        """Return each model's ``X @ W``; `X` may be the same for all models, without their axis."""
        if not self._compiled or min(W.shape[1:]) > 4:
            return tf.einsum("bi,gio->gbo", X, W) if X.shape.rank == 2 else tf.matmul(X, W)
        shared = X.shape.rank == 2
        X = X[None] if shared else X
        return _product(
            X, W, shared,
            lambda X, W: tf.reduce_sum(X[..., None] * W[:, None], axis=2),
            lambda D, W: tf.reduce_sum(D[:, :, None] * W[:, None], axis=3),
            lambda X, D: tf.reduce_sum(X[..., None] * D[:, :, None], axis=1),
        )  # fmt: skip


class ModelsLast:
    """Shapes ``(n_samples, units, n_models)`` and ``(n_in, units, n_models)``; needs XLA."""

    def inside(self, value: tf.Tensor) -> tf.Tensor:
        """Return a value of shape ``(n_models, ...)`` as it lies here."""
        return tf.transpose(value, [*range(1, value.shape.rank), 0])

    def outside(self, value: tf.Tensor) -> tf.Tensor:
        """Return a value that lies as here in shape ``(n_models, ...)``."""
        return tf.transpose(value, [value.shape.rank - 1, *range(value.shape.rank - 1)])

    def n_models(self, values: tf.Tensor) -> int:
        """Return how many models' values these are."""
        return values.shape[-1]

    samples_axis = 0  # of what is judged

    def judged(self, Z: tf.Tensor) -> tf.Tensor:
        """Return outputs with the units last, where losses look for them."""
        return tf.transpose(Z, [0, 2, 1])

    from_judged = judged

    def targets(self, y: tf.Tensor, own: bool, n_models: int) -> tf.Tensor:
        """Return targets to go with what is judged; `own` ones have an axis for the models."""
        if own:
            return tf.transpose(y, [1, 0, *range(2, y.shape.rank)])
        return tf.broadcast_to(y[:, None], (y.shape[0], n_models, *y.shape[1:]))

    def per_model(self, coefficient: tf.Tensor, like: tf.Tensor) -> tf.Tensor:
        """Return one number a model, shaped to be multiplied with `like`."""
        return coefficient

    def per_unit(self, values: tf.Tensor) -> tf.Tensor:
        """Return one number a model and unit, shaped to be added to what units put out."""
        return values

    def shared(self, values: tf.Tensor) -> tf.Tensor:
        """Return values of shape ``(n_samples, units)``, the same for all models."""
        return values[..., None]

    def sum_of(self, values: tf.Tensor) -> tf.Tensor:
        """Return each model's sum."""
        return tf.reduce_sum(values, axis=range(values.shape.rank - 1))

    def dot(self, X: tf.Tensor, W: tf.Tensor) -> tf.Tensor:
        """Return each model's ``X @ W``; `X` may be the same for all models, without their axis."""
        shared = X.shape.rank == 2
        X = X[..., None] if shared else X
        return _product(
            X, W, shared,
            lambda X, W: tf.reduce_sum(X[:, :, None] * W[None], axis=1),
            lambda D, W: tf.reduce_sum(D[:, None] * W[None], axis=2),
            lambda X, D: tf.reduce_sum(X[:, :, None] * D[:, None], axis=0),
        )  # fmt: skip


def layout_for(kernels: Sequence[tuple[int, int]], compiled: bool) -> ModelsFirst | ModelsLast:
    """Return the layout in which layers with kernels of these shapes train fast."""
    if compiled and max(map(np.prod, kernels)) <= _MOST_BY_LOOPS:
        return ModelsLast()
    return ModelsFirst(compiled)


def _product(
    X: tf.Tensor, W: tf.Tensor, shared: bool, forward: Callable, to_X: Callable, to_W: Callable
) -> tf.Tensor:
    """Return ``forward(X, W)`` with its gradients; the tape's own would go by way of transposes.

    What is `shared` by all models are samples, of which nobody asks a gradient.
    """

    @tf.custom_gradient
    def product(X, W):
        return forward(X, W), lambda dZ: (to_X(dZ, W), to_W(X, dZ))

    @tf.custom_gradient
    def product_of_samples(W):
        return forward(X, W), lambda dZ: to_W(X, dZ)

    return product_of_samples(W) if shared else product(X, W)
