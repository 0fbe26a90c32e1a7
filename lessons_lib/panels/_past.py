"""A run that a panel remembers: what it is called, how it went, and moments of it to go back to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np


class Moment(NamedTuple):
    """How the runner stood at a step."""

    step: int
    snapshot: Any


class Record(NamedTuple):
    """What is shown of a run, or of one of several networks in it.

    Attributes
    ----------
    history : dict of str to list of float
        ``"step"`` and what was measured then; empty where a runner measures nothing.
    marks : sequence
        The turns of its knobs, each with ``step`` and ``change``.
    """

    history: Mapping[str, list]
    marks: Sequence[Any]


@dataclass(eq=False)
class PastRun:
    """A run, the present one or one before.

    Attributes
    ----------
    name : str
        What it is called.
    number : int
        Which of the places for runs it has, from 0: it decides colour and line style.
    origin : tuple (str, int), optional
        From which run it was forked, and at which step.
    shown : bool
        Whether its curve is shown while another run is the present one.
    moments : list of Moment
        To go back to, in the order of their steps.
    tip : Moment, optional
        Where it was left; None where there was no room for it.
    turns : object
        Its turns up to there, as its runner repeats them.
    plan : list of (int, str, object)
        Turns that will be made by themselves: step, knob and value.
    records : dict of str to Record
        By network, up to there.
    """

    name: str
    number: int
    origin: tuple[str, int] | None = None
    shown: bool = True
    moments: list[Moment] = field(default_factory=list, repr=False)
    tip: Moment | None = field(default=None, repr=False)
    turns: Any = field(default=(), repr=False)
    plan: list[tuple[int, str, Any]] = field(default_factory=list, repr=False)
    records: Mapping[str, Record] = field(default_factory=dict, repr=False)
    step: int = 0
    seconds: float = 0.0

    @property
    def empty(self) -> bool:
        """Whether no step has been made in it."""
        return self.step == (self.origin[1] if self.origin else 0)

    def before(self, step: int) -> Moment:
        """Return the latest moment up to a step, or the first."""
        return ([moment for moment in self.moments if moment.step <= step] or self.moments[:1])[-1]

    def thin(self) -> None:
        """Let go of the moment whose neighbours are closest together."""
        steps = [moment.step for moment in self.moments]
        del self.moments[1 + int(np.argmin(np.subtract(steps[2:], steps[:-2])))]


def records_of(runner: Any) -> Mapping[str, Record]:
    """Return what is shown of a runner now, by network; "" for one that is alone."""
    several = getattr(runner, "runners", None)
    if isinstance(several, Mapping):
        return {name: _record(one) for name, one in several.items()}
    return {"": _record(runner)}


def _record(runner: Any) -> Record:
    history = getattr(runner, "history", {})
    return Record(history if isinstance(history, Mapping) else {}, getattr(runner, "marks", ()))
