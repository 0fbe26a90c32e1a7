"""Moments of a run to go back to: how it stood then, few of them, the first among them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from lessons_lib.live._run import Run, Spent

_MOST = 8
_ROOM = 8e6  # numbers in all of them, 32 MB; the first and the latest are kept in any case
_BYTES = 4  # of a number
_SOONEST = 100  # steps after the first; measured, a moment takes as long as 40 updates


@dataclass(frozen=True)
class Snapshot:
    """A moment of a run, made by :meth:`LiveTrainer.snapshot`; opaque."""

    state: Sequence[Any]  # arrays, or tensors, which nothing changes either
    beginning: tuple
    knobs: dict
    run: Run
    spent: Spent
    moments: tuple["Snapshot", ...] = ()  # to go back to from here

    @property
    def step(self) -> int:
        """Updates made by then."""
        return self.run.updates

    @cached_property
    def size(self) -> int:
        """How many numbers its state holds."""
        return sum(int(np.prod(v.shape)) for v in self.state)

    @property
    def held(self) -> dict[int, int]:
        """Bytes that it keeps from being freed, by whose they are."""
        held = {}
        for moment in (self, *self.moments):
            held[id(moment.state)] = _BYTES * moment.size
            held |= {} if moment.run.path is None else moment.run.path.held
        return held


class Moments:
    """Moments of one run, in the order of their steps.

    They come half as far apart again as the run is long, and those that have grown too many
    leave where they stand closest together for their age. So a long run costs a moment now and
    then, and memory for a handful.
    """

    def __init__(self, moments: Sequence[Snapshot] = ()):
        self._moments = [*moments]

    def __len__(self) -> int:
        return len(self._moments)

    def __iter__(self) -> Iterator[Snapshot]:
        return iter(self._moments)

    @property
    def first(self) -> Snapshot:
        """The start."""
        return self._moments[0]

    def due(self, step: int) -> bool:
        """Whether a moment should be kept at this step of a run that goes its way."""
        if not self._moments:
            return True
        latest = self._moments[-1].step
        return step >= latest + max(_SOONEST, latest // 2)

    def new(self, step: int) -> bool:
        """Whether a run that has begun stands at this step after all its moments."""
        return bool(self._moments) and step > self._moments[-1].step

    def keep(self, moment: Snapshot) -> None:
        """Keep one more, and let one go where they are too many."""
        self._moments.append(moment)
        most = int(np.clip(_ROOM // max(moment.size, 1), 2, _MOST))
        while len(self._moments) > most:
            steps = [moment.step for moment in self._moments]
            gaps = [
                (steps[i + 1] - steps[i - 1]) / (steps[-1] - steps[i - 1])
                for i in range(1, len(steps) - 1)
            ]
            del self._moments[1 + int(np.argmin(gaps))]
