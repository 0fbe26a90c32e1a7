"""A run: how far it has come, its losses on a grid of steps, its turned knobs, and its end."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from lessons_lib._ground.turns import Turn, marks_of, with_turn
from lessons_lib.live._path import Path


def judged(outputs: Sequence[str]) -> tuple[str, ...]:
    """Return what is measured of a model on some samples, by name as Keras has it.

    That is the loss, and the fraction of hits of each output; of several also the loss of each.
    """
    if len(outputs) == 1:
        return ("loss", "accuracy")
    return ("loss", *(f"{o}_accuracy" for o in outputs), *(f"{o}_loss" for o in outputs))


def measured(outputs: Sequence[str]) -> tuple[str, ...]:
    """Return the columns of a measured row: of training, of validation, and the penalty."""
    columns = judged(outputs)
    return (*columns, *(f"val_{name}" for name in columns), "penalty")


MEASURED = measured([""])  # of a model with one output


def measured_columns(classifies: Mapping[str, bool], validated: bool) -> list[str]:
    """Return which columns a history has: whether each output is a classifier's, by its name."""
    columns, outputs = measured([*classifies]), [*classifies]
    hits = dict(zip(judged(outputs)[1:], classifies.values(), strict=False))
    return [
        name
        for name in columns
        if hits.get(name.removeprefix("val_"), True) and (validated or not name.startswith("val_"))
    ]


@dataclass(frozen=True)
class Ruin:
    """Where a run was ruined: the step, the last whose loss was a number, and the knobs there."""

    step: int
    knobs: dict[str, Any]


@dataclass(frozen=True)
class Spent:
    """What has been done since the last reset, also where a restore has taken it back."""

    updates: int = 0
    ruins: tuple[Ruin, ...] = ()

    def after(self, updates: int) -> "Spent":
        """Return what has been spent after some more updates."""
        return replace(self, updates=self.updates + updates)

    def ruined(self, ruin: Ruin) -> "Spent":
        """Return what has been spent, with one more ruin, if it is another."""
        return self if ruin in self.ruins else replace(self, ruins=(*self.ruins, ruin))

    def joined(self, before: "Spent") -> "Spent":
        """Return what has been spent where a moment is brought back that had cost `before`."""
        return before if before.updates > self.updates else self


@dataclass
class Run:
    """Progress of one run, from its initial weights on."""

    history: "History"
    sums: np.ndarray  # of what was measured since the last row on the grid, and of how many updates
    updates: int = 0  # made
    position: int = 0  # samples taken from the order
    anchor: tuple[int, int] = (0, 0)  # updates and position when the batch size was last set
    failed: int | None = None  # the update, counted from 1, whose loss was no number
    turns: tuple[Turn, ...] = ()  # all, from the initial weights on
    seed: int | None = None  # which has drawn the initial weights; None for the model's own
    path: Path | None = None  # of the weights, where it is kept
    edge: tuple = ()  # the weight that was set by hand last: layer, source, unit, weight
    _marks: tuple[tuple, list] = ((), [])  # of which turns, the marks

    @property
    def steps_to_next_row(self) -> int:
        """Updates until the history's next row."""
        return self.history.steps_to_next_row(self.updates)

    @property
    def room(self) -> int:
        """Updates that may be made at once: then history and path are looked after."""
        room = self.history.steps_to_thinning(self.updates)
        return room if self.path is None else min(room, self.path.room(self.updates))

    def keep_weights(self, weights: Callable[[], np.ndarray]) -> None:
        """Keep what `weights` returns as a place of the path, if one is due."""
        if self.path is not None and self.path.due(self.updates):
            self.path.keep(self.updates, weights())

    def advance(
        self, updates: int, batch_size: int, rows: Mapping[str, np.ndarray], sums: np.ndarray
    ) -> None:
        """Count `updates` more.

        The loop has measured the columns of `rows`, on the grid and at the end, and added up `sums`
        since the last row on the grid.
        """
        end = self.updates + updates
        steps = [*range(self.updates + self.steps_to_next_row, end, self.history.gap), end]
        columns = [rows[name].tolist() for name in self.history.names]
        for step, *values in zip(steps, *columns, strict=True):
            self.history.add(step, values)
        self.updates, self.sums = end, sums
        self.position += updates * batch_size

    def turned(
        self,
        name: str,
        old: Any,
        value: Any,
        moment: float | None = None,
        passing: Callable[[Any, Any], bool] | None = None,
    ) -> None:
        """Note the turn of a knob, as `with_turn` does; a diverged run may go on."""
        turn = Turn(self.updates, name, value, old, moment)
        self.turns = with_turn(self.turns, turn, passing)
        self.failed = None

    @property
    def marks(self) -> list[tuple[int, str, Any, Any]]:
        """The latest turns as they are shown."""
        if self._marks[0] is not self.turns:
            self._marks = self.turns, marks_of(self.turns)
        return self._marks[1]

    def copy(self) -> "Run":
        """Return an independent copy."""
        path = None if self.path is None else self.path.copy()
        return replace(self, history=self.history.copy(), path=path)


class History:
    """Losses and metrics by step, never more than `limit` rows.

    Rows stand at multiples of ``gap`` steps, plus one at the present step. When the history is
    full, neighbouring rows are merged in pairs and ``gap`` doubles, so a run of any length fits
    and the earlier part stays. Which rows are kept depends on the steps alone, not on how many
    steps were made per call. `limit` is even; `names` are the columns beside ``"step"``.
    """

    def __init__(self, names: Iterable[str], gap: int, limit: int = 512):
        self.gap = gap
        self._limit = limit
        self._rows: list[list] = []
        self.names = [*names]

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[list]:
        return iter(self._rows)

    def add(self, step: int, values: Iterable[float | np.ndarray]) -> None:
        """Append one row; a former last row that is not on the grid gives way to it.

        A value is a number, or an array with one for each of many models.
        """
        if self._rows and self._rows[-1][0] % self.gap:
            self._rows.pop()
        self._rows.append([step, *values])
        if step % self.gap == 0 and len(self._rows) >= self._limit:
            self._thin()

    def steps_to_next_row(self, step: int) -> int:
        """Return how many steps after `step` the next row of the grid stands."""
        return self.gap - step % self.gap

    def steps_to_thinning(self, step: int) -> int:
        """Return how many steps may follow `step` before ``gap`` changes."""
        on_grid = sum(row[0] % self.gap == 0 for row in self._rows[-1:]) + len(self._rows[:-1])
        missing = self._limit - on_grid
        return self.steps_to_next_row(step) + (missing - 1) * self.gap

    def as_dict(self) -> dict[str, list]:
        """Return one new list per column: ``{"step": [...], "loss": [...], ...}``.

        A penalty that has always been 0 has none.
        """
        names = ["step", *self.names]
        columns = zip(*self._rows, strict=True) if self._rows else [()] * len(names)
        named = {name: list(column) for name, column in zip(names, columns, strict=True)}
        return {
            name: column for name, column in named.items() if name != "penalty" or np.any(column)
        }

    def copy(self) -> "History":
        """Return an independent copy."""
        new = History(self.names, self.gap, self._limit)
        new._rows = [*self._rows]  # a row is never changed, but replaced
        return new

    def _thin(self) -> None:
        old, self._rows, self.gap = self._rows, [], 2 * self.gap
        names, pending = ["step", *self.names], None
        for row in old:
            if row[0] % self.gap == 0:
                self._rows.append(row if pending is None else _merged(pending, row, names))
                pending = None
            else:
                pending = row
        if pending is not None:
            self._rows.append(pending)


def _merged(earlier, later, names):
    """Training values are means over the steps before a row, validation values are at the row."""
    pairs = zip(names, earlier, later, strict=True)
    return [b if name == "step" or name.startswith("val_") else (a + b) / 2 for name, a, b in pairs]
