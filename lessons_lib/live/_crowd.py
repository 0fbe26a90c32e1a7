"""A run of many models: how far each has come, what was measured, and who makes no more updates."""

from dataclasses import dataclass, replace

import numpy as np

from lessons_lib.live._lanes import MOST_ROWS, Lanes, Models, Stretch
from lessons_lib.live._layers import key_of
from lessons_lib.live._loop import SampleOrder
from lessons_lib.live._run import MEASURED, History
from lessons_lib.live._twin import noise_seed

_NO_ROW = np.nan


class Orders:
    """Which samples each model sees, and its dropout noise: one trainer's, or each its own.

    Its own are those of a trainer with the seed ``seed + i``.
    """

    def __init__(
        self, n_samples: int, batch_size: int, seed: int, n_models: int, same: bool, dropouts: int
    ):
        self._batch_size, self._same = batch_size, same
        seeds = [seed] if same else range(seed, seed + n_models)
        self._orders = [SampleOrder(n_samples, s, kept=4 if same else 1) for s in seeds]
        keys = [[key_of(noise_seed(s, place)) for place in range(dropouts)] for s in seeds]
        self._keys = np.array(keys, np.uint32).reshape(len(seeds), dropouts)

    def batches(self, chosen: np.ndarray, made: int, updates: int) -> np.ndarray:
        """Return samples by number, ``(updates, batch_size)``, own ones with an axis in front."""
        if self._same:
            return self._of(self._orders[0], made, updates)
        return np.stack([self._of(self._orders[i], made, updates) for i in chosen])

    def keys(self, chosen: np.ndarray) -> np.ndarray:
        """Return what makes each model's noise its own, ``(n_chosen, n_dropouts)``."""
        return np.repeat(self._keys, len(chosen), axis=0) if self._same else self._keys[chosen]

    def _of(self, order: SampleOrder, made: int, updates: int) -> np.ndarray:
        size = self._batch_size
        return order.take(made * size, updates * size).reshape(updates, size)


@dataclass
class Progress:
    """How far many models have come.

    Attributes
    ----------
    models : Models
    made : ndarray of shape (n_models,)
        Updates each has made.
    diverged, stopped : ndarray of bool, shape (n_models,)
    row : ndarray of shape (5, n_models)
        The latest row of each, in the order of ``MEASURED``.
    history : History
        Of all; a value is an array of shape (n_models,).
    updates : int
        Made by those that still train.
    """

    models: Models
    made: np.ndarray
    diverged: np.ndarray
    stopped: np.ndarray
    row: np.ndarray
    history: History
    updates: int = 0

    @classmethod
    def at_start(cls, models: Models, history: History) -> "Progress":
        """Return the beginning of a run."""
        n_models = len(models.numbers)
        no = np.zeros(n_models, bool)
        row = np.full((len(MEASURED), n_models), _NO_ROW, np.float32)
        return cls(models, np.zeros(n_models, int), no, no.copy(), row, history)

    @property
    def training(self) -> np.ndarray:
        """Which models make further updates."""
        return ~(self.diverged | self.stopped)

    @property
    def held(self) -> dict[int, int]:
        """Bytes of its numbers and of its history, by whose they are."""
        tables = {id(table): table.nbytes for table in self.models.tables}
        return tables | {id(row): sum(np.size(v) for v in row) * 4 for row in self.history}

    def copy(self) -> "Progress":
        """Return an independent copy."""
        return replace(
            self,
            models=self.models[:],
            made=self.made.copy(),
            diverged=self.diverged.copy(),
            stopped=self.stopped.copy(),
            row=self.row.copy(),
            history=self.history.copy(),
        )

    def history_of(self, model: int) -> dict[str, list]:
        """Return one model's losses by step, up to its last update."""
        columns, made = self.history.as_dict(), int(self.made[model])
        steps = columns["step"]
        rows = range(min(len(steps), 1 + sum(step < made for step in steps)) if made else 0)
        of_one = {
            n: [float(c[row][model]) for row in rows] for n, c in columns.items() if n != "step"
        }
        if not any(of_one.get("penalty", ())):
            of_one.pop("penalty", None)
        return {"step": [min(steps[row], made) for row in rows], **of_one}


def advance(progress: Progress, updates: int, lanes: Lanes, orders: Orders, memory: int) -> int:
    """Make at most so many updates of all models that train, in one call; return how many."""
    made, history = progress.updates, progress.history
    to_row = history.steps_to_next_row(made)
    room = min(lanes.capacity, to_row + (MOST_ROWS - 2) * history.gap)
    updates = min(updates, room, history.steps_to_thinning(made))
    stretch = Stretch(updates, made, to_row, history.gap)
    # A model that trains no more keeps the row it has.
    rows = np.repeat(progress.row[None], len(stretch.steps), axis=0)
    attempt = _Attempt(progress, stretch, rows, lanes, orders, memory)
    chosen = np.flatnonzero(progress.training)
    failed, limits = attempt.make(chosen, np.full(len(chosen), updates))
    progress.diverged[failed] = True
    # A call that meets a bad loss is repeated up to the last good update: the loss after the last
    # finite one was measured on weights that had gone wrong already.
    limits = limits - 1
    while len(failed):
        limits = np.maximum(limits, 0)
        failed, limits = failed[limits > 0], limits[limits > 0]
        if len(failed):
            failed, limits = attempt.make(failed, limits)
            limits = limits // 2
    for step, row in zip(stretch.steps, rows, strict=True):
        history.add(step, [row[MEASURED.index(name)] for name in history.names])
    progress.row, progress.updates = rows[-1].copy(), made + updates
    return updates


@dataclass(frozen=True)
class _Attempt:
    """Tries to make the updates of one stretch, and keeps those that stayed finite."""

    progress: Progress
    stretch: Stretch
    rows: np.ndarray  # (n_rows, 5, n_models), to be filled
    lanes: Lanes
    orders: Orders
    memory: int

    def make(self, chosen: np.ndarray, limits: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Advance the chosen models up to their limits; return who failed, and how far they came.

        Those are left as they were.
        """
        outcomes = [
            self._make_some(chosen[start:][: self.lanes.size], limits[start:][: self.lanes.size])
            for start in range(0, len(chosen), self.lanes.size)
        ]
        failed, reached = zip(*outcomes, strict=True)
        return np.concatenate(failed), np.concatenate(reached)

    def _make_some(self, chosen, limits):
        progress, made_before = self.progress, self.stretch.made
        batches = self.orders.batches(chosen, made_before, self.stretch.updates)
        after, made, rows = self.lanes.run(
            progress.models[chosen], limits, self.stretch, batches, self.orders.keys(chosen),
            self.memory,
        )  # fmt: skip
        good = (made == limits) & after.finite
        kept = chosen[good]
        progress.models[kept] = after[good]
        progress.made[kept] += made[good]
        # Rows behind a model's last update say no more than the first of them.
        first = np.searchsorted(self.stretch.steps, made_before + made[good])
        place = np.minimum(np.arange(len(rows))[:, None], first)
        self.rows[:, :, kept] = np.take_along_axis(rows[:, :, good], place[:, None], axis=0)
        return chosen[~good], made[~good]
