"""Which hidden units of a network are in use, and their weights as they come and go."""

from typing import TYPE_CHECKING

import numpy as np

from lessons_lib.live._dense_stack import DenseStack
from lessons_lib.live._layers import Dense
from lessons_lib.live._structure import HiddenDense
from lessons_lib.live._tensorflow import keras

if TYPE_CHECKING:
    from lessons_lib.live._network import Network


class Units:
    """The hidden units of a network: how many are in use, and which of them take part.

    Weights of units not in use are kept at zero, as are those of input features that are off.

    Parameters
    ----------
    network : Network

    Attributes
    ----------
    width : int
        Units in use in every hidden layer that has as many.
    widths : dict of str to int
        Units in use in each hidden layer whose width can be turned, by path.
    """

    def __init__(self, network: "Network"):
        self._network, self._hidden = network, network.structure.hidden
        self.widths = {h.path: h.units for h in self._hidden}
        self.width = max(self.widths.values(), default=0)

    @property
    def _layers(self) -> dict[str, keras.Layer]:
        return self._network.layers  # made anew now and then

    def start(self) -> None:
        """Suit initial weights, which the network has by now, to the units in use."""
        if self._network.rescales:
            self._suit_scale_to_width()
        for hidden in self._hidden:
            self._clear(hidden, self.widths[hidden.path], hidden.units)
        self.forget_features()

    def mask(self) -> None:
        """Let the layers know, as after they were made anew."""
        for path, width in self.widths.items():
            self._layers[path].width = width

    def set_width(self, width: int) -> None:
        """Use `width` units in every hidden layer that has as many.

        Units that leave are forgotten. Units that join start afresh: incoming weights as drawn
        in the beginning, at the scale that suits the new width, outgoing weights zero. So the
        output is the same at that instant, and the new units receive gradients from the next
        update but one.
        """
        with self._network.lesions.whole():
            before, self.width = dict(self.widths), width
            for hidden in self._hidden:
                self.widths[hidden.path] = min(width, hidden.units)
                self._layers[hidden.path].width = self.widths[hidden.path]
            for hidden in self._hidden:
                old, new = before[hidden.path], self.widths[hidden.path]
                if new < old:
                    self._clear(hidden, new, old)
                elif new > old:
                    self._join(hidden, old, new)
            self.forget_features()

    def forget_features(self) -> None:
        """Zero what Dense layers make of input features that are off."""
        for path, readers in self._network.structure.features:
            off = ~self._layers[path].switched_on
            for reader in readers if off.any() else ():
                self._network.write(self._layers[reader].kernel, off, 0.0)

    @property
    def on(self) -> list[np.ndarray]:
        """Which units of each hidden layer whose width can be turned take part, (units,)."""
        return [self._layers[h.path].mask.numpy() > 0 for h in self._hidden]

    def used(self, path: str) -> tuple[np.ndarray, np.ndarray]:
        """Return which inputs and which units of a Dense layer connect units that take part.

        Where none does, the first stands for all: its weights are 0.
        """
        on = {h.path: self._places(h.path) for h in self._hidden}
        n_in, n_out = map(np.arange, self._layers[path].kernel.shape)
        before = [h.path for h in self._hidden if path in h.readers]
        return (on[before[0]] if before else n_in), on.get(path, n_out)

    def _places(self, path: str) -> np.ndarray:
        on = np.flatnonzero(self._layers[path].mask.numpy())
        return on if len(on) else np.arange(1)

    def in_use(self, path: str, kernel: keras.Variable) -> np.ndarray:
        """Return the part of a layer's kernel that connects units that take part."""
        array, layer = kernel.numpy(), self._layers[path]
        if isinstance(layer, DenseStack):
            return array[: layer.depth.number]
        return array[np.ix_(*self.used(path))] if isinstance(layer, Dense) else array

    def _clear(self, hidden: HiddenDense, start: int, stop: int) -> None:
        """Zero what leads into and out of units ``start ... stop - 1``."""
        units = np.s_[..., start:stop]
        for variable in self._incoming(hidden.path):
            self._network.write(variable, units, 0.0)
        for reader in hidden.readers:
            self._network.write(self._layers[reader].kernel, np.s_[start:stop, :], 0.0)

    def _join(self, hidden: HiddenDense, start: int, stop: int) -> None:
        """Give units ``start ... stop - 1`` their initial incoming weights."""
        units = np.s_[..., start:stop]
        for variable, array in zip(
            self._incoming(hidden.path), self._network.initial[hidden.path], strict=True
        ):
            fresh = array[units].copy()
            if variable is self._layers[hidden.path].kernel:
                fresh *= self._scale(hidden.path) if self._network.rescales else 1.0
                fresh[self._inputs_in_use(hidden.path) :] = 0.0
            self._network.write(variable, units, fresh)
        for path in hidden.between:
            for variable, array in zip(
                self._layers[path].weights, self._network.initial[path], strict=False
            ):
                if array.shape[-1:] == (hidden.units,):
                    self._network.write(variable, units, array[units])

    def weights_of(self, hidden: HiddenDense) -> list[keras.Variable]:
        """Return what has a number for each unit: kernel, bias, and what stands behind them."""
        behind = [v for path in hidden.between for v in self._layers[path].weights]
        behind = [v for v in behind if tuple(v.shape[-1:]) == (hidden.units,)]
        return [*self._incoming(hidden.path), *behind]

    def _incoming(self, path: str) -> list[keras.Variable]:
        layer = self._layers[path]
        return [layer.kernel, layer.bias] if layer.use_bias else [layer.kernel]

    def _inputs_in_use(self, path: str) -> int:
        """Return how many inputs of a Dense layer come from units in use."""
        for producer in self._hidden:
            if path in producer.readers:
                return self.widths[producer.path]
        return self._layers[path].kernel.shape[0]

    def _suit_scale_to_width(self) -> None:
        touched = {h.path for h in self._hidden}
        for path in touched.union(*(h.readers for h in self._hidden)):
            if (scale := self._scale(path)) != 1.0:
                kernel = self._layers[path].kernel
                kernel.assign(kernel.numpy() * np.float32(scale))

    def _scale(self, path: str) -> float:
        """Return by how much smaller fans in use ask for larger initial weights than all units."""
        layer = self._layers[path]
        n_in, n_out = layer.kernel.shape
        used = self._inputs_in_use(path), self.widths.get(path, n_out)
        initializer = layer.kernel_initializer
        if isinstance(initializer, keras.initializers.Orthogonal):
            return float(np.sqrt(max(n_in, n_out) / max(used)))
        fan = {"fan_in": lambda i, o: i, "fan_out": lambda i, o: o, "fan_avg": lambda i, o: i + o}
        rule = fan.get(getattr(initializer, "mode", None))
        return 1.0 if rule is None else float(np.sqrt(rule(n_in, n_out) / rule(*used)))
