"""Several runners under one clock: a panel plays them as if they were one."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from lessons_lib._ground.values import listed, shortened
from lessons_lib.panels._asked import knob_names
from lessons_lib.panels._runner import Knob, Runner

Maker = Callable[..., Mapping[str, Runner]]
_WANTED = (
    'a dictionary of names to what runs, such as {"small": live.LiveTrainer(model, X, y), ...}'
)


class CommonKnob:
    """A knob of those runners that have it: turned for them all, shown as that of the first.

    Parameters
    ----------
    name : str
        Of the knob, with each runner.
    knob : Knob
        That of the first of them, for its words.
    """

    def __init__(self, name: str, knob: Knob):
        self.name, self.knob = name, knob
        self.words, self.tooltip, self.control = knob.words, knob.tooltip, knob.control

    @property
    def begins_anew(self) -> bool:
        """Whether its turn lets them begin again."""
        return getattr(self.knob, "begins_anew", False)

    def read(self, company: Company) -> Any:
        """Return the present value."""
        return self._of(company).read(company.first_with(self.name))

    def offers(self, company: Company) -> Sequence:
        """Return what the control offers."""
        return self._of(company).offers(company.first_with(self.name))

    def option(self, company: Company, value: Any) -> str:
        """Return how the control writes a value."""
        return self._of(company).option(company.first_with(self.name), value)

    def _of(self, company: Company) -> Knob:
        return company.first_with(self.name).knobs.get(self.name, self.knob)


# From which step on what was turned: for each by name how far it was then, and its turns.
_Turned = tuple[tuple[int, Mapping[str, tuple[int, Any]]], ...]


class Moment(NamedTuple):
    """A moment of several runners, and what they were made with."""

    values: dict[str, Any]
    seed: int | None
    runners: dict[str, Runner]
    moments: dict[str, Any]
    knobs: dict[str, Any]
    updates: int
    turns: _Turned

    @property
    def held(self) -> dict[int, int]:
        """Bytes that it keeps from being freed, by whose they are."""
        return {whose: n for moment in self.moments.values() for whose, n in moment.held.items()}


class Company:
    """A `Runner` of several: one step is a step of each.

    One that has ended rests while the others go on. Runners that are made by a function are made
    anew whenever the values that it takes are others: they begin at step 0, with the knobs as
    they are turned.

    Parameters
    ----------
    make : callable or dict of str to Runner
        Takes what `values` returns, by name, and returns the runners by name; or the runners.
    values : callable
        Returns what is to be passed now, a dictionary.
    follow : callable
        Takes such a dictionary, of a moment that is gone back to: `values` returns it from now on.
    knobs : sequence of str, optional
        Names of the knobs that can be turned, each for those that have it; if not given all that
        everyone has, with one value in common at first.

    Attributes
    ----------
    knobs : dict of str to CommonKnob
        What can be turned for all at once that have it.
    updates : int
        Steps made together. Who has ended rests meanwhile, and who went back is behind.

    Raises
    ------
    TypeError, ValueError
        If there are no runners, or a knob is named that none of them has.
    """

    def __init__(
        self,
        make: Maker | Mapping[str, Runner],
        values: Callable[[], dict[str, Any]],
        follow: Callable[[dict[str, Any]], None],
        knobs: Sequence[str] | None = None,
    ):
        self._make, self._values, self._follow = make, values, follow
        self._made_with = dict(values())
        takes = inspect.signature(make).parameters if callable(make) else ()
        self._seeded = "seed" in takes and "seed" not in self._made_with
        self._seed: int | None = None  # of the latest new start
        self._turned: dict[str, Any] = {}
        self._left: Moment | None = None
        self._restarts = 0
        self._runners = self._new()
        self._set_out()
        self.knobs = self._common(knobs)

    @property
    def runners(self) -> dict[str, Runner]:
        """What runs, by name: made anew where other values are asked for by now."""
        wanted = dict(self._values())
        if not _alike(wanted, self._made_with):
            former, self._made_with = self._moment(), wanted
            try:
                self._runners = self._new()
            except Exception:
                self._made_with = former.values
                raise
            self._left = self._left or former  # what nobody has seen running is not kept
            self._turn_again()
            self._set_out()
        return self._runners

    def take_left(self) -> Moment | None:
        """Return, once, the moment at which others were made because a control was turned."""
        self.runners  # noqa: B018 - makes them, if that is due
        left, self._left = self._left, None
        return left

    def first_with(self, knob: str) -> Runner:
        """Return the one whose knob a control shows."""
        runners = [*self.runners.values()]
        return next((runner for runner in runners if knob in runner.knobs), runners[0])

    @property
    def ended(self) -> str | None:
        """Who has ended and why, once all have; None while one of them can go on."""
        runners = self.runners.values()
        return self.who_ended if all(runner.ended for runner in runners) else None

    @property
    def who_ended(self) -> str:
        """Who has ended and why; "" if nobody has."""
        return " ".join(
            named(name, runner.ended) for name, runner in self.runners.items() if runner.ended
        )

    @property
    def way_back(self) -> dict[str, int] | None:
        """The steps to which those can go back that were ruined, by name; None if none was."""
        steps = {name: getattr(runner, "way_back", None) for name, runner in self.runners.items()}
        return {name: step for name, step in steps.items() if step is not None} or None

    def go_back(self) -> None:
        """Let those that were ruined go back to before that; the knobs as they were are for all."""
        for name in self.way_back or ():
            runner = self._runners[name]
            runner.go_back()
            for knob in self.knobs:
                if knob in runner.knobs:
                    self.turn(knob, runner.knobs[knob].read(runner))
        self._set_out()

    @property
    def notice(self) -> str:
        """What the last turn made anew, said once where it is the same for all."""
        said = {name: runner.notice for name, runner in self.runners.items() if runner.notice}
        if len({*said.values()}) == 1 and len(said) == len(self._runners):
            return next(iter(said.values()))
        return " ".join(named(name, notice) for name, notice in said.items())

    @property
    def compiled(self) -> bool:
        """Whether the next step of each begins at once."""
        return all(runner.compiled for runner in self.runners.values())

    def compile(self) -> None:
        """Make all ready."""
        for runner in self.runners.values():
            if not runner.compiled:
                runner.compile()

    def compile_ahead(self) -> Callable[[], None] | None:
        """Prepare the first that is not ready; whoever asks again gets the next one."""
        waiting = [runner for runner in self.runners.values() if not runner.compiled]
        return waiting[0].compile_ahead() if waiting else None

    def step(self, n: int = 1) -> int:
        """Make ``n`` steps of each; return how many were made by the one that came farthest."""
        self.turns  # noqa: B018 - notes what was turned by now
        made = max(runner.step(n) for runner in self.runners.values())
        self.updates += made
        self._were = self._where()
        return made

    def reset(self, seed: int | None = None) -> None:
        """Begin again; with a ``seed``, which `make` gets where it takes one, from elsewhere."""
        self._seed = self._seed if seed is None else seed
        if seed is not None and self._seeded:
            self._runners = self._new()
            self._turn_again()
        else:
            for runner in self.runners.values():
                runner.reset(seed)
        self._set_out()

    def turn(self, name: str, value: Any, moment: float | None = None) -> None:
        """Turn a knob of all that have it; where one of them refuses, of none."""
        done = []
        for runner in (r for r in self.runners.values() if name in r.knobs):
            before = runner.knobs[name].read(runner)
            try:
                runner.turn(name, value, moment)
            except ValueError:
                for other, old in done:
                    other.turn(name, old, moment)
                raise
            done.append((runner, before))
        self._turned[name] = value

    @property
    def start_seed(self) -> int | None:
        """The seed of the latest new start; None before the first."""
        return self._seed

    @property
    def restarts(self) -> int:
        """How often they were reset or restored, all or one of them, or one was stepped alone."""
        if self._where() != self._were:
            self._set_out()
        return self._restarts

    @property
    def turns(self) -> _Turned:
        """All turns of each, from the step on at which they were made; the last entry is now."""
        now = self._stand()
        latest, known = self._turned_at[-1]
        if any(turns != known[name][1] for name, (_, turns) in now.items()):
            before = self._turned_at[:-1] if latest == self.updates else self._turned_at
            self._turned_at = (*before, (self.updates, now))
        return (*self._turned_at, (self.updates, now))

    def replay(self, turns: _Turned, step: int) -> None:
        """Let each go on to a step as it did, with those turns that have not been made yet."""
        for (at, begun), (end, then) in pairwise(turns):
            more = min(end, step) - self.updates
            if more > 0 or at == step == 0:
                for name, runner in self._runners.items():
                    _go_on(runner, begun[name][1], more, most=then[name][0])
                self.updates += more
        self._turned_at = tuple(entry for entry in turns[:-1] if entry[0] < max(step, 1))
        self._were = self._where()

    def _set_out(self) -> None:
        """Count steps and turns from here on: the runners go on from another moment."""
        self._restarts += 1
        self.updates = max(runner.updates for runner in self._runners.values())
        self._were = self._where()
        self._turned_at: _Turned = ((self.updates, self._stand()),)

    def _where(self) -> list[tuple[int, int]]:
        """Return what changes as one of them goes on, or is taken elsewhere."""
        return [(runner.updates, runner.restarts) for runner in self._runners.values()]

    def _stand(self) -> dict[str, tuple[int, Any]]:
        """Return how far each is, and its turns."""
        return {name: (runner.updates, runner.turns) for name, runner in self._runners.items()}

    def snapshot(self) -> Moment:
        """Return the present moment of all."""
        self.runners  # noqa: B018 - makes them, if that is due
        return self._moment()

    def restore(self, snapshot: Moment) -> None:
        """Go back to a moment, and to the runners of that moment where others run by now."""
        self._runners = dict(snapshot.runners)
        self._made_with, self._seed = snapshot.values, snapshot.seed
        self._turned = dict(snapshot.knobs)
        if not _alike(snapshot.values, self._values()):
            self._follow(snapshot.values)
        for name, kept in snapshot.moments.items():
            self._runners[name].restore(kept)
        self._restarts += 1
        self.updates, self._turned_at = snapshot.updates, snapshot.turns[:-1]
        self._were = self._where()

    def _moment(self) -> Moment:
        kept = {name: runner.snapshot() for name, runner in self._runners.items()}
        return Moment(
            *(self._made_with, self._seed, self._runners, kept, dict(self._turned)),
            *(self.updates, self.turns),
        )

    def _new(self) -> dict[str, Runner]:
        """Return what `make` makes now, checked."""
        if not callable(self._make):
            return _checked(self._make, "panels.together needs")
        seed = {} if self._seed is None or not self._seeded else {"seed": self._seed}
        made = _checked(self._make(**self._made_with, **seed), "What makes the runners must return")
        if self._seed is not None and not self._seeded:
            for runner in made.values():
                runner.reset(self._seed)
        return made

    def _turn_again(self) -> None:
        """Give new runners what was turned."""
        for name, value in self._turned.items():
            for runner in self._runners.values():
                if name in runner.knobs:
                    runner.turn(name, value)

    def _common(self, wanted: Sequence[str] | None) -> dict[str, CommonKnob]:
        runners = list(self._runners.values())
        had = {name: runner.knobs[name] for runner in reversed(runners) for name in runner.knobs}
        if wanted is None:
            shared = [name for name in runners[0].knobs if all(name in r.knobs for r in runners)]
            values = {name: [r.knobs[name].read(r) for r in runners] for name in shared}
            wanted = [name for name in shared if all(v == values[name][0] for v in values[name])]
        else:
            wanted = knob_names(wanted)
        if unknown := [name for name in wanted if name not in had]:
            raise ValueError(
                f"knobs names what can be turned for all at once that have it: "
                f"{listed(map(repr, had)) if had else 'here nothing'}; received "
                f"{shortened(unknown[0])}."
            )
        return {name: CommonKnob(name, had[name]) for name in wanted}


def _go_on(runner: Runner, turns: Any, steps: int, most: int) -> None:
    """Let a runner go on by some steps as it did; it has ended where it did, at `most`."""
    due = runner.updates + steps
    runner.replay(turns, min(due, most))
    if due > most:
        runner.replay(turns, most + 2)  # by then it has met again what has ended it


def named(name: str, sentence: str) -> str:
    """Return a sentence behind the name of whom it is said."""
    return f"{name}: {sentence}" if name else sentence


def _checked(runners: Any, begin: str) -> dict[str, Runner]:
    """Return the runners, or say what is none."""
    if not isinstance(runners, Mapping) or not runners:
        raise TypeError(f"{begin} {_WANTED}; received {shortened(runners)}.")
    for name, runner in runners.items():
        if not isinstance(name, str):
            raise TypeError(f"{begin} {_WANTED}; received the name {shortened(name)}.")
        if isinstance(runner, type) or not isinstance(runner, Runner):
            raise TypeError(
                f"{begin} {_WANTED}; received {type(runner).__name__} under the name {name!r}, "
                "which cannot be played step by step."
            )
    return dict(runners)


def _alike(some: Mapping[str, Any], others: Mapping[str, Any]) -> bool:
    """Tell whether two sets of controls have the same values, arrays among them."""
    return all(np.array_equal(value, others[name]) for name, value in some.items())
