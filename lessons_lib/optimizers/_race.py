"""Several optimizers on one surface, stepped together from one start."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from lessons_lib._ground.turns import Mark, Replayed, Turn, anew, marks_of, said, with_turn
from lessons_lib.optimizers._rules import SGD, AdaDelta, AdaGrad, Adam, AdamW, RMSprop
from lessons_lib.optimizers._surfaces import Surface, surfaces

MOST_STEPS = 20_000  # keeps the memory of a race that runs for minutes below 10 MB
WINDOW = 50  # steps over which "stuck" is judged
_ROWS = 400  # of the history
_RATES = (*(float(f"{m}e{p}") for p in range(-4, 1) for m in (1, 1.5, 2, 3, 5, 7)), 10.0)
_APART = ("_paths", "_heights", "_restarts")  # of what a moment keeps
_TRIED = 300  # steps of a trial: who is thrown off is so within a few dozen
_LOST = 100.0  # widths of the map: who is farther away has been thrown off
_END = "The race has reached its end. Press Restart to run it again."
_ARRIVED, _LEFT = 1e-3, 3e-3  # of the height at the start; in between all stays as it is

# AdaDelta knows no learning rate (Zeiler 2012): it takes part with Keras's factor at 1.
_MAKE = {
    "SGD": lambda: SGD(),
    "momentum": lambda: SGD(momentum=0.9),
    "Nesterov": lambda: SGD(momentum=0.9, nesterov=True),
    "AdaGrad": lambda: AdaGrad(),
    "RMSprop": lambda: RMSprop(),
    "AdaDelta": lambda: AdaDelta(learning_rate=1.0),
    "Adam": lambda: Adam(),
    "AdamW": lambda: AdamW(),
}
RUNNERS = tuple(_MAKE)
# What is turned together, and what each runner that has it calls it.
_SETTINGS = {
    "learning_rate": {name: "learning_rate" for name in RUNNERS if name != "AdaDelta"},
    "momentum": {
        **dict.fromkeys(("momentum", "Nesterov"), "momentum"),
        **dict.fromkeys(("Adam", "AdamW"), "beta_1"),
    },
    "beta": {
        **dict.fromkeys(("Adam", "AdamW"), "beta_2"),
        **dict.fromkeys(("RMSprop", "AdaDelta"), "rho"),
    },
}


@dataclass(frozen=True)
class Standing:
    """Who is where in a race; each a list of names, except the leader.

    Attributes
    ----------
    leader : str
        Who arrived first, or who is lowest while nobody has arrived; "" if all are lost.
    arrived : list of str
        Within a thousandth of the height between the start and the lowest place, and not since
        above three thousandths of it; first come first.
    stuck : list of str
        Hardly lower than 50 steps ago, and hardly moving.
    circling : list of str
        Hardly lower than 50 steps ago, although moving.
    lost : list of str
        Thrown far off the map by steps that were too long.
    """

    leader: str
    arrived: list[str]
    stuck: list[str]
    circling: list[str]
    lost: list[str]


class Knob(NamedTuple):
    """What can be turned in a race.

    Attributes
    ----------
    words : str
        Label of its control.
    control : {"steps", "range", "list"}
        A slider along the values, one from the first to the last, or a list.
    read : callable
        ``(race) -> value``.
    values : tuple
        What a control offers.
    tooltip : str
        What it does, for whoever points at its control.
    begins_anew : bool
        Whether its turn lets the race begin again.
    """

    words: str
    control: str
    read: Callable[[Race], Any]
    values: tuple
    tooltip: str = ""
    begins_anew: bool = False

    def offers(self, race: Race) -> tuple:
        """Return the values that a control offers."""
        own = {self.read(race)} if self.control == "steps" else ()
        return tuple(sorted({*self.values, *own})) if own else self.values

    def option(self, race: Race, value: object) -> str:
        """Return how a control writes a value."""
        return said(value)


@dataclass(frozen=True)
class Moment:
    """A moment of a race, made by :meth:`Race.snapshot`; opaque.

    Heights and paths are those of the race itself up to there, which are only added to.
    """

    attributes: dict[str, Any]
    path: np.ndarray
    heights: np.ndarray

    @property
    def held(self) -> dict[int, int]:
        """Bytes that it keeps from being freed, by whose they are."""
        tables = (self.path.base, self.heights.base)
        return {id(table): table.nbytes for table in tables}


class Race(Replayed):
    """Optimizers that walk down one surface together.

    Parameters
    ----------
    surface : str or Surface, default "ravine"
        A name from `surfaces`, or one of your own.
    runners : sequence of str, optional
        Names from `RUNNERS`; all of them by default.
    start : tuple of float, optional
        (x, y); the surface's own by default.
    learning_rate : float, optional
        The surface's own by default. AdaDelta has none.
    momentum : float, default 0.9
        The fraction of the velocity that is kept; β₁ of Adam and AdamW.
    beta : float, default 0.99
        The fraction of the average of squares that is kept: ρ of RMSprop and AdaDelta, β₂ of Adam
        and AdamW.

    Attributes
    ----------
    optimizers : dict of str to Optimizer
        The runners.
    start : tuple of float
        (x, y), where all begin.
    steps : int
        Steps made so far.

    Examples
    --------
    >>> race = Race("saddle", runners=("SGD", "Adam"))
    >>> race.step(200)
    200
    >>> race.standing().leader
    'Adam'
    """

    def __init__(
        self,
        surface: str | Surface = "ravine",
        runners: Sequence[str] | None = None,
        start: tuple[float, float] | None = None,
        learning_rate: float | None = None,
        momentum: float = 0.9,
        beta: float = 0.99,
    ):
        self._set_surface(surface)
        names = RUNNERS if runners is None else tuple(runners)
        unknown = [name for name in names if name not in _MAKE]
        if unknown or not names:
            raise ValueError(
                f"A race needs runners from {', '.join(RUNNERS)}; received {list(names)!r}."
            )
        self.optimizers = {name: _MAKE[name]() for name in names}
        rate = self.surface.learning_rate if learning_rate is None else learning_rate
        settings = {"learning_rate": rate, "momentum": momentum, "beta": beta}
        for name in _SETTINGS:
            self._set(name, settings[name])
        self.start = _place(self.surface.start if start is None else start)
        self.reset()

    @property
    def runners(self) -> tuple[str, ...]:
        """The runners' names."""
        return tuple(self.optimizers)

    # --- one runner like any other: a panel plays it ------------------------------------------

    _turns: tuple[Turn, ...] = ()
    _surfaces: Mapping[str, Surface] = surfaces  # by the names under which they can be chosen
    compiled = True  # nothing has to be made ready for the first step
    notice = ""  # no turn has to be explained

    def compile_ahead(self) -> None:
        """Do nothing."""

    def compile(self) -> None:
        """Do nothing: the first step takes as long as every other."""

    @property
    def ended(self) -> str | None:
        """None, or one sentence on why no further step is made, or would lead anywhere."""
        if self._lost.all():
            return self.advice
        return _END if self.steps >= MOST_STEPS else None

    @property
    def advice(self) -> str:
        """One sentence on what keeps those who are lost on the map, or "" where nobody is.

        It has been tried: from the start, with shorter and shorter steps.
        """
        lost = tuple(self._named(self._lost))
        if not lost:
            return ""
        settings = {name: self._get(name) for name in _SETTINGS if self._has(name)}
        case = self.surface, self.start, lost, *settings.values()
        if self._advised[0] != case:
            self._advised = case, self._shorter_steps(lost, settings)
        return self._advised[1]

    def _shorter_steps(self, lost: tuple[str, ...], settings: dict[str, float]) -> str:
        rate = settings.get("learning_rate", 0.0)
        for factor in (1, *(m * 10**n for n in range(1, 6) for m in (0.2, 0.5, 1))):
            tried = float(f"{rate / factor:.1g}") if factor > 1 else rate
            race = Race(self.surface, lost, self.start, **settings | {"learning_rate": tried})
            race.step(_TRIED)
            if race._lost.any():
                continue
            if factor == 1:  # turned down since they were thrown off
                return f"With learning rate {rate:.3g} all stay on the map: press Restart."
            return (
                f"With learning rate {rate:.3g} the steps of {', '.join(lost)} are too long: "
                f"try {tried:g}, then press Restart."
            )
        return "No learning rate that was tried keeps them on the map: move the start."

    @property
    def knobs(self) -> dict[str, Knob]:
        """What can be turned: the surface, what one of the runners has, and the start."""
        adam = "Adam" in self.optimizers or "AdamW" in self.optimizers
        place = {"control": "range", "values": _grid(-1.0, 1.0, 0.01), "begins_anew": True}
        names = tuple(self._surfaces)
        rows = {"surface": Knob("surface", "list", _name_of_surface, names, begins_anew=True)}
        for name, words, control, values in (
            ("learning_rate", "learning rate", "steps", _RATES),
            ("momentum", "momentum, β₁" if adam else "momentum", "range", _grid(0.0, 0.99, 0.01)),
            ("beta", "β₂ and ρ" if adam else "ρ", "range", _grid(0.0, 0.999, 0.001)),
        ):
            if self._has(name):
                rows[name] = Knob(words, control, lambda race, name=name: race._get(name), values)
        rows["across"] = Knob("start, across", read=lambda race: _relative(race)[0], **place)
        rows["up"] = Knob("start, up", read=lambda race: _relative(race)[1], **place)
        return rows

    def turn(self, name: str, value: float | str, moment: float | None = None) -> None:
        """Turn a knob.

        Settings of the optimizers act from the next step on, in every one that has them. Another
        surface, with its own start and learning rate, or another start begin the race anew.

        Parameters
        ----------
        name : str
            One of `knobs`.
        value : float or str
            For ``"across"`` and ``"up"`` from −1 to 1, the width or height of the map; for
            ``"surface"`` a name from `surfaces`, or a `Surface`.
        moment : float, optional
            When a hand turned it, in seconds of its clock.
        """
        if name not in self.knobs:
            raise ValueError(f"This race has no knob {name!r}; it has {', '.join(self.knobs)}.")
        old = self.knobs[name].read(self)
        if name in _SETTINGS:
            self._set(name, value)
        else:
            self._move(name, value)
            self.reset()
        turn = Turn(self.steps, name, value, old, moment)
        self._turns = with_turn(self._turns, turn)

    def _move(self, name: str, value: float | str) -> None:
        """Have another surface, or another start."""
        if name == "surface":
            self._set_surface(value)
            self.start = _place(self.surface.start)
            self._set("learning_rate", self.surface.learning_rate)
        else:
            across, up = _relative(self)
            across, up = (value, up) if name == "across" else (across, value)
            self.start = _place(self.surface.place(across, up))

    def reset(self, seed: int | None = None) -> None:
        """Take all runners to the start, with no memory; the knobs stay as they are turned.

        Parameters
        ----------
        seed : int, optional
            Without a meaning here: nothing in a race is left to chance.
        """
        count = len(self.optimizers)
        self._places = np.tile(np.array(self.start), (count, 1))
        self._lost = np.zeros(count, dtype=bool)
        self._arrivals = np.full(count, -1)
        self._paths = np.empty((256, count, 2))
        self._heights = np.empty((256, count))
        self._advised: tuple = (None, "")  # for which case, what
        self.steps = 0
        self._turns = anew(self._turns)
        self._restarts += 1
        for optimizer in self.optimizers.values():
            optimizer.reset()
        self._record()

    def step(self, n: int = 1) -> int:
        """Make `n` steps with every runner.

        Parameters
        ----------
        n : int, default 1

        Returns
        -------
        int
            Steps made: fewer than `n` when `MOST_STEPS` are reached.
        """
        n = max(0, min(n, MOST_STEPS - self.steps))
        with np.errstate(all="ignore"):  # a runner may overflow; it is lost and stays where it was
            for _ in range(n):
                self._step()
        return n

    def snapshot(self) -> Moment:
        """Return the present moment, to come back to with `restore`."""
        rest = {name: value for name, value in vars(self).items() if name not in _APART}
        return Moment(copy.deepcopy(rest), self.paths, self.heights)

    def restore(self, snapshot: Moment) -> None:
        """Go back to a snapshot of this race: places, memories, knobs, paths."""
        vars(self).update(copy.deepcopy(snapshot.attributes))
        # Tables of its own, since those of the snapshot go on elsewhere.
        self._paths, self._heights = snapshot.path.copy(), snapshot.heights.copy()
        self._restarts += 1

    def _set_surface(self, surface: str | Surface) -> None:
        """Have a surface; one of one's own can be chosen by its formula from then on."""
        if not isinstance(surface, Surface):
            if surface not in self._surfaces:
                known = ", ".join(self._surfaces)
                raise ValueError(f"Known surfaces are {known}; received {surface!r}.")
            surface = self._surfaces[surface]
        self.surface = surface
        self._surfaces = {**self._surfaces, _name_of_surface(self): surface}

    def _set(self, name: str, value: float) -> None:
        """Give a setting to every optimizer that has it."""
        for runner, attribute in _SETTINGS[name].items():
            if runner in self.optimizers:
                setattr(self.optimizers[runner], attribute, value)

    def _get(self, name: str) -> float:
        """Return a setting of the first optimizer that has it."""
        has = _SETTINGS[name]
        return next(getattr(self.optimizers[r], has[r]) for r in has if r in self.optimizers)

    def _has(self, name: str) -> bool:
        """Whether one of the runners has a setting."""
        return any(runner in self.optimizers for runner in _SETTINGS[name])

    def _step(self) -> None:
        before = self._places.copy()
        gradients = self.surface.gradient(before)
        for i, optimizer in enumerate(self.optimizers.values()):
            if not self._lost[i]:
                optimizer.update([self._places[i]], [gradients[i]])  # a view: in place
        width = self.surface.xlim[1] - self.surface.xlim[0]
        near = np.abs(self._places).max(axis=1) < _LOST * width  # False for nan
        if not near.all():
            self._places[~near] = before[~near]
            self._lost |= ~near
        self.steps += 1
        self._record()

    def _record(self) -> None:
        if self.steps == len(self._paths):
            self._paths = np.concatenate([self._paths, np.empty_like(self._paths)])
            self._heights = np.concatenate([self._heights, np.empty_like(self._heights)])
        heights = self.surface.value(self._places) - self.surface.lowest
        self._paths[self.steps], self._heights[self.steps] = self._places, heights
        new = (heights <= _ARRIVED * self._heights[0]) & (self._arrivals < 0)
        self._arrivals[new] = self.steps
        # Who swings through the lowest place and up again has not arrived.
        self._arrivals[(heights > _LEFT * self._heights[0]) | self._lost] = -1

    @property
    def updates(self) -> int:
        """The same as `steps`: what every panel asks its runner."""
        return self.steps

    @property
    def turns(self) -> tuple[Turn, ...]:
        """All turns of knobs since the start, as `replay` takes them."""
        return self._turns

    @property
    def marks(self) -> list[Mark]:
        """The latest turns of knobs: ``[(step, "learning_rate", old, new), ...]``."""
        return [Mark(*mark) for mark in marks_of(self._turns)]

    @property
    def history(self) -> dict[str, list]:
        """By step, up to a few hundred of them: how low the lowest runner was."""
        every = max(1, self.steps // _ROWS)
        steps = [*range(0, self.steps, every), self.steps]
        return {"step": steps, "height": self.heights[steps].min(axis=1).tolist()}

    @property
    def paths(self) -> np.ndarray:
        """All places so far, shape (steps + 1, runners, 2); row 0 is the start."""
        return self._paths[: self.steps + 1]

    @property
    def heights(self) -> np.ndarray:
        """How far above the lowest place, shape (steps + 1, runners)."""
        return self._heights[: self.steps + 1]

    @property
    def arrivals(self) -> dict[str, int]:
        """The step at which each runner arrived to stay, for those who have, first come first."""
        order = np.argsort(self._arrivals, kind="stable")
        return {self.runners[i]: int(self._arrivals[i]) for i in order if self._arrivals[i] >= 0}

    def standing(self) -> Standing:
        """Return who leads, who has arrived, who is stuck, who circles and who is lost."""
        now = self.heights[-1]
        still = ~self._lost & (self._arrivals < 0)
        recent = self.paths[-WINDOW - 1 :]
        falls = now < 0.95 * self.heights[-len(recent)]
        walked = np.linalg.norm(np.diff(recent, axis=0), axis=-1).sum(axis=0)
        width = self.surface.xlim[1] - self.surface.xlim[0]
        idle = still & ~falls & (self.steps >= WINDOW)
        arrived = list(self.arrivals)
        lowest = np.where(self._lost, np.inf, now)
        leader = "" if self._lost.all() else self.runners[int(np.argmin(lowest))]
        return Standing(
            leader=arrived[0] if arrived else leader,
            arrived=arrived,
            stuck=self._named(idle & (walked < 0.05 * width)),
            circling=self._named(idle & (walked >= 0.05 * width)),
            lost=self._named(self._lost),
        )

    def _named(self, mask: np.ndarray) -> list[str]:
        return [name for name, chosen in zip(self.runners, mask, strict=True) if chosen]

    def __repr__(self) -> str:
        return f"Race({', '.join(self.runners)}; {self.steps} steps)"


def _place(start) -> tuple[float, float]:
    try:
        x, y = map(float, start)
    except (TypeError, ValueError):
        x = y = np.nan
    if not (np.isfinite(x) and np.isfinite(y)):
        raise ValueError(f"The start is a place (x, y) of finite numbers; received {start!r}.")
    return x, y


def _name_of_surface(race: Race) -> str:
    known = {surface: name for name, surface in surfaces.items()}
    return known.get(race.surface, race.surface.formula)


def _relative(race: Race) -> tuple[float, float]:
    """Return where on the map the start is, across and up, each from −1 to 1."""
    return tuple(round(min(max(part, -1.0), 1.0), 2) for part in race.surface.parts(*race.start))


def _grid(low: float, high: float, step: float) -> tuple[float, ...]:
    """Return numbers at equal distances, as they are written."""
    return tuple(round(low + i * step, 3) for i in range(round((high - low) / step) + 1))
