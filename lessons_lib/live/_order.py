"""The order in which training visits the samples: one endless stream of shuffled epochs."""

import numpy as np

# A block of epochs is shuffled in one NumPy call; one call per epoch would cost as much time
# as the training of a small network.
_BLOCK_SAMPLES = 1 << 15


class SampleOrder:
    """An endless stream of sample indices: every epoch is a new permutation.

    Batches are cut from the stream one after the other. A batch may therefore hold the end of
    one epoch and the beginning of the next; each sample is still seen once per epoch, and all
    batches have the same size, which a compiled loop needs.

    Parameters
    ----------
    n_samples : int
        Samples per epoch.
    seed : int
        The same seed gives the same stream.
    """

    def __init__(self, n_samples: int, seed: int):
        self.n_samples = n_samples
        self.seed = seed
        self._epochs = max(1, _BLOCK_SAMPLES // n_samples)
        self._blocks: dict[int, np.ndarray] = {}

    def take(self, start: int, count: int) -> np.ndarray:
        """Return the indices at stream positions ``start ... start + count - 1``.

        Returns
        -------
        ndarray of shape (count,), dtype int32
        """
        size = self._epochs * self.n_samples
        first, last = start // size, (start + count - 1) // size
        stream = np.concatenate([self._block(b) for b in range(first, last + 1)])
        return stream[start - first * size :][:count]

    def _block(self, number: int) -> np.ndarray:
        if number not in self._blocks:
            if len(self._blocks) > 3:  # blocks are used in order: the oldest is done with
                self._blocks.pop(next(iter(self._blocks)))
            rng = np.random.default_rng([self.seed, number])
            epochs = np.tile(np.arange(self.n_samples, dtype=np.int32), (self._epochs, 1))
            self._blocks[number] = rng.permuted(epochs, axis=1).ravel()
        return self._blocks[number]
