"""The space that the last Dense layer reads: there the border of a classifier is straight."""

from collections.abc import Sequence

import numpy as np

from lessons_lib.live._layers import Dense
from lessons_lib.live._network import Network
from lessons_lib.live._task import Task
from lessons_lib.live._tensorflow import keras, tf
from lessons_lib.live._views import graph_of

# The score at which each function of it meets a threshold.
_SCORES = {
    "sigmoid": lambda threshold: np.log(threshold / (1 - threshold)),
    "tanh": np.arctanh,
    "linear": lambda threshold: threshold,
}


class Bend:
    """What a layer reads of the inputs, a Dense one that gives a classifier's scores.

    `level` is the score at which the second of two classes is chosen.
    """

    def __init__(self, network: Network, layer: keras.layers.Dense, level: float):
        self._network, self._layer, self._level = network, layer, level
        inputs = network.model.inputs[0]
        samples = [tf.TensorSpec((None, *inputs.shape[1:]), inputs.dtype)]
        self._read = graph_of(network, self._read_by_the_last, samples)

    def __call__(self, X: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return what the layer reads of units in use, its kernel, its bias less the level."""
        layer = self._layer
        inputs, units = self._network.units.used(layer.name)
        kernel = layer.kernel.numpy()[np.ix_(inputs, units)]
        bias = layer.bias.numpy() if layer.use_bias else np.zeros(kernel.shape[1], kernel.dtype)
        read = self._read(tf.convert_to_tensor(X)).numpy()[:, inputs]
        return read, kernel, bias - np.asarray(self._level, bias.dtype)

    def _read_by_the_last(self, X):
        layer = self._layer
        read = keras.Model(self._network.model.inputs, layer.input)(X, training=False)
        return layer.read(read) if isinstance(layer, Dense) else read


def bend_of(network: Network, tasks: Sequence[Task]) -> Bend | None:
    """Return the bend of a classifier; None where no Dense layer behind a hidden one gives scores.

    A function may follow that leaves the order of the scores as it is.
    """
    if len(tasks) > 1 or tasks[0].kind == "regression":
        return None
    layer, functions = _last(network.model)
    if type(layer) not in (Dense, keras.layers.Dense) or len(layer.input.shape) != 2:
        return None
    if len(functions) > 1 or layer.input is network.model.inputs[0]:
        return None
    function = functions[0] if functions else "linear"
    if tasks[0].kind == "multiclass":
        return Bend(network, layer, 0.0) if function in (*_SCORES, "softmax") else None
    if function not in _SCORES or layer.units != 1:
        return None
    return Bend(network, layer, float(_SCORES[function](tasks[0].threshold)))


def _last(model: keras.Model) -> tuple[keras.Layer | None, list[str]]:
    """Return the layer that gives the scores, and the names of the functions that follow."""
    made_by = {id(layer.output): layer for layer in model.layers if _called_once(layer)}
    layer, functions = made_by.get(id(model.outputs[0])), []
    while type(layer) in (keras.layers.Activation, keras.layers.Softmax):
        functions.append("softmax" if type(layer) is keras.layers.Softmax else _name(layer))
        layer = made_by.get(id(layer.input))
    if isinstance(layer, keras.layers.Dense):
        functions.append(_name(layer))
    return layer, [name for name in functions if name != "linear"]


def _called_once(layer: keras.Layer) -> bool:
    """Whether a layer has one output, which it can be asked for."""
    try:
        return not keras.tree.is_nested(layer.output)
    except (AttributeError, ValueError):
        return False


def _name(layer: keras.Layer) -> str:
    return getattr(layer.activation, "__name__", "")
