"""The turns of a run's knobs, in their order: with them it can be gone through again."""

import math
from collections.abc import Callable, Sequence
from numbers import Real
from typing import Any, NamedTuple

MOST_MARKS = 500
_ONE_TURN = 1.0  # seconds: what a hand turns within it belongs together


class Turn(NamedTuple):
    """A knob that was turned between two steps.

    Attributes
    ----------
    step : int
        Steps made before.
    name : str
        Of the knob.
    value : object
        What it was turned to.
    old : object
        What it was before.
    moment : float, optional
        When a hand turned it, in seconds of its clock.
    """

    step: int
    name: str
    value: Any
    old: Any = None
    moment: float | None = None


class Mark(NamedTuple):
    """A turn of a knob, as it is shown: at which step, which, from where and to where."""

    step: int
    name: str
    old: Any
    new: Any

    __repr__ = tuple.__repr__

    @property
    def knob(self) -> str:
        """What the knob is called."""
        return self.name.replace("_", " ")

    @property
    def change(self) -> str:
        """What a table says of it: ``learning rate 0.1 → 0.3``."""
        return f"{self.knob} {said(self.old)} → {said(self.new)}"


class Replayed:
    """A runner that notes its turns in ``turns``, and can go on as a run did."""

    _restarts = 0

    @property
    def restarts(self) -> int:
        """How often it was reset or restored: what it then goes on from is another moment."""
        return self._restarts

    def replay(self, turns: Sequence[Turn], step: int) -> None:
        """Go on to a step as a run did, with those `turns` that have not been made yet.

        What was turned at that very step is left out, unless it is 0.
        """
        replay(self, turns, step)


def said(value: Any) -> str:
    """Return a knob's value in words: ``0.3``, ``relu``, ``on``."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return value if isinstance(value, str) else f"{value:g}"


def with_turn(
    turns: Sequence[Turn], turn: Turn, passing: Callable[[Any, Any], bool] | None = None
) -> tuple[Turn, ...]:
    """Return turns with one more; what a drag has only passed on its way is left out.

    Where it went there and back it stays: units that leave a network come back as others.

    Parameters
    ----------
    turns : sequence of Turn
        Those before.
    turn : Turn
        The latest.
    passing : callable, optional
        Whether a value has left nothing behind when the knob is turned on to another one.
    """
    if not turns or turns[-1][:2] != turn[:2]:
        return (*turns, turn)
    if passing is not None and not passing(turns[-1].value, turn.value):
        return (*turns, turn)
    first, middle, last = turns[-1].old, turns[-1].value, turn.value
    numbers = all(isinstance(value, Real) for value in (first, middle, last))
    if numbers and not min(first, last) <= middle <= max(first, last):
        return (*turns, turn)
    return (*turns[:-1], turn._replace(old=first))


def anew(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    """Return the turns of a run that begins with the knobs as these have left them."""
    latest: dict[str, Turn] = {}
    for turn in turns:
        first = latest.pop(turn.name, turn)
        latest[turn.name] = Turn(0, turn.name, turn.value, first.old)
    return tuple(latest.values())


def marks_of(turns: Sequence[Turn]) -> list[tuple[int, str, Any, Any]]:
    """Return the latest turns as they are shown: ``[(step, name, old, new), ...]``.

    Several turns at one step have one mark. So have those that a hand makes within a second, as
    it drags a slider, by the hand's clock. What code turns has none, so that its marks depend on
    the steps alone.
    """
    marks: list[tuple[int, str, Any, Any]] = []
    touched: dict[str, float] = {}
    for step, name, value, old, moment in turns:
        new = value if isinstance(value, Real | str | tuple) else type(value).__name__
        since = (math.inf if moment is None else moment) - touched.get(name, -math.inf)
        last = next((mark for mark in reversed(marks) if mark[1] == name), None)
        if last is not None and (last[0] == step or (since < _ONE_TURN and last[2] != new)):
            marks.remove(last)
            old = last[2]
        if old != new:
            marks.append((step, name, old, new))
        touched[name] = -math.inf if moment is None else moment
    return marks[-MOST_MARKS:]


def replay(runner: Any, turns: Sequence[Turn], step: int) -> None:
    """Go on to a step as a run did, with those of its turns that have not been made yet.

    What was turned at that very step is left out, unless it is the beginning.

    Parameters
    ----------
    runner : Runner
        At a moment of that run.
    turns : sequence of Turn
        All of that run.
    step : int
        Where to, as `runner.updates` counts.
    """
    made = 0
    for one, other in zip(runner.turns, turns, strict=False):
        if one != other:  # turned on at the same step, which is one turn
            break
        made += 1
    for turn in turns[made:]:
        if turn.step >= max(step, 1):
            break
        runner.step(turn.step - runner.updates)
        runner.turn(turn.name, turn.value, turn.moment)
    runner.step(step - runner.updates)
