"""A network that is a chain of Dense layers, as a drawing of it needs it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from lessons_lib.live._features import InputFeatures
from lessons_lib.live._network import Network


@dataclass(frozen=True)
class Chain:
    """Units and edges of a network, as they are at one moment.

    Attributes
    ----------
    kernels : list of ndarray of shape (n_in, n_out)
        The weights from each layer to the next, the last ones to the output. Those of units that
        are out of use are among them.
    biases : list of ndarray of shape (n_out,)
        The biases of the same layers; zeros where a layer has none.
    on : list of ndarray of bool, shape (units,)
        Which units of each hidden layer take part.
    inputs : list of str
        What the inputs are called: ``["x₁", "x₂"]``. With `InputFeatures` those are the features.
    inputs_on : ndarray of bool, shape (n_inputs,)
        Which inputs take part.
    switches : list of str
        The knobs that switch the inputs, in the same order; none without `InputFeatures`.
    ask : callable
        Takes points, shape ``(n_points, ...)`` as the model reads them, and returns what each
        unit puts out there, without dropout: ``[inputs, hidden 1, ..., outputs]``, each of shape
        ``(n_points, units)``. Units out of use put out 0; features are told whether they are on
        or off.
    """

    kernels: list[np.ndarray]
    biases: list[np.ndarray]
    on: list[np.ndarray]
    inputs: list[str]
    inputs_on: np.ndarray
    switches: list[str]
    ask: Callable[[ArrayLike], list[np.ndarray]]


def chain_of(network: Network, ask: Callable[[ArrayLike], list[np.ndarray]]) -> Chain | None:
    """Return a network as a chain, or None if it is something else."""
    if not network.structure.chain:
        return None
    dense = [network.layers[path] for path in network.structure.chain]
    kernels = [layer.kernel.numpy() for layer in dense]
    biases = [
        layer.bias.numpy() if layer.use_bias else np.zeros(layer.units, "float32")
        for layer in dense
    ]
    n_inputs = len(kernels[0])
    inputs = [_numbered("x", number) for number in range(1, n_inputs + 1)]
    on, switches = np.ones(n_inputs, bool), []
    for layer in network.layers.values():
        if isinstance(layer, InputFeatures):
            inputs, switches, on = [*layer.words.values()], [*layer.words], layer.switched_on
    return Chain(kernels, biases, network.units.on, inputs, on, switches, ask)


def _numbered(name: str, number: int) -> str:
    """Return a name with a number at its foot: ``x₁``."""
    return name + str(number).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))
