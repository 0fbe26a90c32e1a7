"""What a panel remembers: moments of its run to go back to, and the runs before it.

Few moments are kept, and those between them are made again: with the same turns at the same
steps a run goes the same way. So every step can be gone back to exactly, however long the run.
"""

from __future__ import annotations

import bisect
import contextlib
import math
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from lessons_lib._ground.values import shortened
from lessons_lib.panels._past import Moment, PastRun, Record, records_of
from lessons_lib.panels._runner import Runner, every_knob
from lessons_lib.plots import THIS_RUN

MOST_RUNS = 6
MOST_MOMENTS = 64  # of a run
# Bytes of all moments of all runs; more only where the panel's start, and the beginning and the end
# of the present run, take more alone. What runners hold beside their moments is not counted.
ROOM = 64e6
_LARGEST = ROOM / 4  # bytes of a moment: beyond that steps are made again from the beginning
# Seconds of running between two moments, for each second that one takes: 2.5 % at most.
_APART = 40
_FIRST = 100  # steps, when nothing is known about their cost
# Seconds of running, at least, before a call is cut short for a moment: each call costs some too.
_AT_ONCE = 0.3
_UNKNOWN = 0.01  # seconds for the first moment, which takes longer than those that follow
_WHILE = 0.01  # seconds: who goes back a second time to where that took longer waits no more
_PIECES = 16  # at most, between moments that are kept then
_PATIENCE = 0.3  # seconds for which a hand that drags waits for steps to be made again
_ONE_DRAG = 1.0  # seconds: runs that a hand begins within it, one after the other, are one


class Memory:
    """Plays a runner for a panel, and remembers.

    Parameters
    ----------
    runner : Runner
        What runs.
    plan : sequence of (int, str, object)
        Turns that are made by themselves when the run comes to their step: step, knob and value.
        The first turn of a hand, and a fork, take their place.

    Attributes
    ----------
    runs : list of PastRun
        The oldest first, the present one among them.
    present : PastRun
        The run that goes on with the next step.
    rewound : bool
        Whether an earlier step of the present run is shown than the last one.
    """

    def __init__(self, runner: Runner, plan: Sequence[tuple[int, str, Any]] = ()):
        self.runner = runner
        self._cost = 0.0  # seconds that a moment takes
        self._taken = _UNKNOWN
        self._pace = 0.0  # seconds that a step takes
        self._given = sorted(plan, key=lambda turn: turn[0])
        self._plan = [*self._given]  # of a run that begins now
        self._first: Any = None
        self.forget()
        self._first = self.present.moments[0].snapshot
        self.turn_as_planned()

    def forget(self) -> None:
        """Forget all runs: what runs is something else by now."""
        self.present = PastRun("run 1", 0, plan=[*self._plan])
        self.runs = [self.present]
        self.rewound = False
        self._named = 1  # runs that were given a number
        self._since = 0.0  # seconds of running since the latest moment
        self._hand: float | None = None  # when one has begun the present run
        self._note()
        self._keep()

    # --- to go on -----------------------------------------------------------------------------

    def step(self, n: int = 1) -> int:
        """Make ``n`` steps, or fewer where the runner ends; after a rewind this is a fork."""
        self.settle()
        if n and self.rewound:
            self.fork()
        self.turn_as_planned()
        made = 0
        while made < n:
            wanted = int(min(n - made, self.until_planned, self._until_moment))
            some = self._run(wanted)
            self.turn_as_planned()
            made += some
            if some < wanted:
                break
        return made

    @property
    def _until_moment(self) -> int:
        """Steps after which a moment may be due, as fast as it goes."""
        if not self._pace:
            return _FIRST
        return max(1, round(max(_APART * self._cost - self._since, _AT_ONCE) / self._pace))

    def _run(self, n: int) -> int:
        if not self.runner.compiled:
            self.runner.compile()  # which is no training
        begun = time.perf_counter()
        made = self.runner.step(n)
        passed = time.perf_counter() - begun
        self.present.seconds += passed
        self._since += passed
        if made:  # a call that ended in a divergence has tried more than once
            self._pace = min(passed / made, 2 * self._pace or math.inf)
        self._note()
        if made and self._since >= _APART * self._cost:
            self._keep()
        return made

    @property
    def until_planned(self) -> float:
        """Steps until the next turn that is planned; infinitely many where none is."""
        plan = self.present.plan
        return plan[0][0] - self.runner.updates if plan and not self.rewound else math.inf

    def turn_as_planned(self) -> None:
        """Make the turns that are planned for this step."""
        while self.until_planned <= 0:
            _, name, value = self.present.plan.pop(0)
            self.runner.turn(name, value)
        self._note()

    def turn(self, name: str, value: Any, moment: float | None = None) -> None:
        """Turn a knob of the runner; after a rewind this is a fork, if it is another value."""
        self.settle()
        knob = every_knob(self.runner).get(name)
        if self.rewound and knob is not None and knob.read(self.runner) == value:
            return
        here = self._moment() if self.rewound else None
        anew = getattr(knob, "begins_anew", False)
        if anew and not self.rewound:
            self._file()
        try:
            self.runner.turn(name, value, moment)
        except ValueError:
            self._note()
            raise
        self._plan = self.present.plan = []
        if anew:
            self._begin(hand=moment)
        elif here is not None:
            self._branch(here.step, [*self.present.moments, here])
        self._note()

    def reset(self, seed: int | None = None) -> None:
        """Begin again; the run so far stays as a run of its own."""
        self.settle()
        self._leave()
        if self._plan:
            seed = getattr(self.runner, "start_seed", None) if seed is None else seed
            self._restore(self._first)
        if seed is not None or not self._plan:
            self.runner.reset(seed)
        self._begin()
        self.turn_as_planned()

    def start_over(self) -> None:
        """Be again as at first, knobs too; the run so far stays as a run of its own."""
        self.settle()
        self._leave()
        self._restore(self._first)
        self._plan = [*self._given]
        self._begin()
        self.turn_as_planned()

    def go_back(self) -> None:
        """Go back to before the weights were ruined, and begin a run there."""
        self.settle()
        if not self.rewound:
            self._file()
        alone = isinstance(self.runner.way_back, int)
        self.runner.go_back()
        # Several have gone back to several steps: no moment before leads to this one.
        self._branch(self.runner.updates, self.present.moments if alone else ())

    # --- to go back ---------------------------------------------------------------------------

    @property
    def now(self) -> int | None:
        """The step that is shown, where it is not the last one of the present run."""
        return self.runner.updates if self.rewound else None

    def rewind(self, step: int, exactly: bool = True) -> None:
        """Show the present run as it was at a step.

        Parameters
        ----------
        step : int
            From 0 to `present.step`.
        exactly : bool
            Whether to take the time that it takes; otherwise the nearest moment that is kept will
            do, where it takes longer than a hand can wait.
        """
        self.settle()
        run = self.present
        if not self.rewound:
            if step >= run.step:
                return
            self._file()
        if step >= run.step:
            self._show(run.tip, run.step)
        else:
            moment = run.before(step)
            step = max(step, moment.step)
            here = self.runner.updates
            start = here if self.rewound and moment.step <= here <= step else moment.step
            if not exactly and (step - start) * self._pace > _PATIENCE:
                later = [m for m in run.moments if m.step > step][:1]
                moment = min([moment, *later], key=lambda m: abs(m.step - step))
                step = moment.step
            self._show(moment, step)

    @contextlib.contextmanager
    def kept_place(self) -> Iterator[None]:
        """Let the present run be gone through; afterwards all stands where it stood."""
        self.settle()
        stood, rewound = self.runner.snapshot(), self.rewound
        try:
            yield
        finally:
            self.runner.restore(stood)
            self.rewound = rewound
            self._note()

    def fork(self) -> None:
        """Let what is shown be the beginning of a new run; the present one stays as it is."""
        self.settle()
        if not self.rewound:
            self._file()
        self._branch(self.runner.updates, self.present.moments)

    # --- runs ---------------------------------------------------------------------------------

    @property
    def others(self) -> list[PastRun]:
        """The runs whose curves are shown beside the present one."""
        return [run for run in self.runs if run is not self.present and run.shown and run.step]

    @property
    def turns(self) -> Any:
        """The turns of the whole present run."""
        return self.present.turns if self.rewound else self.runner.turns

    @property
    def size(self) -> int:
        """Bytes of all moments; what several of them share counts once."""
        return sum(self._held().values())

    def records(self, run: PastRun) -> Mapping[str, Record]:
        """Return what is shown of a run, by network."""
        live = run is self.present and not self.rewound
        return records_of(self.runner) if live else run.records

    def go_to(self, run: PastRun) -> None:
        """Go on with a run where it was left."""
        self.settle()
        if run is self.present:
            self.rewind(run.step)
            return
        if (tip := run.tip) is None:
            raise ValueError(
                f"There was no room to keep the weights of {run.name}: its curve is all that is "
                "left of it."
            )
        self._leave()
        if self.present.empty:
            self.runs.remove(self.present)
        self.present, run.tip, self._hand = run, tip, None
        run.moments = run.moments or [tip]  # there may have been room for one of them only
        self._show(tip, run.step)

    def drop(self, run: PastRun) -> None:
        """Forget a run."""
        if run is self.present:
            raise ValueError(f"{run.name} is the present run: go to another one first.")
        self.runs.remove(run)

    def rename(self, run: PastRun, name: str) -> None:
        """Call a run something else."""
        name = " ".join(name.split())
        taken = [THIS_RUN, *(other.name for other in self.runs if other is not run)]
        if not name or name in taken:
            why = "another run has it" if name else "it has no letters"
            raise ValueError(f"A run cannot be called {shortened(name)}: {why}.")
        for other in self.runs:
            if other.origin is not None and other.origin[0] == run.name:
                other.origin = name, other.origin[1]
        run.name = name

    def show(self, run: PastRun, shown: bool) -> None:
        """Show or hide the curve of a run."""
        run.shown = shown

    # --- inside -------------------------------------------------------------------------------

    def settle(self, hand: float | None = None) -> None:
        """Take notice of what code, or a control, has done to the runner itself.

        Parameters
        ----------
        hand : float, optional
            When a hand did it while the runner played, in seconds of its clock.
        """
        left = self.runner.take_left() if hasattr(self.runner, "take_left") else None
        here, run, step = self._here(), self.present, self._at[1]
        if left is not None:
            if not self.rewound:
                self._file(left)
            self._begin(hand=hand)
        elif here[0] != self._at[0] and self.rewound:
            self._begin()
        elif here[0] != self._at[0]:  # how the run before has ended nobody has kept
            run.origin, run.moments, run.seconds = None, [], 0.0
            run.plan = [turn for turn in self._plan if turn[0] >= here[1]]
            self._note()
            self._keep()
        elif here != self._at and self.rewound:
            self._branch(step, run.moments)
        self._note()

    def _here(self) -> tuple[int, int, Any]:
        """Return all that tells a moment of the runner from others."""
        return self.runner.restarts, self.runner.updates, self.runner.turns

    def _note(self) -> None:
        """Note where the runner stands."""
        self._at = self._here()
        if not self.rewound:
            self.present.step = self._at[1]

    def _moment(self) -> Moment:
        """Return the present moment."""
        return Moment(self.runner.updates, self.runner.snapshot())

    def _keep(self) -> None:
        """Keep the present moment."""
        begun, run = time.perf_counter(), self.present
        if run.moments and run.moments[-1].step == self.runner.updates:
            return
        self._add(self._moment())
        taken = time.perf_counter() - begun
        # The shorter of two: what came in between is not the moment's.
        self._cost, self._taken, self._since = min(taken, self._taken), taken, 0.0

    def _held(self) -> dict[int, int]:
        """Return the bytes of all moments, by whose they are."""
        held = {} if self._first is None else dict(self._first.held)
        for run in self.runs:
            for moment in [*run.moments, *([run.tip] if run.tip else [])]:
                held.update(moment.snapshot.held)
        return held

    def _fit(self) -> None:
        """Let go of moments until the rest fits into the room for all of them."""
        while self.size > ROOM:
            longest = max(self.runs, key=lambda run: len(run.moments))
            past = [
                run for run in self.runs if run is not self.present and (run.moments or run.tip)
            ]
            if len(longest.moments) > 2:
                longest.thin()
            elif past:
                past[0].moments, past[0].tip = [], None
            elif len(self.present.moments) > 1:
                del self.present.moments[1:]
            else:
                break

    def _file(self, left: Any = None) -> None:
        """Keep how the present run stands, or was left, as its last moment."""
        run, of = self.present, self.runner if left is None else left
        run.turns, run.records = of.turns, records_of(of)
        run.tip = self._moment() if left is None else Moment(run.step, left)
        self._fit()

    def _leave(self) -> None:
        """File the present run, unless that was done as it was rewound."""
        if not self.rewound:
            self._file()
        self.rewound = False

    def _restore(self, beginning: Any) -> None:
        """Begin as once before; the reset makes it a run for which nothing has been spent."""
        self.runner.reset()
        self.runner.restore(beginning)

    def _show(self, moment: Moment, step: int) -> None:
        """Bring a moment of the present run back, and go on from there to a step."""
        if not (self.rewound and moment.step <= self.runner.updates <= step):
            self.runner.restore(moment.snapshot)
        if step > self.runner.updates or not step:  # what was turned before the first is its own
            self._go_through(step)
        self.rewound = self.runner.updates < self.present.step
        self._note()

    def _go_through(self, step: int) -> None:
        """Go on to a step as the present run did; keep moments, where that takes a while."""
        run, here = self.present, self.runner.updates
        pieces = int(np.clip((step - here) * self._pace / _WHILE, 1, _PIECES))
        for end in np.linspace(here, step, pieces + 1)[1:].round().astype(int).tolist():
            self.runner.replay(run.turns, end)
            if pieces > 1:
                self._add(self._moment())

    def _add(self, moment: Moment) -> None:
        """Add a moment to those of the present run, in its place, if there is room."""
        run, held = self.present, self._held()
        new = sum(n for whose, n in moment.snapshot.held.items() if whose not in held)
        if not run.moments or new < _LARGEST:
            bisect.insort(run.moments, moment, key=lambda kept: kept.step)
        if len(run.moments) > MOST_MOMENTS:
            run.thin()
        self._fit()

    def _branch(self, step: int, moments: Sequence[Moment]) -> None:
        """Have a new run that begins at a step of the present one, with its moments up to there."""
        former = self.present
        seconds = former.seconds * step / (former.step or 1)
        name, since = former.origin or (former.name, 0)
        if step > since:  # before that it is the other run's
            name = former.name
        self._plan = []
        self._begin((name, step), moments, seconds)

    def _begin(
        self,
        origin: tuple[str, int] | None = None,
        moments: Sequence[Moment] = (),
        seconds: float = 0.0,
        hand: float | None = None,
    ) -> None:
        """Have a new run, in the place of the present one where that has made no step."""
        self.rewound, step = False, origin[1] if origin else 0
        dragged = None not in (hand, self._hand) and hand - self._hand < _ONE_DRAG
        self._hand = hand
        if self.present.empty or dragged:
            self.runs.remove(self.present)
            name, number = self.present.name, self.present.number
        else:
            name = self._free_name()
            if len(self.runs) == MOST_RUNS:
                past = [run for run in self.runs if run is not self.present]
                self.runs.remove(next((r for r in past if r.name.startswith("run ")), past[0]))
            number = min(set(range(MOST_RUNS)) - {run.number for run in self.runs})
        moments = [moment for moment in moments if moment.step <= step]
        self.present = PastRun(
            *(name, number, origin), moments=moments, seconds=seconds, plan=[*self._plan]
        )
        self.runs.append(self.present)
        while len(self.present.moments) > MOST_MOMENTS:
            self.present.thin()
        self._fit()
        self._note()
        self._keep()

    def _free_name(self) -> str:
        """Return what the next run is called; one that was renamed may be called so already."""
        taken = {run.name for run in self.runs}
        self._named += 1
        while (name := f"run {self._named}") in taken:
            self._named += 1
        return name
