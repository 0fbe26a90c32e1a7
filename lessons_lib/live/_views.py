"""Look inside a network while it trains: predictions, hidden units, weights, gradients."""

from collections.abc import Callable, Sequence

import numpy as np

from lessons_lib.live._data import Data
from lessons_lib.live._dense_stack import DenseStack
from lessons_lib.live._features import InputFeatures
from lessons_lib.live._network import Network
from lessons_lib.live._programs import Program
from lessons_lib.live._tensorflow import keras, on_cpu, tf


def graph_of(network: Network, function: Callable, signature: Sequence[tf.TensorSpec]) -> Program:
    """Return a function of a network as a plain graph; its name says what it computes."""

    def identity() -> str | None:
        return network.identity and f"{function.__name__} {network.identity}"

    return Program(
        function, signature, lambda: network.captured, identity, cautioned=network.cautioned
    )


class Views:
    """What the pictures of a panel are drawn from; nothing here changes the network.

    The functions run as plain graphs that take any number of samples: unlike an XLA program
    they need no second compilation for a second shape. Gradients are measured on `probe`.
    """

    def __init__(self, network: Network, probe: Data):
        self._network = network
        self.judge_on(probe)
        inputs = network.model.inputs[0]
        samples = [tf.TensorSpec((None, *inputs.shape[1:]), inputs.dtype)]
        probed = [tf.TensorSpec((None, *v.shape[1:]), v.dtype) for v in self._probe]
        self._predict = graph_of(network, self._outputs, samples)
        self._hidden = graph_of(network, self._hidden_outputs, samples)
        self._along = graph_of(network, self._chain_outputs, samples)
        self._norms = graph_of(network, self._gradient_norms, probed)

    def predict(self, X: np.ndarray) -> list[np.ndarray]:
        """Return each output for `X`, shape ``(n_samples, n_values)``, without dropout."""
        return [output.numpy() for output in self._predict(tf.convert_to_tensor(X))]

    def judge_on(self, probe: Data) -> None:
        """Judge the network on these samples from now on."""
        with on_cpu():
            self._probe = tuple(map(tf.constant, (probe.X, *probe.targets)))

    @property
    def probe(self) -> np.ndarray:
        """The samples on which the network is judged."""
        return self._probe[0].numpy()

    def probed(self) -> list[np.ndarray]:
        """Return each output for the probe, without dropout."""
        return self.predict(self._probe[0])

    def loss(self, outputs: list[np.ndarray]) -> float:
        """Return the plain loss of such outputs for the probe."""
        _, *targets = self._probe
        with on_cpu():
            return float(self._network.plain_loss(targets, [*map(tf.constant, outputs)]))

    def hidden(self, X: np.ndarray) -> list[np.ndarray]:
        """Return the outputs of each hidden layer's units in use, ``(n_samples, ..., width)``."""
        if not self._network.structure.seen:
            return []
        network = self._network
        outputs = [tensor.numpy() for tensor in self._hidden(tf.convert_to_tensor(X))]
        on = {h.path: on for h, on in zip(network.structure.hidden, network.units.on, strict=True)}
        return [
            np.where(on[path], array, 0)[..., : network.units.widths[path]] if path in on else array
            for (path, _), array in zip(network.structure.seen, outputs, strict=True)
        ]

    def along(self, X: np.ndarray) -> list[np.ndarray]:
        """Return what goes along a chain of Dense layers: inputs, hidden layers, outputs."""
        inputs, *hidden, outputs = (t.numpy() for t in self._along(tf.convert_to_tensor(X)))
        hidden = [
            np.where(on, values, 0)
            for values, on in zip(hidden, self._network.units.on, strict=True)
        ]
        return [inputs, *hidden, outputs]

    def kernels(self) -> dict[str, np.ndarray]:
        """Return each Dense or convolution layer's kernel, units in use only."""
        return {
            path: self._network.units.in_use(path, self._network.layers[path].kernel)
            for path in self._network.structure.kernels
        }

    def first_kernels(self) -> np.ndarray | None:
        """Return the first layer's weights, ``(height, width, channels, units)``, or None.

        Those of units not in use are nan.
        """
        first = self._network.structure.first
        if first is None:
            return None
        layer = self._network.layers[first.path]
        weights = getattr(layer, "depthwise_kernel", None)
        weights = (layer.kernel if weights is None else weights).numpy().astype("float32")
        if first.shape is not None:
            weights = weights.reshape(*first.shape, -1)
        elif not isinstance(layer, keras.layers.Conv2D):  # one filter after the other a channel
            weights = weights.reshape(*weights.shape[:2], 1, -1)
        weights[..., self._network.units.widths.get(first.path, weights.shape[-1]) :] = np.nan
        return weights

    def gradient_norms(self) -> dict[str, float]:
        """Return the Euclidean norm of the loss gradient of each layer with a kernel."""
        norms, found = self._norms(*self._probe), {}
        for path, norm in zip(self._trained(), norms, strict=True):
            layer = self._network.layers[path]
            if isinstance(layer, DenseStack):
                depth = layer.depth.number
                found |= {f"{path} {i}": float(norm[i - 1]) for i in range(1, depth + 1)}
            else:
                found[path] = float(norm)
        return found

    def _trained(self) -> list[str]:
        layers = self._network.layers
        return [p for p in self._network.structure.kernels if layers[p].trainable_variables]

    def _outputs(self, X):
        return keras.tree.flatten(self._network.model(X, training=False))

    def _hidden_outputs(self, X):
        network = self._network
        shown = [network.layers[path].output for _, path in network.structure.seen]
        return keras.tree.flatten(keras.Model(network.model.inputs, shown)(X, training=False))

    def _chain_outputs(self, X):
        network = self._network
        structure, layers = network.structure, network.layers
        shown = [layers[path].output for _, path in structure.seen]
        features = [layer for layer in layers.values() if isinstance(layer, InputFeatures)]
        first = layers[structure.chain[0]] if not features else features[0]
        along = [first.input, *shown, network.model.outputs[0]]
        inputs, *others = keras.Model(network.model.inputs, along)(X, training=False)
        return [features[0].features(inputs) if features else inputs, *others]

    def _gradient_norms(self, X, *targets):
        network, layers = self._network, self._network.layers
        with tf.GradientTape() as tape:
            loss = network.plain_loss(targets, network.model(X, training=False))
            loss = tf.cast(loss, tf.float32) + network.own_penalty() + network.penalty()
        weights = [[v.value for v in layers[p].trainable_variables] for p in self._trained()]
        gradients = tape.gradient(loss, weights, unconnected_gradients="zero")
        return [
            layers[p].norms(g) if isinstance(layers[p], DenseStack) else tf.linalg.global_norm(g)
            for p, g in zip(self._trained(), gradients, strict=True)
        ]
