"""Hidden units that are switched off while a network trains, and their weights, put aside."""

import contextlib
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np

from lessons_lib.live._tensorflow import keras

if TYPE_CHECKING:
    from lessons_lib.live._network import Network


class Lesions:
    """Which hidden units of a network are switched off.

    Such a unit puts out 0. What leads into it and out of it is zero meanwhile, so that it counts
    in no norm and no penalty; the weights are put aside, with the optimizer's memory of them, so
    that neither moves them. Switched on again, the unit goes on where it was.

    Parameters
    ----------
    network : Network
    """

    def __init__(self, network: "Network"):
        self._network = network
        self._units: dict[str, frozenset[int]] = {}
        self._aside: list[tuple[keras.Variable, np.ndarray, np.ndarray]] = []
        self._all_on = False

    @property
    def units(self) -> dict[str, frozenset[int]]:
        """The units that are off, counted from 0, by the path of their layer."""
        return self._units

    def set(self, units: Mapping[str, Collection[int]]) -> None:
        """Switch these units off, and all others on."""
        with self.whole():
            self._units = {path: frozenset(places) for path, places in units.items() if places}
            self.mask()

    def mask(self) -> None:
        """Let the layers know, as after they were made anew."""
        for hidden in self._network.structure.hidden:
            self._network.layers[hidden.path].off = self._units.get(hidden.path, ())

    @contextlib.contextmanager
    def whole(self) -> Iterator[None]:
        """Have the weights of all units in their places meanwhile, and the memory of them."""
        if self._all_on:
            yield
            return
        for variable, where, values in self._aside:
            array = variable.numpy()
            array[where] = values
            variable.assign(array)
        self._aside, self._all_on = [], True
        try:
            yield
        finally:
            self._all_on = False
            self._put_aside()

    def _put_aside(self) -> None:
        network = self._network
        for variable, where in self._concerned():
            for one in (variable, *network.memory_of(variable)):
                self._aside.append((one, where, one.numpy()[where]))
            network.write(variable, where, 0.0)

    def _concerned(self) -> list[tuple[keras.Variable, np.ndarray]]:
        """Return each weight that units which are off have, and which of its numbers."""
        found: dict[int, tuple[keras.Variable, np.ndarray]] = {}

        def note(variable: keras.Variable, places) -> None:
            _, where = found.setdefault(id(variable), (variable, np.zeros(variable.shape, bool)))
            where[places] = True

        for hidden in self._network.structure.hidden:
            off = [*self._units.get(hidden.path, ())]
            for variable in self._network.units.weights_of(hidden) if off else ():
                note(variable, np.s_[..., off])
            for reader in hidden.readers if off else ():
                note(self._network.layers[reader].kernel, off)
        return [*found.values()]
