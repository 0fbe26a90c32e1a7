"""What a trainer trains on: samples as they were given or made, edited by a hand meanwhile."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from numbers import Integral, Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from lessons_lib._ground.values import shortened
from lessons_lib.live._brush import LARGEST, brush_for
from lessons_lib.live._compiled import heads_of
from lessons_lib.live._data import Data, check_data, check_validation
from lessons_lib.live._loop import Room
from lessons_lib.live._models import check_model
from lessons_lib.live._source import MOST_SAMPLES, SHARES, Choice, Given, Source
from lessons_lib.live._task import judged_outputs
from lessons_lib.live._tensorflow import keras

ROOM = 100  # points that can be painted in
_WANTED = (
    "painted holds a point as (number, x1, x2, y), and (number,) for a sample that is wiped out"
)


@dataclass(frozen=True)
class Setting:
    """All that a hand can change in a training set."""

    choice: Choice | None
    painted: tuple = ()


class TrainingSet:
    """The samples that a trainer trains on and is measured by, as they are by now.

    Attributes
    ----------
    given : Given
        The samples before any edit.
    data : Data
        Those to train on as they are now: those given, with their edits, then those painted in.
    numbers : ndarray of shape (n_samples,)
        What an edit calls each of them: from 0 on in the order in which they were given, and
        -1, -2, ... for those painted in.
    validation : Data or None
        What is measured beside them.
    setting : Setting
        What is chosen, and the edits, by number: ``(number, x1, x2, y)`` for a sample that has this
        place and this target, ``(number,)`` for one that is wiped out.
    source : Source or None
        What makes the samples, unless they were given.
    brush : Brush or None
        What a point that is painted in can be; None where none can be.
    tasks : tuple of Task
        What each output of the model is for.
    caution : str
        Why the loss cannot teach such outputs, or "".
    """

    def __init__(
        self,
        model: keras.Model,
        X: ArrayLike,
        y: ArrayLike,
        validation_data: tuple[ArrayLike, ArrayLike] | None,
        source: Source | None,
    ):
        self._model, self.source = model, source
        if source is None:
            check_model(model, X)
            data = check_data(model, X, y)
            checked = check_validation(model, validation_data)
            self.given = Given(data, np.arange(len(data)), len(data), checked)
        else:
            check_model(model, source.made(source.choice)[0])
            self.given = source.given(model, source.choice)
        self.tasks, self.caution = judged_outputs(model, self.given.data.targets)
        for name in source.makers if source is not None else ():
            self._check_like_the_first(name)
        self.brush = brush_for(heads_of(model), self.tasks, self.given.data)
        self.use(Setting(source and source.choice))

    def _check_like_the_first(self, name: str) -> None:
        """Raise unless the same program can train on the data of another maker."""
        given, first = self.source.given(self._model, self.source.first_of(name)), self.given
        arrays = [[one.data.X, *one.data.targets] for one in (given, first)]
        shapes, wanted = ([values.shape[1:] for values in some] for some in arrays)
        tasks = judged_outputs(self._model, given.data.targets)[0]
        if shapes != wanted or tasks != self.tasks:
            raise ValueError(
                f"The data {name!r} are of another kind than {self.source.name!r}: in one panel "
                "all are points with classes, or all with numbers, of the same shape."
            )

    @property
    def room(self) -> Room | None:
        """For how many samples a program needs room; None where they stay as many as they are."""
        painted = 0 if self.brush is None else ROOM
        if self.source is not None:
            most = round(max(SHARES) * MOST_SAMPLES)
            heads = heads_of(self._model)
            adds_up = all(getattr(head.function, "reduction", "") == "sum" for head in heads)
            return Room(most + painted, most, adds_up)
        return Room(len(self.given.data) + painted) if painted else None

    @property
    def painted(self) -> tuple:
        """The present edits."""
        return self.setting.painted

    def use(self, setting: Setting) -> None:
        """Be as with this `setting`, which was checked."""
        if self.source is not None:
            self.source.choice = setting.choice
            self.given = self.source.given(self._model, setting.choice)
        self.setting, self.validation = setting, self.given.validation
        self.data, self.numbers = self._edited(self.given, setting.painted)

    def choosing(self, **changes: Any) -> Setting:
        """Return the setting with something else chosen, or say why that cannot be.

        Other data come with their own noise. Points painted in stay; what was done with those that
        were given stays where these are the same ones.
        """
        choice = replace(self.setting.choice, **changes)
        if "name" in changes:
            choice = replace(choice, noise=self.source.own_noise(choice.name))
        painted = self.painted
        if changes.keys() & {"name", "samples", "draw"}:
            painted = tuple(entry for entry in painted if entry[0] < 0)
        self._check_some_stay(self.source.given(self._model, choice), painted)
        return Setting(choice, painted)

    def checked(self, painted: Any) -> tuple:
        """Return edits sorted by number, or say in one sentence what about them does not fit."""
        if isinstance(painted, str | Mapping) or not hasattr(painted, "__iter__"):
            raise TypeError(f"{_WANTED}; received {shortened(painted)}.")
        entries = [self._checked_entry(entry) for entry in painted]
        numbers = [number for number, *_ in entries]
        if len({*numbers}) < len(numbers):
            twice = max(numbers, key=numbers.count)
            raise ValueError(f"Each point has a number of its own; received two of number {twice}.")
        if (count := sum(number < 0 for number in numbers)) > ROOM:
            raise ValueError(
                f"There is room for {ROOM} painted points; received {count}: move those that are "
                "there, or begin with more data."
            )
        edits = tuple(sorted(entries))
        self._check_some_stay(self.given, edits)
        return edits

    def _check_some_stay(self, given: Given, edits: tuple) -> None:
        if not len(self._edited(given, edits)[0]):
            raise ValueError("At least one sample must stay to train on; all are wiped out here.")

    def _checked_entry(self, entry: Any) -> tuple:
        """Return one edit as plain numbers."""
        listing = isinstance(entry, tuple | list | np.ndarray)
        if not listing or len(entry) not in (1, 4):
            raise TypeError(f"{_WANTED}; received {shortened(entry)}.")
        number, *point = entry
        if isinstance(number, bool) or not isinstance(number, Integral):
            raise TypeError(
                f"{_WANTED}, with a whole number as its first entry; received {shortened(entry)}."
            )
        known = self.given.known
        if number >= known:
            raise ValueError(
                f"The samples have numbers from 0 to {known - 1}; received {number}: a point that "
                "is painted in has the number -1, -2, ..."
            )
        if not point:
            if number < 0:
                raise ValueError(
                    "A painted point is wiped out by leaving out its entry; received "
                    f"{shortened(entry)}."
                )
            return (int(number),)
        *place, y = point
        return (int(number), *(_coordinate(x, entry) for x in place), self.brush.checked(y))

    def _edited(self, given: Given, edits: tuple) -> tuple[Data, np.ndarray]:
        """Return the given samples after these edits, and their numbers."""
        if not edits:
            return given.data, given.rows
        points = {number: point for number, *point in edits if point}
        wiped = [number for number, *point in edits if not point]
        stay = ~np.isin(given.rows, wiped)
        added = np.array([n for n in sorted(points, reverse=True) if n < 0], dtype=int)
        numbers = np.concatenate([given.rows[stay], added])
        X, y = (
            np.concatenate([values[stay], np.zeros((len(added), *values.shape[1:]), values.dtype)])
            for values in (given.data.X, given.data.y)
        )
        for place, number in enumerate(numbers.tolist()):
            if number in points:
                *where, target = points[number]
                X[place], y[place] = where, self.brush.target(target)
        return Data(X, (y,)), numbers


def _coordinate(value: Any, entry: Any) -> float:
    """Return a place on an axis as float32 can hold it."""
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{_WANTED}, all of them numbers; received {shortened(entry)}.")
    if not abs(value) <= LARGEST:  # nan is not
        raise ValueError(f"A point lies at finite numbers; received {shortened(entry)}.")
    return float(value)
