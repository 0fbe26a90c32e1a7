"""Reads a run that a learner has steered: what was turned, when, and what came of it."""

import math
import numbers
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

_WORDS = {
    "loss": "training loss",
    "val_loss": "validation loss",
    "accuracy": "training accuracy",
    "val_accuracy": "validation accuracy",
}


class Turn(NamedTuple):
    """A turn of a knob: after how many updates, which, from where and to where.

    ``words`` say what was done where these are not two plain values.
    """

    step: int
    name: str
    old: Any
    new: Any
    words: str = ""

    def __str__(self):
        if self.words:
            return f"{self.words} at step {self.step:,}"
        old, new = map(_shown, (self.old, self.new))
        return f"{self.name.replace('_', ' ')} {old} → {new} at step {self.step:,}"


@dataclass(frozen=True)
class Goal:
    """What a run is to reach: a quantity, and the bound that it must stay below or get above.

    Parameters
    ----------
    quantity : str or callable
        A column of the run's history, ``"val_loss"``; or a function of the `Steered` run that
        returns a number.
    below, above : float or callable, optional
        One of them: a bound that is not reached itself, or a function of nothing that computes
        it when it is first needed.
    words : str, optional
        What the quantity is called; the history's columns have names already.
    """

    quantity: str | Callable[["Steered"], float]
    below: float | Callable[[], float] | None = None
    above: float | Callable[[], float] | None = None
    words: str = ""
    _bound: list = field(default_factory=list, init=False, repr=False, compare=False)

    def __post_init__(self):
        if (self.below is None) == (self.above is None):
            raise TypeError(f"A Goal has one bound, `below` or `above`; {self.name} has not one.")

    @property
    def name(self) -> str:
        """The quantity in words."""
        if self.words or callable(self.quantity):
            return self.words or self.quantity.__name__.replace("_", " ")
        return _WORDS.get(self.quantity, self.quantity)

    @property
    def bound(self) -> float:
        """The bound, computed once."""
        if not self._bound:
            given = self.above if self.below is None else self.below
            self._bound.append(float(given() if callable(given) else given))
        return self._bound[0]

    def met_by(self, value: float) -> bool:
        """Whether a value of the quantity is on the right side of the bound."""
        return bool(value > self.bound if self.below is None else value < self.bound)

    def value_in(self, run: "Steered") -> float:
        """Return the quantity at the run's present step."""
        if callable(self.quantity):
            return float(self.quantity(run))
        return run.at(self.quantity)

    def steps_in(self, run: "Steered") -> list[int]:
        """Return the steps of the run's history at which the goal was met."""
        if callable(self.quantity) or self.quantity not in run.history:
            return []
        pairs = zip(run.history["step"], run.history[self.quantity], strict=True)
        return [step for step, value in pairs if self.met_by(value)]

    def told(self, value: float) -> str:
        """Return "0.312; wanted: below 0.25"."""
        side = "above" if self.below is None else "below"
        return f"{apart(value, self.bound)}; wanted: {side} {apart(self.bound, value)}"


@dataclass(frozen=True)
class Steered:
    """A run as its question reads it, the argument of ``when(run)`` and ``accept(run)``.

    Parameters
    ----------
    runner : object
        The trainer itself.
    updates : int
        From the initial weights to the present ones.
    spent : int
        Those that a `restore` has taken back included.
    history : dict of str to list of float
        As the trainer has it: what a `restore` has taken back is gone.
    turns : tuple of Turn
        In the order of their steps; first, at step 0, what differed at the start from what the
        exercise had handed out.
    ruins : tuple
        Where the loss became no number, each with its ``step`` and ``knobs``, those included
        from which the run went back.
    ended : str
        What the trainer says of a run that stands still because it is ruined, or "".
    knobs : dict
        From a knob's name to its value now.
    reached : bool
        Whether all goals are met where the run stands, within the budget.
    """

    runner: object
    updates: int
    spent: int
    history: dict[str, list]
    turns: tuple[Turn, ...]
    ruins: tuple
    ended: str
    knobs: dict[str, Any]
    reached: bool = False

    def turned(self, name: str) -> list[Turn]:
        """Return the turns of one knob."""
        return [turn for turn in self.turns if turn.name == name]

    def turned_in_vain(self, *names: str) -> bool:
        """Whether knobs of these names were turned, no others, and the goals are not met."""
        return (
            not self.reached and bool(self.turns) and {turn.name for turn in self.turns} <= {*names}
        )

    def value(self, name: str, step: int) -> Any:
        """Return the value of a knob that was in force for the update after `step`."""
        turns = self.turned(name)
        before = [turn.new for turn in turns if turn.step <= step]
        return before[-1] if before else turns[0].old if turns else self.knobs.get(name)

    def at(self, quantity: str, step: int | None = None) -> float:
        """Return a column of the history where it stood last at `step`, by default now."""
        steps = self.history["step"]
        rows = [i for i, there in enumerate(steps) if step is None or there <= step]
        return float(self.history[quantity][rows[-1]]) if rows else math.nan


@dataclass(frozen=True)
class Handed:
    """What an exercise has handed out, by which another run is known."""

    data: tuple
    network: tuple
    knobs: dict[str, Any]

    def differs(self, other: "Handed") -> str:
        """Return the name of what is not as it was handed out: data, network, or ""."""
        if len(self.data) != len(other.data) or not all(map(_same, self.data, other.data)):
            return "other_data"
        return "" if self.network == other.network else "other_network"


def runner_of(answer: object) -> object | None:
    """Return the trainer that an answer is, or that its panel shows; None where it is neither."""
    runner = getattr(answer, "runner", answer)
    parts = ("X", "y", "updates", "history", "marks", "knobs")
    found = all(hasattr(type(runner), part) for part in parts)
    # Many models at once have a history each, which is no one run.
    return runner if found and isinstance(runner.history, dict) else None


def handed_out(runner: object) -> Handed:
    """Return data, network and knobs of a trainer; of its knobs the values for its first update."""
    knobs = {name: getattr(runner, name) for name in runner.knobs}
    for step, name, old, _ in reversed(runner.marks):
        if step > 0 and name in knobs:
            knobs[name] = old
    layers = getattr(runner, "to_keras", None)
    kinds = () if layers is None else [type(layer).__name__ for layer in layers().layers]
    width = getattr(runner, "max_width", None)
    return Handed(_data_of(runner), (*kinds, width), knobs)


def steered(runner: object, start: dict[str, Any]) -> Steered:
    """Return what a run is, beside the knobs' values with which it was handed out."""
    began = handed_out(runner).knobs
    first = [
        Turn(0, name, start[name], value)
        for name, value in began.items()
        if name in start and value != start[name]
    ]
    # What has no control, such as a weight that was dragged, is not among the knobs.
    later = [_turn(mark) for mark in runner.marks if mark[0] > 0 or mark[1] not in began]
    updates = int(runner.updates)
    return Steered(
        runner=runner,
        updates=updates,
        spent=int(getattr(runner, "spent", updates)),
        history={name: [*column] for name, column in runner.history.items()},
        turns=(*first, *later),
        ruins=tuple(getattr(runner, "ruins", ())),
        ended=getattr(runner, "ended", None) or "",
        knobs={name: getattr(runner, name) for name in runner.knobs},
    )


def _data_of(runner):
    """Return the arrays by which data are known; which maker's are chosen is a knob."""
    source = getattr(runner, "source", None)
    if source is not None:
        return tuple(some for name in source.makers for some in source.made(source.first_of(name)))
    given = (runner.X, runner.y, *(getattr(runner, "validation_data", None) or ()))
    return tuple(array for some in given for array in _arrays(some))


def _arrays(some):
    """Return the arrays of several inputs or outputs, or the one that there is."""
    if isinstance(some, dict):
        return [*some.values()]
    return some if isinstance(some, list | tuple) else [some]


def steers(updates: int, before: int = 0, **knobs: Any) -> Callable[[Any], None]:
    """Return an answer to a `Steering`: what turns knobs of a panel, and makes updates.

    Parameters
    ----------
    updates : int
        Made with the knobs turned.
    before : int, default 0
        Updates that are made first.
    **knobs
        From the name of a knob of the panel's trainer to its new value.
    """

    def steer(panel: Any) -> None:
        if before:
            panel.step(before)
        for name, value in knobs.items():
            panel.trainer.turn(name, value)
        panel.step(updates)

    return steer


def apart(value: float, bound: float) -> str:
    """Return a number with as many digits as tell it from another, three at least."""
    for digits in range(3, 10):
        if f"{value:.{digits}g}" != f"{bound:.{digits}g}":
            break
    return f"{value:.{digits}g}"


def _turn(mark):
    plain = all(isinstance(value, str | numbers.Real) for value in (mark[2], mark[3]))
    return Turn(*mark, words="" if plain else getattr(mark, "words", mark[1].replace("_", " ")))


def _shown(value):
    if isinstance(value, bool):
        return "on" if value else "off"
    return value if isinstance(value, str) else f"{value:g}"


def _same(a, b):
    a, b = np.asarray(a), np.asarray(b)
    return a.shape == b.shape and bool(np.allclose(a, b, equal_nan=True))
