"""Several optimizers on one surface, stepped together from one start."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lessons_lib.optimizers._rules import SGD, AdaDelta, AdaGrad, Adam, AdamW, RMSprop
from lessons_lib.optimizers._surfaces import Surface, surfaces

MOST_STEPS = 20_000  # keeps the memory of a race that runs for minutes below 10 MB
WINDOW = 50  # steps over which "stuck" is judged
_LOST = 100.0  # widths of the map: who is farther away has been thrown off
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


class Race:
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
        The share of the velocity that is kept; β₁ of Adam and AdamW.
    beta : float, default 0.99
        The share of the average of squares that is kept: ρ of RMSprop and AdaDelta, β₂ of Adam
        and AdamW.

    Attributes
    ----------
    optimizers : dict of str to Optimizer
        The runners.
    steps : int
        Steps made so far.

    Examples
    --------
    >>> race = Race("saddle", runners=("SGD", "Adam"))
    >>> race.advance(200)
    200
    >>> race.standing().leader
    'Adam'
    """

    def __init__(
        self,
        surface: str | Surface = "ravine",
        runners=None,
        start: tuple[float, float] | None = None,
        learning_rate: float | None = None,
        momentum: float = 0.9,
        beta: float = 0.99,
    ):
        self.surface = _surface(surface)
        names = RUNNERS if runners is None else tuple(runners)
        unknown = [name for name in names if name not in _MAKE]
        if unknown or not names:
            raise ValueError(
                f"A race needs runners from {', '.join(RUNNERS)}; received {list(names)!r}."
            )
        self.optimizers = {name: _MAKE[name]() for name in names}
        rate = self.surface.learning_rate if learning_rate is None else learning_rate
        self.turn(learning_rate=rate, momentum=momentum, beta=beta)
        self.restart(start=start)

    @property
    def runners(self) -> tuple[str, ...]:
        """The runners' names."""
        return tuple(self.optimizers)

    def turn(
        self,
        learning_rate: float | None = None,
        momentum: float | None = None,
        beta: float | None = None,
    ) -> None:
        """Set what is given, in every optimizer that has it, from the next step on."""
        for name, optimizer in self.optimizers.items():
            adam = isinstance(optimizer, Adam)  # AdamW is one too
            if learning_rate is not None and name != "AdaDelta":
                optimizer.learning_rate = learning_rate
            if momentum is not None and (adam or name in ("momentum", "Nesterov")):
                setattr(optimizer, "beta_1" if adam else "momentum", momentum)
            if beta is not None and (adam or name in ("RMSprop", "AdaDelta")):
                setattr(optimizer, "beta_2" if adam else "rho", beta)

    def restart(
        self, surface: str | Surface | None = None, start: tuple[float, float] | None = None
    ) -> None:
        """Take all runners to the start, with no memory.

        Parameters
        ----------
        surface : str or Surface, optional
            The same as before by default.
        start : tuple of float, optional
            (x, y); the surface's own by default.
        """
        if surface is not None:
            self.surface = _surface(surface)
        self.start = _place(self.surface.start if start is None else start)
        count = len(self.optimizers)
        self._places = np.tile(np.array(self.start), (count, 1))
        # Views: an optimizer that changes its row in place moves its runner.
        self._rows = [[row] for row in self._places]
        self._lost = np.zeros(count, dtype=bool)
        self._arrivals = np.full(count, -1)
        self._paths = np.empty((256, count, 2))
        self._heights = np.empty((256, count))
        self.steps = 0
        for optimizer in self.optimizers.values():
            optimizer.reset()
        self._record()

    def advance(self, n: int = 1) -> int:
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

    def _step(self) -> None:
        before = self._places.copy()
        gradients = self.surface.gradient(before)
        for i, optimizer in enumerate(self.optimizers.values()):
            if not self._lost[i]:
                optimizer.update(self._rows[i], [gradients[i]])
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


def _surface(surface: str | Surface) -> Surface:
    if isinstance(surface, Surface):
        return surface
    if surface not in surfaces:
        raise ValueError(f"Known surfaces are {', '.join(surfaces)}; received {surface!r}.")
    return surfaces[surface]
