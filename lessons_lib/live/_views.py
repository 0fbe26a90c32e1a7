"""Look inside a network while it trains: predictions, hidden units, weights, gradients."""

import numpy as np

from lessons_lib.live._network import Network
from lessons_lib.live._tensorflow import keras, on_cpu, tf
from lessons_lib.live._validation import Data


class Views:
    """What the pictures of a panel are drawn from; nothing here changes the network.

    The functions run as plain graphs that take any number of samples: unlike an XLA program
    they need no second compilation for a second shape.

    Parameters
    ----------
    network : Network
    probe : Data
        Samples on which gradients are measured.
    l2 : tf.Variable
        Weight of the added penalty.
    """

    def __init__(self, network: Network, probe: Data, l2: tf.Variable):
        self._network, self._probe, self._l2 = network, probe, l2
        model = network.model
        samples = tf.TensorSpec((None, *model.inputs[0].shape[1:]), model.inputs[0].dtype)
        shown = [network.layers[path].output for _, path in network.structure.seen]
        inside = keras.Model(model.inputs, shown) if shown else None
        self._predict = _Graph(lambda X: model(X, training=False), samples)
        self._hidden = _Graph(lambda X: keras.tree.flatten(inside(X, training=False)), samples)
        self._norms = _Graph(self._gradient_norms)

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return the outputs for `X`, shape ``(n_samples, n_outputs)``, without dropout."""
        return self._predict(X).numpy()

    def hidden(self, X: np.ndarray) -> list[np.ndarray]:
        """Return the outputs of each hidden layer's units in use, ``(n_samples, ..., width)``."""
        if not self._network.structure.seen:
            return []
        widths = self._network.widths
        outputs = [tensor.numpy() for tensor in self._hidden(X)]
        return [
            array[..., : widths.get(path, array.shape[-1])]
            for (path, _), array in zip(self._network.structure.seen, outputs, strict=True)
        ]

    def kernels(self) -> dict[str, np.ndarray]:
        """Return each Dense or convolution layer's kernel, units in use only."""
        return {
            path: self._network.in_use(path, self._network.layers[path].kernel)
            for path in self._network.structure.kernels
        }

    def gradient_norms(self) -> dict[str, float]:
        """Return the Euclidean norm of the loss gradient of each layer with a kernel."""
        return {path: float(norm) for path, norm in self._norms().items()}

    def _gradient_norms(self):
        model, layers = self._network.model, self._network.layers
        X, y = tf.constant(self._probe.X), tf.constant(self._probe.y)
        paths = [p for p in self._network.structure.kernels if layers[p].trainable_variables]
        with tf.GradientTape() as tape:
            predictions = model(X, training=False)
            loss = model.compute_loss(x=X, y=y, y_pred=predictions, training=False)
            squares = [tf.reduce_sum(tf.square(v.value)) for v in self._network.kernels]
            penalty = self._l2 * sum(tf.cast(s, tf.float32) for s in squares)
            loss = tf.cast(loss, tf.float32) + penalty
        weights = {p: [v.value for v in layers[p].trainable_variables] for p in paths}
        gradients = tape.gradient(loss, weights, unconnected_gradients="zero")
        return {path: tf.linalg.global_norm(g) for path, g in gradients.items()}


class _Graph:
    """A function traced at its first call, never again."""

    def __init__(self, function, *signature):
        self._function, self._signature = function, signature
        self._traced = None

    def __call__(self, *arrays):
        with on_cpu():
            if self._traced is None:
                function = tf.function(self._function, autograph=False)
                self._traced = function.get_concrete_function(*self._signature)
            return self._traced(*map(tf.convert_to_tensor, arrays))
