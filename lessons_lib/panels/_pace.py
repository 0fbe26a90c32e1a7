"""How many updates a frame has time for."""

import time

import numpy as np

_LONGEST = 0.05  # seconds of training in one frame, so that a turned knob is never kept waiting
_CAREFUL = 10  # updates in the first frame, when nothing is known about their cost


class Pace:
    """Advances a trainer frame by frame, within the time that a frame has.

    How many updates are made per call does not change what is learned; only the pictures come
    more or less often.

    Parameters
    ----------
    trainer : lessons_lib.live.LiveTrainer
        What is advanced.
    """

    def __init__(self, trainer):
        self._trainer = trainer
        self._seconds: float | None = None  # for one update
        self._loop = None  # the settings that the loop was compiled for

    @property
    def compiled(self) -> bool:
        """Whether the next step begins at once and not with the compiler."""
        return self._loop == self._settings()

    def compile(self) -> None:
        """Compile the training loop, and leave no trace in the run."""
        if not self.compiled:
            before = self._trainer.snapshot()
            self._trainer.step(1)
            self._trainer.restore(before)
            self._loop = self._settings()

    def step(self, wanted: int) -> int:
        """Make at most ``wanted`` updates, fewer if they would take too long."""
        self.compile()
        n = min(wanted, _CAREFUL)
        if self._seconds is not None:
            n = int(np.clip(_LONGEST / max(self._seconds, 1e-9), 1, wanted))
        begun = time.perf_counter()
        made = self._trainer.step(n)
        if made:
            self._seconds = (time.perf_counter() - begun) / made
        return made

    def _settings(self) -> tuple:
        """Return what a new loop has to be compiled for."""
        trainer = self._trainer
        return trainer.batch_size, trainer.activation, trainer.optimizer, trainer.jit_compile
